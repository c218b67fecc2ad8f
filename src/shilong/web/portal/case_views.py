"""我的办件：列表、详情、补正、补交容缺材料、撤回。"""

from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.files import services as files
from shilong.foundation.refusals import Invalid, Refused
from shilong.service.cases import selectors as cases
from shilong.service.cases import services
from shilong.service.cases.selectors import CaseView
from shilong.service.delivery import selectors as deliveries
from shilong.service.forms import rendering
from shilong.service.joint import selectors as joint
from shilong.service.ratings import selectors as ratings
from shilong.web.casework import flow
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import every_row, paged, stamp, xlsx

TABS = (("", "全部"), ("open", "办理中"), ("supplementing", "待补正"), ("decided", "待领取"), ("finished", "已办结"))
HEADERS = ("申请编号", "事项", "办理部门", "渠道", "状态", "提交时间", "承诺到期", "办结时间", "结果")
EXPORT_PAGES = 50
FILES_PER_MATERIAL = 20


@require_safe
@signed_in()
def cases_page(request: HttpRequest) -> HttpResponse:
    """我的办件列表；`export=xlsx` 导出。"""
    actor = request.actor  # type: ignore[attr-defined]
    state, q = parameters.text(request.GET, "state", 20), parameters.text(request.GET, "q", 50)
    if request.GET.get("export") == "xlsx":
        return xlsx(f"我的办件-{timezone.localdate():%Y%m%d}.xlsx", HEADERS, _rows(actor, state, q))
    context = {
        "mtab": "我的",
        "mtitle": "我的办件",
        "tab": "cases",
        "tabs": TABS,
        "state": state,
        "q": q,
        "page": paged(request, lambda number: cases.mine(actor, state=state, page=number, q=q)),
        "counts": cases.mine_counts(actor),
    }
    return render(request, "portal/cases.html", context)


def _rows(actor: Any, state: str, q: str) -> Iterator[tuple[str, ...]]:
    for row in every_row(lambda number: cases.mine(actor, state=state, page=number, size=100, q=q), EXPORT_PAGES):
        result = {"grant": "准予", "deny": "不予"}.get(row.result, "")
        times = (row.submitted_at, row.promise_due, row.finished_at)
        yield (row.case_no, row.item_name, row.department_name, row.channel_name, row.status_name, *map(stamp, times), result)


def _mine(request: HttpRequest, case_no: str) -> CaseView:
    return cases.case(case_no, actor=request.actor)  # type: ignore[attr-defined]


@require_safe
@signed_in()
def case_page(request: HttpRequest, case_no: str) -> HttpResponse:
    """办件详情：进度、时限、文书、材料，以及现在能做的事。"""
    view = _mine(request, case_no)
    clock = next((one for one in view.clocks if one.kind in ("promise", "notice") and one.state != "stopped"), None)
    context = {
        "mtab": "我的",
        "mtitle": "办件详情",
        "case": view,
        "steps": flow.steps(view),
        "joint": joint.of_case(case_no),
        "clock": clock,
        "correction": view.corrections[-1] if view.status == "supplementing" and view.corrections else None,
        "rating": _rating(view, request.actor),  # type: ignore[attr-defined]
        "choice": deliveries.choice(case_no, request.actor),  # type: ignore[attr-defined]
        "shipment": next(iter(deliveries.case_shipments(case_no, request.actor)), None),  # type: ignore[attr-defined]
        "late_rows": [row for row in view.materials if row.late and not row.provided] if view.late_pending else [],
    }
    return render(request, "portal/case.html", context)


def _rating(view: CaseView, actor: Any) -> dict[str, Any] | None:
    """办件详情里的评价卡；本人、到了可评的环节才有。`done` 是办结环节的最后一条评价。"""
    if actor.is_staff or view.status == "submitted":
        return None
    found = ratings.case_ratings(view.case_no, actor)
    done = [row for node in found.nodes if node.node == "6" for row in node.ratings]
    return {"done": done[-1] if done else None} if found.nodes else None


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def resubmit(request: HttpRequest, case_no: str) -> HttpResponse:
    """补正：逐项重传材料，可同时改申请表；一次提交。"""
    view = _mine(request, case_no)
    if not view.can("resubmit"):
        messages.warning(request, "这件办件现在不需要补正。")
        return redirect("portal:case", case_no=case_no)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            return _resubmitted(request, view)
        except Refused as refused:
            if refused.status not in (413, 422):
                raise
            errors, status = refused.fields, refused.status
            messages.error(request, "；".join([refused.text, *refused.fields.values()]))
    correction = view.corrections[-1] if view.corrections else None
    named = {item.get(key) for item in correction.items for key in ("code", "material")} if correction else set()
    context = {
        "mtab": "我的",
        "mtitle": "提交补正",
        "case": view,
        "correction": correction,
        "rows": [(row, row.code in named) for row in sorted(view.materials, key=lambda one: one.code not in named)],
        "sections": rendering.render(view.definition, view.form, errors=_field_errors(errors)),
        "form_named": "申请表" in named,
    }
    return render(request, "portal/resubmit.html", context, status=status)


def _field_errors(errors: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("form."): text for name, text in errors.items() if name.startswith("form.")}


def _resubmitted(request: HttpRequest, view: CaseView) -> HttpResponse:
    payload: dict[str, Any] = {"opinion": request.POST.get("opinion", ""), "materials": _uploads(request, view)}
    if request.POST.get("edit_form"):
        payload["form"] = rendering.parse(view.definition, request.POST)
    services.act(view.case_no, "resubmit", actor=request.actor, expected_version=parameters.version(request), payload=payload)  # type: ignore[attr-defined]
    messages.success(request, "补正已提交，工作人员会在 5 个工作日内告诉您是否受理。")
    return redirect("portal:case", case_no=view.case_no)


def _uploads(request: HttpRequest, view: CaseView) -> list[dict[str, Any]]:
    """收下各材料的文件；任何一个不合格就整次不交，已存的文件不挂到办件上。"""
    found = []
    for row in view.materials:
        sent = request.FILES.getlist(f"m-{row.code}")
        if len(sent) > FILES_PER_MATERIAL:
            raise Invalid(f"“{row.name}”一次最多传 {FILES_PER_MATERIAL} 个文件。")
        if sent:
            owner = request.actor.account_id  # type: ignore[attr-defined]
            ids = [str(files.store(cast(BinaryIO, one.file), one.name or "", owner_id=owner).id) for one in sent]
            found.append({"code": row.code, "file_ids": ids})
    return found


@require_POST
@signed_in()
def late(request: HttpRequest, case_no: str) -> HttpResponse:
    """补交容缺材料。"""
    view = _mine(request, case_no)
    payload = {"materials": _uploads(request, view)}
    services.act(case_no, "late_supplement", actor=request.actor, expected_version=parameters.version(request), payload=payload)  # type: ignore[attr-defined]
    messages.success(request, "容缺材料已补交。")
    return redirect("portal:case", case_no=case_no)


@require_POST
@signed_in()
def withdraw(request: HttpRequest, case_no: str) -> HttpResponse:
    """撤回申请。"""
    view = _mine(request, case_no)
    payload = {"reason": request.POST.get("reason", "")}
    services.act(view.case_no, "withdraw", actor=request.actor, expected_version=parameters.version(request), payload=payload)  # type: ignore[attr-defined]
    messages.success(request, "申请已撤回。需要时可以重新申请。")
    return redirect("portal:case", case_no=case_no)
