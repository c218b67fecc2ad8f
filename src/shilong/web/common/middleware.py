"""请求级机制：谁在操作、业务拒绝怎样显示。"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from shilong.foundation.refusals import NotSignedIn, Refused
from shilong.identity.accounts import selectors as accounts
from shilong.web.common import errors

Handler = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """给请求挂上 `request.actor`；未登录时为 `ANONYMOUS`。"""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = accounts.actor_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)


class RefusalMiddleware:
    """把业务拒绝变成 4xx 页面（htmx 请求得到提示片段）。接口自己处理，不经过这里。"""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotSignedIn):
            return errors.to_login(request)
        if isinstance(error, Refused):
            return errors.refused(request, error)
        return None
