"""材料文件接口。`request.actor` 由 web 中间件给出，这里只用它的 `account_id`。"""

from typing import Any, BinaryIO, cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from ninja import File, Router, Schema
from ninja.files import UploadedFile

from shilong.foundation.files import selectors, services
from shilong.foundation.files.models import StoredFile
from shilong.foundation.refusals import NotSignedIn

router = Router()


class FileOut(Schema):
    """上传结果。图片若带拍摄信息会重写，`sha256` 与 `size` 是保存下来的内容的。"""

    file_id: str
    sha256: str
    size: int
    mime: str
    name: str
    pages: int


@router.post("", response={201: FileOut}, summary="上传材料")
def upload(request: HttpRequest, file: UploadedFile = File(...)) -> Any:  # noqa: B008 框架的声明方式
    """multipart 字段 `file`；类型按内容判断，上限 20 MB。"""
    stored = services.store(cast("BinaryIO", file), file.name or "", owner_id=_account(request))
    return 201, _out(stored)


@router.get("/{file_id}", summary="取回自己上传的文件")
def download(request: HttpRequest, file_id: str) -> HttpResponse:
    """只有上传者本人能取；一律按附件下载，浏览器不会执行里面的内容。"""
    row = selectors.owned(file_id, _account(request))
    response = HttpResponse(services.open_file(row.pk), content_type=row.mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    return _private(response)


@router.get("/{file_id}/preview", summary="预览自己上传的图片或 PDF")
def preview(request: HttpRequest, file_id: str, page: int = 1, width: int = 1200) -> HttpResponse:
    """某一页的 PNG。"""
    row = selectors.owned(file_id, _account(request))
    return _private(HttpResponse(services.preview(row.pk, page, width), content_type="image/png"))


def _account(request: HttpRequest) -> int:
    account_id = getattr(getattr(request, "actor", None), "account_id", None)
    if account_id is None:
        raise NotSignedIn
    return int(account_id)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _out(row: StoredFile) -> FileOut:
    return FileOut(file_id=str(row.pk), sha256=row.sha256, size=row.size, mime=row.mime, name=row.name, pages=row.pages)
