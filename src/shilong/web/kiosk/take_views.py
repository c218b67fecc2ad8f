"""取号机：授权、现场取号、预约签到、过号找回、取号单。取号逻辑都在服务里。"""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import Refused
from shilong.service.booking import services as bookings
from shilong.service.queueing import permissions, policy, selectors, services
from shilong.service.queueing.refusals import GroupNotFound
from shilong.service.queueing.services import Visitor
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in

COOKIE = "kiosk_device"
YEAR = 365 * 24 * 3600


@never_cache
@require_safe
@signed_in(*permissions.WATCHERS)
def setup(request: HttpRequest) -> HttpResponse:
    """工作人员：把这台设备授权为取号机，或打开等候屏。"""
    return render(request, "kiosk/setup.html", {"halls": selectors.halls()})


@require_POST
@signed_in(*permissions.WATCHERS)
def authorise(request: HttpRequest) -> HttpResponse:
    """授权这台设备，并退出登录：取号机放在大厅里，不能留着工作人员的会话。"""
    token = services.authorise_device(parameters.text(request.POST, "hall", 32), actor=request.actor)  # type: ignore[attr-defined]
    logout(request)
    response = redirect("kiosk:home")
    response.set_cookie(COOKIE, token, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """取号机首页：预约签到、现场取号、过号找回。"""
    return _home(request)


@require_POST
def check_in(request: HttpRequest) -> HttpResponse:
    """预约签到。"""
    text, tail = parameters.text(request.POST, "code", 60), parameters.text(request.POST, "tail", 4)
    try:
        ticket = bookings.check_in(_device(request), text, tail=tail)
    except Refused as refusal:  # 站在机器前的人：留在原页，说清怎么办
        return _home(request, error=refusal.text, status=refusal.status)
    return redirect("kiosk:slip", uid=ticket.uid)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, group: str) -> HttpResponse:
    """现场取号：姓名证件可以刷也可以不填，选优先对象。"""
    hall = permissions.device_hall(_device(request))
    place = selectors.group(group)
    if place.hall.key != hall.key or not place.is_active:
        raise GroupNotFound
    typed = {name: parameters.text(request.POST, name, 60) for name in ("name", "id_no", "priority")}
    error, status = "", 200
    if request.method == "POST":
        visitor = Visitor(name=typed["name"], id_no=typed["id_no"])
        try:
            ticket = services.take_on_site(_device(request), group, visitor=visitor, priority=typed["priority"])
        except Refused as refusal:  # 填错了在原页改
            error, status = next(iter(refusal.fields.values()), refusal.text), refusal.status
        else:
            return redirect("kiosk:slip", uid=ticket.uid)
    data = {"hall": hall, "place": place, "typed": typed, "error": error, "priorities": policy.current().priorities}
    return render(request, "kiosk/take.html", data, status=status)


@require_POST
def give_back(request: HttpRequest) -> HttpResponse:
    """过号找回。"""
    try:
        ticket = services.give_back(parameters.text(request.POST, "number", 8), device=_device(request))
    except Refused as refusal:
        return _home(request, error=refusal.text, status=refusal.status)
    messages.success(request, f"{ticket.number} 号已找回，请继续等候。")
    return redirect("kiosk:slip", uid=ticket.uid)


@never_cache
@require_safe
def slip(request: HttpRequest, uid: UUID) -> HttpResponse:
    """取号单：可打印，扫码在手机上看进度；十五秒后回首页。"""
    permissions.device_hall(_device(request))
    ticket = selectors.ticket(uid)
    picture = _qr(request.build_absolute_uri(reverse("portal:queue", args=[uid])))
    return render(request, "kiosk/slip.html", {"ticket": ticket, "picture": picture})


def _home(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    hall = permissions.device_hall(_device(request))
    board = selectors.board(hall.key)
    waiting = {name: count for name, count, _ in board.queues}
    groups: list[tuple[Any, int]] = [(row, waiting.get(row.name, 0)) for row in selectors.groups(hall.key)]
    return render(request, "kiosk/home.html", {"hall": hall, "groups": groups, "error": error}, status=status)


def _device(request: HttpRequest) -> str:
    return request.COOKIES.get(COOKIE, "")


def _qr(url: str) -> SafeString:
    return mark_safe(segno.make(url, error="m", micro=False).svg_inline(scale=4, border=1))  # noqa: S308 由本站地址生成
