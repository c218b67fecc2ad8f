"""终端自己的事：激活、首页、心跳、截屏、清空、报修。"""

import json
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shilong.foundation.refusals import BadRequest, Refused
from shilong.hall.terminals import rules, selectors, services
from shilong.hall.terminals.refusals import NotActivated
from shilong.hall.terminals.selectors import TerminalView
from shilong.identity.accounts import sessions
from shilong.identity.accounts.network import client_ip
from shilong.identity.roles.actor import Actor
from shilong.web.common import parameters
from shilong.web.kiosk import middleware, release, ticket_views
from shilong.web.kiosk.guards import MACHINES, at_kiosk, device

REMEMBER = 400 * 24 * 3600  # 秒：浏览器允许的最长；令牌本身不过期，靠吊销
BIGGEST = 4096  # 心跳内容的字节数


@never_cache
@require_GET
@at_kiosk
def home(request: HttpRequest) -> HttpResponse:
    """首页：大按钮。"""
    terminal = request.kiosk.terminal  # type: ignore[attr-defined]
    context = {"terminal": terminal, "videos": len(selectors.videos()), "tickets": ticket_views.offered(terminal)}
    return render(request, "selfservice/home.html", context)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """输入激活码，换设备令牌，存进只有服务端读得到的 Cookie。"""
    context: dict[str, Any] = {"demo": settings.MODE != "production", "error": ""}
    if request.method != "POST":
        return render(request, "selfservice/activate.html", context)
    try:
        token = services.activate(parameters.text(request.POST, "code", 20), client_ip(request))
    except Refused as refusal:  # 敲错的人在原页上改
        return render(request, "selfservice/activate.html", {**context, "error": refusal.text}, status=refusal.status)
    return _entered(request, token)


@require_POST
def demo(request: HttpRequest) -> HttpResponse:
    """演示：一键进入一体机模式。生产模式没有（404）。"""
    return _entered(request, services.open_demo(client_ip(request)))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """演示：退出一体机模式，变回普通浏览器。生产模式里的一体机不给这个出口。"""
    if settings.MODE == "production":
        raise NotActivated
    _close(request)
    response = redirect("/")
    response.delete_cookie(middleware.COOKIE)
    return response


@never_cache
@require_GET
def stage(request: HttpRequest) -> HttpResponse:
    """等候屏、评价器：外面这层负责心跳、截屏与刷新，里面是登记时设的显示页面。"""
    try:
        terminal = services.authenticate(request.COOKIES.get(middleware.COOKIE, ""))
    except NotActivated:
        return redirect("selfservice:activate")
    if terminal.kind in MACHINES:
        return redirect("selfservice:home")
    return render(request, "selfservice/stage.html", {"terminal": terminal, "page_version": release.version(terminal)})


@require_POST
def reset(request: HttpRequest) -> HttpResponse:
    """用完了：登录、刷卡结果、填了一半的东西全部丢掉。"""
    _close(request)
    return JsonResponse({"next": "/self/"})


@require_POST
@at_kiosk
def alive(request: HttpRequest) -> HttpResponse:
    """有人在操作（填表时没有别的请求）。"""
    return HttpResponse(status=204)


@require_POST
@device
def heartbeat(request: HttpRequest) -> HttpResponse:
    """心跳：终端报情况，服务端回该是哪一版、要不要截屏。

    异常：
        BadRequest: 内容不是 JSON 对象，或太大。
    """
    terminal: TerminalView = request.terminal  # type: ignore[attr-defined]
    if len(request.body) > BIGGEST:
        raise BadRequest("心跳内容太大。")
    try:
        report = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise BadRequest("心跳内容须是 JSON。") from error
    if not isinstance(report, dict):
        raise BadRequest("心跳内容须是 JSON 对象。")
    answer = services.beat(terminal, report, client_ip(request))
    shot = str(answer.shot) if answer.shot else None
    return JsonResponse({"version": f"{release.build()}-{answer.config_version}", "screenshot": shot, "every": rules.BEAT})


@require_POST
@device
def screenshot(request: HttpRequest, shot_id: UUID) -> HttpResponse:
    """截屏的结果：一张图，或者没有截的原因。"""
    terminal: TerminalView = request.terminal  # type: ignore[attr-defined]
    picture = request.FILES.get("image")
    if picture is None:
        services.skip_shot(terminal, shot_id, parameters.text(request.POST, "reason", 20))
    else:
        services.store_shot(terminal, shot_id, cast("BinaryIO", picture), parameters.text(request.POST, "url", 200))
    return HttpResponse(status=204)


@never_cache
@require_http_methods(["GET", "POST"])
@at_kiosk
def fault(request: HttpRequest) -> HttpResponse:
    """一键报修。"""
    terminal = request.kiosk.terminal  # type: ignore[attr-defined]
    context: dict[str, Any] = {"categories": list(rules.CATEGORIES.items()), "title": "报修"}
    if request.method != "POST":
        return render(request, "selfservice/fault.html", context)
    reporter = Actor(account_id=None, name=f"终端 {terminal.number}", ip=client_ip(request))
    category, note = parameters.text(request.POST, "category", 10), parameters.text(request.POST, "note", 200)
    try:
        context["number"] = services.report(terminal.number, category, note, actor=reporter, source="terminal")
    except Refused as refusal:
        return render(request, "selfservice/fault.html", {**context, "error": refusal.text}, status=refusal.status)
    services.count(terminal, "fault")
    return render(request, "selfservice/fault.html", context)


def _entered(request: HttpRequest, token: str) -> HttpResponse:
    request.session.flush()
    kind = services.authenticate(token).kind
    response = redirect("selfservice:home" if kind in MACHINES else "selfservice:stage")
    secure = settings.MODE == "production"
    response.set_cookie(middleware.COOKIE, token, max_age=REMEMBER, httponly=True, samesite="Strict", secure=secure)
    return response


def _close(request: HttpRequest) -> None:
    actor = request.actor  # type: ignore[attr-defined]
    if actor.account_id is not None:
        sessions.end(request, actor)
    request.session.flush()
