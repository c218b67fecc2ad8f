"""咨询投诉处理：列表、详情、分派、答复、退回、催办、公开审核、导出。"""

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
from shilong.service.enquiries import permissions, selectors, services
from shilong.service.enquiries.rules import KINDS, STEP_NAMES, Step
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import every_row, paged, stamp, xlsx

TABS = (
    ("open", "在办"),
    ("unassigned", "待分派"),
    ("assigned", "待答复"),
    ("answered", "已答复"),
    ("proposed", "待公开审核"),
    ("withdrawn", "已撤回"),
)
EXPORT_PAGES = 50
FIELDS = {"note": 2100, "department": 32, "public_title": 100, "public_content": 1100, "public_answer": 2100}
HEADERS = ["编号", "类型", "标题", "事项", "答复部门", "状态", "提交时间", "答复期限", "答复时间", "催办次数", "满意度"]


@require_safe
@signed_in(*permissions.HANDLERS)
def listing(request: HttpRequest) -> HttpResponse:
    """列表。"""
    actor, filters = request.actor, _filters(request)  # type: ignore[attr-defined]
    page = paged(request, lambda number: selectors.listing(actor, filters, number))
    used = bool(filters["kind"] or filters["q"])
    return _page(request, "list", page=page, tabs=TABS, kinds=KINDS.items(), filters=filters, used=used)


@require_safe
@signed_in(*permissions.HANDLERS)
def export(request: HttpRequest) -> HttpResponse:
    """按当前条件导出（不含提交人）。"""
    actor, filters = request.actor, _filters(request)  # type: ignore[attr-defined]
    rows = [
        [
            *(row.number, row.kind_name, row.title, row.item_name, row.department_name, row.stage_name),
            *(stamp(row.created_at), stamp(row.due_at), stamp(row.answered_at), row.urges, row.satisfaction),
        ]
        for row in every_row(lambda number: selectors.listing(actor, filters, number, 100), EXPORT_PAGES)
    ]
    audit.record("enquiry.export", actor=actor, object_type="enquiry", detail={"rows": len(rows)})
    return xlsx(f"咨询投诉 {timezone.localdate()}.xlsx", HEADERS, rows)


@never_cache
@require_safe
@signed_in(*permissions.HANDLERS)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """一件。"""
    return _detail(request, number)


@require_POST
@signed_in(*permissions.HANDLERS)
def advance(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """做一步。"""
    if step not in set(Step):
        raise NotFound
    values = {name: parameters.text(request.POST, name, longest) for name, longest in FIELDS.items()}
    try:
        services.advance(number, Step(step), values, actor=request.actor, expected_version=parameters.version(request))  # type: ignore[attr-defined]
    except Invalid as refusal:
        return _detail(request, number, doing=step, typed=values, errors=refusal.fields or {"note": refusal.text}, status=422)
    messages.success(request, f"“{STEP_NAMES[Step(step)]}”已完成。")
    return redirect("office:enquiries") if step in (Step.ASSIGN, Step.RETURN) else redirect("office:enquiry", number=number)


@never_cache
@require_POST
@signed_in(*permissions.HANDLERS)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """看提交人联系方式，写事由、留审计。"""
    try:
        found = services.reveal(number, actor=request.actor, reason=parameters.text(request.POST, "reason", 300))  # type: ignore[attr-defined]
    except Invalid as refusal:
        return _detail(request, number, reveal_error=refusal.fields.get("reason", refusal.text), status=422)
    return _detail(request, number, revealed=found)


def _detail(request: HttpRequest, number: str, *, status: int = 200, **context: Any) -> HttpResponse:
    view = selectors.enquiry(number, request.actor)  # type: ignore[attr-defined]
    shared: dict[str, Any] = {"view": view, "row": view.row, "departments": organizations.departments(), "typed": {}, "errors": {}}
    return _page(request, "detail", status=status, **shared | context)


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    home = ("/supervise/enquiries/", "监察与分析") if actor.has(Role.BUREAU) else ("/office/", "回审批工作台")
    return render(request, f"office/enquiries/{template}.html", {"home": home, "counts": selectors.counts(actor), **context}, status=status)


def _filters(request: HttpRequest) -> dict[str, str]:
    found = {name: parameters.text(request.GET, name, 40) for name in ("state", "kind", "q")}
    return found | {"state": found["state"] or "open"}
