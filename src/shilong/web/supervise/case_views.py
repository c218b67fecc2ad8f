"""办件查询与监察标记。"""

from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shilong.foundation.audit import services as audit
from shilong.service.cases.selectors import flags as flag_store
from shilong.service.cases.selectors import query
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, stamp, xlsx
from shilong.web.supervise.forms import CaseForm, FlagForm
from shilong.web.supervise.shell import WATCHERS, page, sees_everything

F = TypeVar("F", CaseForm, FlagForm)


@require_safe
@signed_in(*WATCHERS)
def listing(request: HttpRequest) -> HttpResponse:
    """办件多条件查询。"""
    form = _form(request, CaseForm)
    found = paged(request, lambda number: query.find(request.actor, form.criteria(), number))  # type: ignore[attr-defined]
    used = [field for field in form if field.name not in ("sort", "day") and field.value()]
    more = any(field.name not in ("case_no", "name", "item", "state") for field in used)
    context = page(request, "cases", form=form, page=found, used=bool(used), more=more, limit=query.EXPORT_LIMIT)
    return render(request, "supervise/cases.html", context)


@require_safe
@signed_in(*WATCHERS)
def export(request: HttpRequest) -> HttpResponse:
    """按当前条件导出（脱敏），留审计。"""
    form = _form(request, CaseForm)
    rows = list(query.export(request.actor, form.criteria()))  # type: ignore[attr-defined]
    detail = {"rows": len(rows), "conditions": sorted(key for key, value in form.cleaned_data.items() if value)}
    audit.record("case.export", actor=request.actor, object_type="case", detail=detail)  # type: ignore[attr-defined]
    headers = ["申请编号", "事项", "部门", "申请人", "渠道", "状态", "申请时间", "受理时间", "办结时间", "承诺到期", "结果"]
    results = {"grant": "准予", "deny": "不予"}
    lines = (
        [
            *(row.case_no, row.item_name, row.department_name, row.applicant_name, row.channel_name, row.status_name),
            *(stamp(at) for at in (row.submitted_at, row.accepted_at, row.decided_at, row.promise_due)),
            results.get(row.result, ""),
        ]
        for row in rows
    )
    return xlsx(f"办件查询 {timezone.localdate()}.xlsx", headers, lines)


@require_safe
@signed_in(*WATCHERS)
def flags(request: HttpRequest) -> HttpResponse:
    """监察标记。"""
    form = _form(request, FlagForm)
    filters = form.cleaned_data
    counts = flag_store.flag_counts(request.actor, filters)  # type: ignore[attr-defined]
    context = {
        "form": form,
        "page": paged(request, lambda number: flag_store.flags(request.actor, filters, number)),  # type: ignore[attr-defined]
        "counts": [(rule, name, counts.get(rule, 0)) for rule, name in flag_store.RULES.items()],
        "total": sum(counts.values()),
        "rule": filters.get("rule", ""),
    }
    return render(request, "supervise/flags.html", page(request, "flags", **context))


@require_safe
@signed_in(*WATCHERS)
def export_flags(request: HttpRequest) -> HttpResponse:
    """监察标记导出，最多五千行。"""
    filters = _form(request, FlagForm).cleaned_data
    rows = flag_store.export(request.actor, filters)  # type: ignore[attr-defined]
    headers = ["时间", "规则", "含义", "说明", "申请编号", "事项", "部门", "申请人", "状态"]
    lines = (
        [
            stamp(row.at),
            row.rule,
            row.rule_name,
            row.note,
            row.case_no,
            row.item_name,
            row.department_name,
            row.applicant_name,
            row.status_name,
        ]
        for row in rows
    )
    return xlsx(f"监察标记 {timezone.localdate()}.xlsx", headers, lines)


def _form(request: HttpRequest, kind: type[F]) -> F:
    data = parameters.texts(request.GET)
    form = kind(data, wide=sees_everything(request.actor))  # type: ignore[attr-defined]
    form.is_valid()
    return form
