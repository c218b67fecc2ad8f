"""一体机视图的门：必须是激活着的终端。"""

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from shilong.hall.terminals import rules, services
from shilong.hall.terminals.refusals import NotActivated, WrongKind
from shilong.web.common.guards import View
from shilong.web.kiosk import middleware

MACHINES = (rules.Kind.KIOSK, rules.Kind.TICKET)


def device(view: View) -> View:
    """任何激活着的终端都能调：心跳、截屏。不开始使用、也不算操作。令牌不认得到 403。"""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            request.terminal = services.authenticate(request.COOKIES.get(middleware.COOKIE, ""))  # type: ignore[attr-defined]
        except NotActivated as refusal:
            return JsonResponse(refusal.as_dict(), status=refusal.status)
        return view(request, *args, **kwargs)

    return guarded


def at_kiosk(view: View) -> View:
    """一体机上的一页：没激活的去激活页；没有在用的一轮就开始新的一轮。

    异常：
        WrongKind: 评价器、等候屏的令牌打不开一体机页面。
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.kiosk is None:  # type: ignore[attr-defined]
            try:
                terminal = services.authenticate(request.COOKIES.get(middleware.COOKIE, ""))
            except NotActivated:
                return redirect("selfservice:activate")
            if terminal.kind not in MACHINES:
                raise WrongKind(kind=terminal.kind_name)
            middleware.begin(request, terminal)
            if request.method == "POST":  # 上一轮已经结束，它提交的东西不接着办
                return _home(request)
        else:
            middleware.touch(request)
        _opened(request)
        return view(request, *args, **kwargs)

    return guarded


def known(view: View) -> View:
    """在 `at_kiosk` 之内：这个人已经刷身份证并用短信验证码确认（已登录）。"""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.actor.account_id is None:  # type: ignore[attr-defined]
            return redirect("selfservice:card", purpose="mine")
        return view(request, *args, **kwargs)

    return guarded


def _opened(request: HttpRequest) -> None:
    """离开首页才算有人开始用：首页自己会反复打开。一轮只计一次。"""
    match = request.resolver_match
    if match is None or match.url_name in ("home", "alive") or middleware.notes(request).get("opened"):
        return
    middleware.keep(request, opened=True)
    services.count(request.kiosk.terminal, "open")  # type: ignore[attr-defined]


def _home(request: HttpRequest) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"next": "/self/"}, status=409)
    return redirect("selfservice:home")
