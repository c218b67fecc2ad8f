"""综合窗口工作台、送达、补正、预警、查询、交接班。"""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Role
from shilong.service.cases import selectors
from shilong.web.casework import lists
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import xlsx

TABS = (
    ("", "待办", "todo"),
    ("submitted", "已提交", "submitted"),
    ("received", "已收件", "received"),
    ("supplementing", "待补正", "supplementing"),
    ("handling", "部门审查", "handling"),
    ("decided", "待送达", "decided"),
    ("delivered", "已送达", "delivered"),
)
STATES = (
    ("intake", "收件受理"),
    ("supplementing", "待补正"),
    ("handling", "部门审查"),
    ("decided", "待送达"),
    ("delivered", "已送达"),
    ("archived", "办结归档"),
    ("rejected", "不予受理"),
    ("withdrawn", "申请人撤回"),
    ("terminated", "终止"),
)


def side(request: HttpRequest, current: str) -> dict[str, Any]:
    """左侧导航的角标与当前项。"""
    return {"counts": selectors.worklist_counts(request.actor), "current": current}  # type: ignore[attr-defined]


@require_safe
@signed_in(Role.WINDOW)
def bench(request: HttpRequest) -> HttpResponse:
    """工作台：当日数字、页签、筛选、列表；动作完成后只换列表。"""
    fragment = lists.partial(request)
    chosen = lists.filters(request)
    nav = side(request, "bench")
    data = {
        **lists.context(request, "window", chosen),
        **nav,
        "page": lists.todo(request, chosen),
        "tabs": [(state, name, nav["counts"].get(key, 0)) for state, name, key in TABS],
        "decided_today": selectors.decided_today(request.actor),  # type: ignore[attr-defined]
    }
    return render(request, "window/_list.html" if fragment else "window/bench.html", data)


@require_safe
@signed_in(Role.WINDOW)
def bench_export(request: HttpRequest) -> HttpResponse:
    """导出当前条件下的待办。"""
    return lists.export(request, lists.filters(request), lists.todo, "窗口办件")


@require_safe
@signed_in(Role.WINDOW)
def case(request: HttpRequest, case_no: str) -> HttpResponse:
    """办件整页，与其他岗位同一份。"""
    return redirect("casework:page", case_no=case_no)


def _board(request: HttpRequest, current: str, title: str, lead: str, empty: str, **fixed: str) -> HttpResponse:
    """固定条件的专题列表：可以再按部门、来源、关键词筛。"""
    fragment = lists.partial(request)
    chosen = {**lists.filters(request), **fixed}
    data = {
        **lists.context(request, "window", chosen),
        **side(request, current),
        "page": lists.todo(request, chosen),
        "title": title,
        "lead": lead,
        "empty": empty,
        "fixed": fixed,
    }
    return render(request, "window/_board.html" if fragment else "window/board.html", data)


@require_safe
@signed_in(Role.WINDOW)
def deliveries(request: HttpRequest) -> HttpResponse:
    """出件送达：已作决定、等送达的（行政许可法第四十四条：十日内颁发送达）。"""
    lead = "部门已作出决定，请通知申请人领取或寄出，并登记签收。送达时限十个工作日，到期前会提醒。"
    return _board(request, "deliveries", "出件送达", lead, "现在没有等待送达的办件", state="decided")


@require_safe
@signed_in(Role.WINDOW)
def corrections(request: HttpRequest) -> HttpResponse:
    """补正跟踪：已告知、等申请人补的，以及容缺待补的。"""
    lead = "已经一次性告知、等申请人补正的办件。临近答复期限的可以电话提醒；逾期没有补正的由系统终止并告知可以重新申请。"
    return _board(request, "corrections", "补正跟踪", lead, "现在没有等待补正的办件", state="supplementing")


@require_safe
@signed_in(Role.WINDOW)
def warnings(request: HttpRequest) -> HttpResponse:
    """时限预警：默认看已超期，可切换今日到期、三日内到期。"""
    due = request.GET.get("due", "")
    lead = "按当前环节的到期日排列。收件后五个工作日内没有告知的，依法视为受理并留监察标记。"
    wanted = due if due in dict(lists.DUES) else "overdue"
    return _board(request, "warnings", "时限预警", lead, "没有这一类办件", state="open", due=wanted)


@require_safe
@signed_in(Role.WINDOW)
def search(request: HttpRequest) -> HttpResponse:
    """多条件查询，含已办结。"""
    fragment = lists.partial(request)
    chosen = lists.filters(request)
    data = {**lists.context(request, "search", chosen), **side(request, "search"), "states": STATES, "page": lists.found(request, chosen)}
    return render(request, "window/_search.html" if fragment else "window/search.html", data)


@require_safe
@signed_in(Role.WINDOW)
def search_export(request: HttpRequest) -> HttpResponse:
    """导出查询结果。"""
    return lists.export(request, lists.filters(request), lists.found, "办件查询")


def _shift(request: HttpRequest) -> tuple[selectors.ShiftView, str]:
    actor = request.actor  # type: ignore[attr-defined]
    who = "all" if request.GET.get("who") == "all" else "me"
    people = [row.account_id for row in organizations.staff_of(actor.department)] if who == "all" else []
    return selectors.shift(actor, day=_day(request.GET.get("day", "")), people=people), who


def _day(raw: str) -> date:
    """查询串里的日期；没写或写错的当今天。"""
    try:
        return parse_date(raw) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


@require_safe
@signed_in(Role.WINDOW)
def shift(request: HttpRequest) -> HttpResponse:
    """交接班：件数与未了清单。"""
    view, who = _shift(request)
    return render(request, "window/shift.html", {**side(request, "shift"), "shift": view, "who": who})


@require_safe
@signed_in(Role.WINDOW)
def shift_export(request: HttpRequest) -> HttpResponse:
    """交接班导出：先件数，再未了清单。"""
    view, _ = _shift(request)
    rows: list[tuple[Any, ...]] = [(row.name, *row.cells, row.total) for row in view.rows]
    rows += [("合计", *view.totals, sum(view.totals)), (), ("未了清单",), lists.HEADS]
    rows += [lists.cells(row) for row in view.handed]
    return xlsx(f"交接班{view.day:%Y%m%d}.xlsx", ("姓名", *view.heads, "合计"), rows)
