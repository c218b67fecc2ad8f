"""视图的门：谁可以打开这个页面。"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shilong.identity.roles.actor import Role, require

View = Callable[..., HttpResponseBase]
CAMERA_POLICY = "camera=(self), microphone=(), geolocation=()"


def signed_in(*roles: Role) -> Callable[[View], View]:
    """要求已登录且具有任一角色；不给角色时任何登录用户都可以。"""
    wanted = roles or tuple(Role)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(request.actor, *wanted)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def with_camera(view: View) -> View:
    """这一页可以用摄像头（扫码、高拍仪）；其余页面的 Permissions-Policy 一律关闭。"""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Permissions-Policy"] = CAMERA_POLICY
        return response

    return opened
