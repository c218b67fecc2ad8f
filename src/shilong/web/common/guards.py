"""视图的门：谁可以打开这个页面。"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shilong.identity.roles.actor import Role, require

View = Callable[..., HttpResponseBase]


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
