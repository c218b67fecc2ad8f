"""门户：预约到厅、我的预约、排队进度（W01）。"""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import Refused
from shilong.identity.roles.actor import Role, require
from shilong.service.booking import selectors, services
from shilong.service.booking.refusals import NotRead, SlotNotFound
from shilong.service.catalog import rules as catalog_rules
from shilong.service.catalog import selectors as catalog
from shilong.service.queueing import selectors as queueing
from shilong.service.queueing import services as queue_services
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged
from shilong.web.portal.catalog_views import answers, texts

TABS = (("open", "待办理"), ("done", "已签到"), ("closed", "取消与爽约"), ("", "全部"))


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, code: str) -> HttpResponse:
    """预约：先看清条件、材料与流程，再选日期与时段。没登录可以看余量，提交才要登录。"""
    item = catalog.item(code)
    error, status = "", 200
    if request.method == "POST":
        require(request.actor, *Role)  # type: ignore[attr-defined]
        try:
            return redirect("portal:booking", number=_book(request, code))
        except Refused as refusal:  # 约满等：留在原页另选，并看到刷新过的余量
            error, status = refusal.text, refusal.status
    trimmed = catalog_rules.trim(item, answers(request))
    context = {"item": item, "trimmed": trimmed, "mtab": "办事", "mtitle": "预约到厅", "nav": "办事服务", "error": error}
    picker = _picker(request, code)
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return render(request, "portal/booking/_picker.html", {**context, **picker})
    return render(request, "portal/booking/book.html", {**context, **texts(item), **picker}, status=status)


@require_safe
@signed_in()
def listing(request: HttpRequest) -> HttpResponse:
    """我的预约。"""
    tab = request.GET.get("tab", "open")
    tab = tab if tab in dict(TABS) else "open"
    page = paged(request, lambda number: selectors.mine(request.actor, tab=tab, page=number))  # type: ignore[attr-defined]
    return _mine(request, "list", "我的预约", page=page, tabs=TABS, chosen=tab)


@never_cache
@require_safe
@signed_in()
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """一个预约：签到二维码、时间地点、要带的材料、改约与取消。"""
    actor = request.actor  # type: ignore[attr-defined]
    view = selectors.booking(number, actor)
    item = catalog.item(view.item_code)
    picture = ""
    if view.state == "booked":
        picture = segno.make(selectors.qr_text(number, actor), error="m").svg_data_uri(scale=5, border=2)
    context: dict[str, Any] = {
        "view": view,
        "picture": picture,
        "ticket": queueing.by_booking(number) if view.state == "arrived" else None,
        "history": selectors.history(number, actor),
        "materials": [row for row in item.materials if not row.free],
    }
    return _mine(request, "detail", "预约详情", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def change(request: HttpRequest, number: str) -> HttpResponse:
    """改约：另选日期与时段。"""
    actor = request.actor  # type: ignore[attr-defined]
    error, status = "", 200
    if request.method == "POST":
        try:
            services.change(number, _slot(request), actor=actor)
        except Refused as refusal:  # 约满等：留在原页另选
            error, status = refusal.text, refusal.status
        else:
            messages.success(request, "已改约，请按新的时间到厅。")
            return redirect("portal:booking", number=number)
    view = selectors.booking(number, actor)
    context: dict[str, Any] = {"view": view, "error": error, **_picker(request, view.item_code)}
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return render(request, "portal/booking/_picker.html", context)
    return _mine(request, "change", "改约", status=status, **context)


@require_POST
@signed_in()
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """取消预约。"""
    services.cancel(number, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "预约已取消，名额已让给别人。")
    return redirect("portal:bookings")


@never_cache
@require_safe
def queue(request: HttpRequest, uid: UUID) -> HttpResponse:
    """排队进度：取号单上的码打开的就是它，不用登录，内容已脱敏。"""
    ticket = queueing.ticket(uid)
    template = "portal/booking/queue.html#live" if request.headers.get("HX-Request") else "portal/booking/queue.html"
    return render(request, template, {"ticket": ticket, "mtitle": "排队进度", "mtab": "我的"})


@require_POST
@signed_in()
def abandon(request: HttpRequest, uid: UUID) -> HttpResponse:
    """不等了：弃号，本人的号才行。"""
    queue_services.abandon(uid, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "已弃号。要办时请重新取号或预约。")
    return redirect("portal:queue", uid=uid)


def _book(request: HttpRequest, code: str) -> str:
    if not request.POST.get("read"):
        raise NotRead
    row = services.book(_slot(request), code, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, f"预约成功，编号 {row.number}。请准时到厅，用下面的码签到取号。")
    return row.number


def _slot(request: HttpRequest) -> int:
    number = parameters.whole(request.POST, "slot", 0, digits=9)
    if not number:
        raise SlotNotFound("请选择一个时段。")
    return number


def _picker(request: HttpRequest, code: str) -> dict[str, Any]:
    """日期条与时段；没指定日期给第一个还有余量的日子。事项没有窗口办时说清原因。"""
    try:
        place, days = selectors.calendar(code)
    except Refused as refusal:  # 没有安排窗口：页面照样能看，只是不能约
        return {"nowhere": refusal.text, "days": [], "slots": []}
    source = request.POST if request.method == "POST" else request.GET
    chosen = parameters.day(source, "day")
    if chosen not in [row.day for row in days]:
        chosen = next((row.day for row in days if not row.full), days[0].day if days else None)
    return {"place": place, "days": days, "day": chosen, "slots": selectors.slots(code, chosen) if chosen else []}


def _mine(request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any) -> HttpResponse:
    shared = {"mtab": "我的", "mtitle": title, "tab": "bookings"}
    return render(request, f"portal/booking/{template}.html", {**shared, **context}, status=status)
