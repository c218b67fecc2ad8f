"""存、取、预览、合并。"""

import io
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from shilong.foundation.files import blobs, inspection, selectors
from shilong.foundation.files.kinds import BY_MIME, DOCUMENT_KINDS, IMAGES, PDF, Kind, clean_name, identify, size_text
from shilong.foundation.files.models import StoredFile
from shilong.foundation.files.refusals import CannotPreview, EmptyFile, FileNotFound, FileTooLarge
from shilong.foundation.refusals import Invalid

CHUNK = 256 * 1024
PREVIEW_WIDTHS = (200, 1600)
MERGE_LIMIT = 50


def store(
    stream: BinaryIO,
    filename: str,
    *,
    owner_id: int | None,
    max_bytes: int | None = None,
    kinds: Collection[Kind] = DOCUMENT_KINDS,
) -> StoredFile:
    """核验并保存一个文件。

    参数：
        stream: 内容；边读边数，超限立即停。
        filename: 原文件名，只作显示。
        owner_id: 上传者账号；系统生成的文件为 None。
        max_bytes: 上限字节数，默认 settings.UPLOAD_MAX_BYTES（20 MB）。
        kinds: 允许的类型。

    异常：
        `refusals` 中的各种拒绝，消息可直接给上传的人看。
    """
    content = _read(stream, max_bytes or settings.UPLOAD_MAX_BYTES)
    kind = identify(content, filename, kinds)
    checked = inspection.inspect(content, kind)
    return StoredFile.objects.create(
        name=clean_name(filename, kind),
        size=len(checked.content),
        mime=kind.mime,
        sha256=blobs.put(checked.content),
        pages=checked.pages,
        owner_id=owner_id,
        created_at=timezone.now(),
    )


def open_file(file_id: object) -> BinaryIO:
    """取出内容（已解密并核对摘要）。权限由调用者判断。"""
    return io.BytesIO(blobs.get(selectors.get(file_id).sha256))


def preview(file_id: object, page: int = 1, width: int = 1200) -> bytes:
    """某一页的 PNG；同样的内容、页、宽度只画一次。权限由调用者判断。

    异常：
        CannotPreview: 不是图片或 PDF。
        NoSuchPage: 没有这一页。
    """
    row = selectors.get(file_id)
    width = min(max(width, PREVIEW_WIDTHS[0]), PREVIEW_WIDTHS[1])
    cache = Path(settings.DATA) / "previews" / row.sha256[:2] / f"{row.sha256}-{page}-{width}"
    cached = blobs.read(cache)
    if cached is not None:
        return cached
    picture = inspection.render(blobs.get(row.sha256), BY_MIME[row.mime], page, width)
    blobs.write(cache, picture)
    return picture


def merge(file_ids: Sequence[object], name: str, owner_id: int | None) -> StoredFile:
    """把几张图片、几个 PDF 按顺序合成一个 PDF。

    异常：
        FileNotFound: 有文件不存在或不是本人上传的。
        CannotPreview: 有文件不是图片或 PDF。
    """
    if not 1 <= len(file_ids) <= MERGE_LIMIT:
        raise Invalid(f"一次可以合并 1 到 {MERGE_LIMIT} 个文件。")
    rows = [selectors.get(file_id) for file_id in file_ids]
    for row in rows:
        if row.owner_id != owner_id:
            raise FileNotFound
        if BY_MIME[row.mime] not in (*IMAGES, PDF):
            raise CannotPreview(f"“{row.name}”不是图片或 PDF，不能合并。")
    combined = inspection.combine([(blobs.get(row.sha256), BY_MIME[row.mime]) for row in rows])
    return store(io.BytesIO(combined), name if name.lower().endswith(".pdf") else f"{name}.pdf", owner_id=owner_id)


def copy(file_id: object, *, owner_id: int | None) -> StoredFile:
    """同样的内容另登记一份，归 `owner_id`：引用它的人各有各的登记，谁删了自己的都不影响别人。权限由调用者判断。"""
    row = selectors.get(file_id)
    return StoredFile.objects.create(
        name=row.name, size=row.size, mime=row.mime, sha256=row.sha256, pages=row.pages, owner_id=owner_id, created_at=timezone.now()
    )


def forget(file_ids: Collection[str]) -> None:
    """删去登记；内容没有别的登记引用时由清理作业删去。只能用于确知没有别处引用的登记（如 `copy` 出来的）。"""
    StoredFile.objects.filter(pk__in=file_ids).delete()


def _read(stream: BinaryIO, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise FileTooLarge(limit=size_text(limit))
        parts.append(chunk)
    if not size:
        raise EmptyFile
    return b"".join(parts)
