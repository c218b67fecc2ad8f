"""下载与预览：文件名按 RFC 5987 写，内容不进缓存。"""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from shilong.foundation.files import selectors as files
from shilong.foundation.files import services as file_services
from shilong.web.common import parameters


def attachment(content: bytes, filename: str, mime: str) -> HttpResponse:
    """附件下载。"""
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    response["Cache-Control"] = "private, no-store"
    return response


def inline(file_id: object) -> HttpResponse:
    """把一个文件给浏览器直接显示；类型是入库时按内容核验过的。权限由调用者先判断。"""
    row = files.get(file_id)
    response = HttpResponse(file_services.open_file(file_id).read(), content_type=row.mime)
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def picture(request: HttpRequest, file_id: object) -> HttpResponse:
    """某一页的预览图，查询串给 `page`、`width`。权限由调用者先判断。"""
    page, width = (parameters.whole(request.GET, name, default, digits=5) for name, default in (("page", 1), ("width", 1200)))
    response = HttpResponse(file_services.preview(file_id, page, width), content_type="image/png")
    response["Cache-Control"] = "private, max-age=600"
    return response
