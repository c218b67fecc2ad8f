"""下载：文件名按 RFC 5987 写，内容不进缓存。"""

from urllib.parse import quote

from django.http import HttpResponse


def attachment(content: bytes, filename: str, mime: str) -> HttpResponse:
    """附件下载。"""
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    response["Cache-Control"] = "private, no-store"
    return response
