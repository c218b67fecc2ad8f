"""HTTP 接口总表：`/api/v1/`，OpenAPI 在 `/api/v1/openapi.json`。"""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from shilong.foundation.files.api import router as files
from shilong.foundation.refusals import Refused
from shilong.identity.accounts.api import router as auth
from shilong.service.booking.api import router as bookings
from shilong.service.cases.api import router as cases
from shilong.service.catalog.api import router as items
from shilong.service.licences.api import router as licences
from shilong.service.seals.api import router as seals

api = NinjaAPI(
    title="石龙区一体化政务服务平台接口",
    version="1",
    description="令牌由 POST /auth/token 取得，之后 `Authorization: Bearer …`。错误体统一为 {code, message, fields}。",
    urls_namespace="api",
    docs_url="/docs",
)
api.add_router("/auth", auth, tags=["认证"])
api.add_router("/items", items, tags=["事项"])
api.add_router("/files", files, tags=["材料文件"])
api.add_router("/seals", seals, tags=["电子印章"])
api.add_router("", cases, tags=["办件"])
api.add_router("", bookings, tags=["预约"])
api.add_router("", licences, tags=["电子证照"])


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """业务拒绝变成统一错误体。"""
    return api.create_response(request, error.as_dict(), status=error.status)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """类型不符的请求：指出字段，不回显内容。"""
    fields = {".".join(str(part) for part in item["loc"][1:]): str(item["msg"]) for item in error.errors}
    body = {"code": "invalid", "message": "请求内容不符合接口定义，请看 fields。", "fields": fields}
    return api.create_response(request, body, status=422)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """框架自己抛出的错误（如 JSON 解析失败）。"""
    body = {"code": "bad_request", "message": str(error.message), "fields": {}}
    return api.create_response(request, body, status=error.status_code)
