"""差评整改：工单列表、详情与各步、查看联系方式、附件、导出；以及评价列表。"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid, NotFound
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Role
from shilong.service.ratings import permissions, selectors, services
from shilong.service.ratings.rules.tickets import APPEAL_KINDS, STEP_NAMES, VISITS, Step
from shilong.service.ratings.selectors import work
from shilong.web.common import parameters
from shilong.web.common.downloads import inline
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import every_row, paged, stamp, xlsx
from shilong.web.office.ratings_forms import RatingFilterForm

TABS = (
    ("open", "在办"),
    ("waiting", "待核实"),
    ("checking", "核实中"),
    ("appealed", "申诉复核"),
    ("rectifying", "整改中"),
    ("visiting", "待回访"),
    ("closed", "已了结"),
)
EXPORT_PAGES = 50
FIELDS = ("note", "department", "kind", "visit", "reply")
TICKET_HEADERS = ["工单编号", "状态", "事项", "责任部门", "窗口", "满意度", "标签", "评价文字", "承办人", "立单时间", "当前期限"]
RATING_HEADERS = ["评价时间", "满意度", "标签", "评价文字", "事项", "部门", "环节", "窗口", "渠道", "评价方式", "第几次", "不计入", "工单"]


@require_safe
@signed_in(*permissions.HANDLERS)
def listing(request: HttpRequest) -> HttpResponse:
    """差评工单。"""
    actor, filters = request.actor, _filters(request)  # type: ignore[attr-defined]
    page = paged(request, lambda number: selectors.tickets(actor, filters, number))
    return _page(request, "list", "tickets", page=page, tabs=TABS, state=filters["state"], q=filters["q"])


@require_safe
@signed_in(*permissions.HANDLERS)
def export(request: HttpRequest) -> HttpResponse:
    """按当前条件导出工单（没有评价人信息）。"""
    actor, filters = request.actor, _filters(request)  # type: ignore[attr-defined]
    rows = [
        [
            *(row.number, row.stage_name, row.item_name, row.department_name, row.window, row.level_name, "、".join(row.tags), row.text),
            *(row.handler, stamp(row.created_at), stamp(row.due)),
        ]
        for row in every_row(lambda number: selectors.tickets(actor, filters, number, 100), EXPORT_PAGES)
    ]
    audit.record("rating_ticket.export", actor=actor, object_type="rating_ticket", detail={"rows": len(rows)})
    return xlsx(f"差评工单 {timezone.localdate()}.xlsx", TICKET_HEADERS, rows)


@require_safe
@signed_in(*permissions.WATCHERS)
def everything(request: HttpRequest) -> HttpResponse:
    """评价列表。"""
    actor = request.actor  # type: ignore[attr-defined]
    form = RatingFilterForm(parameters.texts(request.GET), wide=permissions.wide(actor))
    filters = form.conditions()
    page = paged(request, lambda number: selectors.ratings(actor, filters, number))
    return _page(request, "all", "all", page=page, form=form, used=any(filters.values()))


@require_safe
@signed_in(*permissions.WATCHERS)
def export_all(request: HttpRequest) -> HttpResponse:
    """按当前条件导出评价（脱敏）。"""
    actor = request.actor  # type: ignore[attr-defined]
    filters = RatingFilterForm(parameters.texts(request.GET), wide=permissions.wide(actor)).conditions()
    rows = [
        [
            *(stamp(row.at), row.level_name, "、".join(row.tags), row.text, row.item_name, row.department_name, row.node_name, row.window),
            *(row.channel, "匿名" if row.anonymous else "实名", "追评" if row.number > 1 else "首评", row.excluded, row.ticket),
        ]
        for row in every_row(lambda number: selectors.ratings(actor, filters, number, 100), EXPORT_PAGES)
    ]
    audit.record("rating.export", actor=actor, object_type="rating", detail={"rows": len(rows)})
    return xlsx(f"评价 {timezone.localdate()}.xlsx", RATING_HEADERS, rows)


@never_cache
@require_safe
@signed_in(*permissions.HANDLERS)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """一张工单。"""
    return _detail(request, number)


@require_POST
@signed_in(*permissions.HANDLERS)
def advance(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """对工单做一步。"""
    if step not in set(Step):
        raise NotFound
    values = {name: parameters.text(request.POST, name, 600) for name in FIELDS}
    try:
        services.advance(number, Step(step), values, actor=request.actor, expected_version=parameters.version(request))  # type: ignore[attr-defined]
    except Invalid as refusal:  # 没写清楚的在原页上补
        return _detail(request, number, doing=step, typed=values, errors=refusal.fields or {"note": refusal.text}, status=422)
    messages.success(request, f"“{STEP_NAMES[Step(step)]}”已完成。")
    return redirect("office:ratings") if step == Step.ASSIGN else redirect("office:rating-ticket", number=number)


@never_cache
@require_POST
@signed_in(*permissions.HANDLERS)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """看评价人联系方式，写事由、留审计。"""
    try:
        found = services.reveal(number, actor=request.actor, reason=parameters.text(request.POST, "reason", 300))  # type: ignore[attr-defined]
    except Invalid as refusal:
        return _detail(request, number, reveal_error=refusal.text, status=422)
    return _detail(request, number, revealed=found)


@require_safe
@signed_in(*permissions.HANDLERS)
def media(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """评价的附件。"""
    row = work.file(number, pk, request.actor)  # type: ignore[attr-defined]
    return inline(row.playable_id or row.file_id)


def _detail(request: HttpRequest, number: str, *, status: int = 200, **context: Any) -> HttpResponse:
    view = selectors.ticket(number, request.actor)  # type: ignore[attr-defined]
    choices = {"kinds": APPEAL_KINDS.items(), "visits": VISITS.items(), "departments": organizations.departments()}
    return _page(request, "detail", "tickets", status=status, view=view, row=view.row, typed={}, errors={}, **choices | context)


def _page(request: HttpRequest, template: str, tab: str, *, status: int = 200, **context: Any) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    home = ("/supervise/ratings/", "监察与分析") if actor.has(Role.BUREAU) else ("/office/", "回审批工作台")
    shell = {"tab": tab, "home": home, "counts": selectors.ticket_counts(actor), **context}
    return render(request, f"office/ratings/{template}.html", shell, status=status)


def _filters(request: HttpRequest) -> dict[str, str]:
    return {"state": parameters.text(request.GET, "state", 12) or "open", "q": parameters.text(request.GET, "q", 32)}
