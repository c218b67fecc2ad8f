"""下载与预览：文件名按 RFC 5987 写，内容不进缓存。"""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from shilong.foundation.files import services as file_services
from shilong.web.common import parameters


def attachment(content: bytes, filename: str, mime: str) -> HttpResponse:
    """附件下载。"""
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    response["Cache-Control"] = "private, no-store"
    return response


def picture(request: HttpRequest, file_id: object) -> HttpResponse:
    """某一页的预览图，查询串给 `page`、`width`。权限由调用者先判断。"""
    page, width = (parameters.whole(request.GET, name, default, digits=5) for name, default in (("page", 1), ("width", 1200)))
    response = HttpResponse(file_services.preview(file_id, page, width), content_type="image/png")
    response["Cache-Control"] = "private, max-age=600"
    return response
