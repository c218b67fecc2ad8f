"""请求级机制：谁在操作、业务拒绝怎样显示。"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware

from shilong.foundation.refusals import NotAllowed, NotSignedIn, Refused
from shilong.identity.accounts import selectors as accounts
from shilong.web.common import errors

_PERSONAL = ("text/html", "application/json", "application/vnd.openxmlformats")
Handler = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """给请求挂上 `request.actor`；未登录时为 `ANONYMOUS`。"""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = accounts.actor_of(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.actor.account_id is not None and response.get("Content-Type", "").startswith(_PERSONAL):  # type: ignore[attr-defined]
            # 大厅公用电脑：退出登录之后按“后退”，不能再看到上一个人的页面。
            response.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object) -> HttpResponse | None:
        """接口豁免了框架的 CSRF 检查（带令牌的请求用不着）；凭会话 Cookie 调接口的写请求要补上，否则别的站点能借浏览器里的登录来提交。"""
        by_token = request.headers.get("Authorization", "").lower().startswith("bearer ")
        if by_token or request.actor.account_id is None or not getattr(view, "csrf_exempt", False):  # type: ignore[attr-defined]
            return None
        if CsrfViewMiddleware(lambda _: HttpResponse()).process_view(request, _checked, (), {}) is None:
            return None
        return JsonResponse(NotAllowed("凭登录会话调用接口须带 X-CSRFToken 头；程序对接请用令牌。").as_dict(), status=403)


def _checked(request: HttpRequest) -> HttpResponse:
    """不豁免 CSRF 检查的空视图，只用来借框架的检查。"""
    return HttpResponse()


class PermissionsPolicyMiddleware:
    """摄像头、麦克风、定位默认关闭；要用的页面自己放开（`guards.with_camera`）。"""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


class RefusalMiddleware:
    """把业务拒绝变成 4xx 页面（htmx 请求得到提示片段），框架的空白 405 也换成说得清的一页。接口自己处理拒绝，不经过这里。"""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            return errors.wrong_method(request, response.get("Allow", ""))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotSignedIn):
            return errors.to_login(request)
        if isinstance(error, Refused):
            return errors.refused(request, error)
        return None
