"""时段模板、号源、临时停办、预约查询、限制预约名单（行政审批局）。"""

from datetime import time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import Refused
from shilong.service.booking import permissions, selectors, services
from shilong.service.booking.refusals import TemplateNotFound
from shilong.service.booking.rules import STATE_NAMES
from shilong.service.queueing import selectors as queueing
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, xlsx
from shilong.web.console.pages import page

WEEK = tuple(zip("1234567", "一二三四五六日", strict=True))
EXPORT_MOST = 5000
HEADS = ("预约编号", "事项", "大厅", "窗口组", "日期", "时段", "预约人", "到厅的人", "状态", "取的号")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.MANAGERS)
def templates(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """时段与容量模板：列表，新增或修改一个。"""
    actor = request.actor  # type: ignore[attr-defined]
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            services.save_template(pk, **_template(request), actor=actor)
        except Refused as refusal:  # 填错的在原页上改
            errors = refusal.fields or {"": refusal.text}
        else:
            messages.success(request, "模板已保存，号源已按它重算，已约的不变。")
            return redirect("console:slots")
    rows = selectors.templates(actor)
    chosen = next((row for row in rows if row.pk == pk), None)
    if pk is not None and chosen is None:
        raise TemplateNotFound
    groups = queueing.groups(include_inactive=True)
    context = {
        "rows": rows,
        "chosen": chosen,
        "typed": _typed(request, chosen),
        "errors": errors,
        "groups": groups,
        "names": {row.key: row.name for row in groups},
        "week": WEEK,
    }
    return page(request, "booking/templates.html", "slots", context, status=422 if errors else 200)


@require_safe
@signed_in(*permissions.MANAGERS)
def supply(request: HttpRequest) -> HttpResponse:
    """某窗口组某天的号源与余量。"""
    groups = queueing.groups(include_inactive=True)
    group = parameters.text(request.GET, "group", 32) or (groups[0].key if groups else "")
    day = parameters.day(request.GET, "day") or timezone.localdate()
    rows = selectors.slot_rows(request.actor, group, day)  # type: ignore[attr-defined]
    stuck = sum(booked for slot, _, booked in rows if not slot.is_open)
    near = {"before": day - timedelta(days=1), "after": day + timedelta(days=1)}
    return page(
        request, "booking/supply.html", "slots", {"rows": rows, "groups": groups, "group": group, "day": day, "stuck": stuck, **near}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.MANAGERS)
def closures(request: HttpRequest) -> HttpResponse:
    """临时停办：设置、撤销；已约的自动通知改约。"""
    actor = request.actor  # type: ignore[attr-defined]
    errors: dict[str, str] = {}
    if request.method == "POST":
        hall, _, group = parameters.text(request.POST, "place", 66).partition("/")
        span = parameters.moment(request.POST, "start"), parameters.moment(request.POST, "end")
        try:
            count = services.close(hall, group, *span, parameters.text(request.POST, "reason", 100), actor=actor)
        except Refused as refusal:  # 填错的在原页上改
            errors = refusal.fields or {"": refusal.text}
        else:
            messages.success(request, f"已停办，{count} 个预约改为“停办待改约”并已通知。")
            return redirect("console:slot-closures")
    groups = queueing.groups(include_inactive=True)
    context = {
        "page": paged(request, lambda number: selectors.closures(actor, page=number)),
        "halls": queueing.halls(),
        "groups": groups,
        "names": {row.key: row.name for row in groups} | {row.key: row.name for row in queueing.halls(include_inactive=True)},
        "errors": errors,
        "typed": parameters.texts(request.POST),
    }
    return page(request, "booking/closures.html", "slots", context, status=422 if errors else 200)


@require_POST
@signed_in(*permissions.MANAGERS)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销停办。"""
    count = services.reopen(pk, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, f"停办已撤销，{count} 个还没改约的预约恢复有效并已通知。")
    return redirect("console:slot-closures")


@require_safe
@signed_in(*permissions.MANAGERS)
def bookings(request: HttpRequest) -> HttpResponse:
    """预约查询与导出。"""
    actor = request.actor  # type: ignore[attr-defined]
    chosen: dict[str, Any] = {
        "group": parameters.text(request.GET, "group", 32),
        "state": parameters.text(request.GET, "state", 10),
        "q": parameters.text(request.GET, "q", 32),
        "day": parameters.day(request.GET, "day"),
    }
    if request.GET.get("export"):
        found = selectors.bookings(actor=actor, size=EXPORT_MOST, **chosen)
        return xlsx(f"预约{timezone.localdate():%Y%m%d}.xlsx", HEADS, [_cells(row) for row in found])
    found = paged(request, lambda number: selectors.bookings(actor=actor, page=number, **chosen))
    context = {"page": found, "groups": queueing.groups(include_inactive=True), "states": STATE_NAMES.items(), **chosen}
    return page(request, "booking/bookings.html", "bookings", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.MANAGERS)
def blocked(request: HttpRequest) -> HttpResponse:
    """限制预约名单；手工加入按预约编号。"""
    actor = request.actor  # type: ignore[attr-defined]
    errors: dict[str, str] = {}
    if request.method == "POST":
        number, reason = parameters.text(request.POST, "number", 32), parameters.text(request.POST, "reason", 200)
        try:
            services.block(number, parameters.day(request.POST, "until"), reason, actor=actor)
        except Refused as refusal:  # 填错的在原页上改
            errors = refusal.fields or {"number": refusal.text}
        else:
            messages.success(request, "已限制预约，到期自动解除。")
            return redirect("console:blocked")
    found = paged(request, lambda number: selectors.blocked(actor, page=number))
    context = {"page": found, "errors": errors, "typed": parameters.texts(request.POST)}
    return page(request, "booking/blocked.html", "bookings", context, status=422 if errors else 200)


@require_POST
@signed_in(*permissions.MANAGERS)
def lift(request: HttpRequest) -> HttpResponse:
    """解除限制。"""
    services.unblock(parameters.text(request.POST, "index", 64), parameters.text(request.POST, "reason", 200), actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "已解除，此前的爽约不再计数。")
    return redirect("console:blocked")


def _template(request: HttpRequest) -> dict[str, Any]:
    data = request.POST
    return {
        "group": parameters.text(data, "group", 32),
        "item_code": parameters.text(data, "item_code", 50),
        "name": parameters.text(data, "name", 60),
        "weekdays": "".join(data.getlist("weekdays"))[:7],
        "start": parameters.clock(data, "start"),
        "end": parameters.clock(data, "end"),
        "minutes": parameters.whole(data, "minutes", 0, digits=4),
        "capacity": parameters.whole(data, "capacity", 0, digits=4),
        "valid_from": parameters.day(data, "valid_from"),
        "valid_until": parameters.day(data, "valid_until"),
        "active": data.get("active") == "1",
    }


def _typed(request: HttpRequest, chosen: Any) -> dict[str, Any]:
    """表单上显示什么：刚填的、正在改的、或缺省的。"""
    if request.method == "POST":
        return _template(request)
    if chosen is not None:
        names = ("group", "item_code", "name", "weekdays", "start", "end", "minutes", "capacity", "valid_from", "valid_until")
        return {name: getattr(chosen, name) for name in names} | {"active": chosen.is_active}
    return {"weekdays": "12345", "start": time(9), "end": time(12), "minutes": 30, "capacity": 4, "active": True}


def _cells(row: selectors.BookingView) -> tuple[str, ...]:
    span = f"{timezone.localtime(row.start):%H:%M}–{timezone.localtime(row.end):%H:%M}"
    place = (row.hall_name, row.group_name, f"{row.day:%Y-%m-%d}", span)
    return (row.number, row.item_name, *place, row.subject, row.visitor, row.state_name, row.ticket)
