"""数据更正：列表、申请、详情与各步、凭据、导出。"""

from typing import Any, BinaryIO, cast
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.files import services as files
from shilong.foundation.refusals import NotFound, Refused
from shilong.service.amendments import rules, selectors, services
from shilong.service.amendments.permissions import REQUESTERS
from shilong.service.cases.selectors.correctable import CorrectableField, correctable
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, stamp, xlsx
from shilong.web.supervise.forms import AmendmentFilterForm, OpinionForm
from shilong.web.supervise.shell import page, sees_everything

_DONE = {
    "authorise": "已授权，申请人可以执行了。",
    "refuse": "已驳回。",
    "execute": "更正已执行，履历里留有前后对照。",
    "cancel": "已撤销。",
}
EXPORT_LIMIT = 5000
_PAGE = 100


@require_safe
@signed_in(*REQUESTERS)
def listing(request: HttpRequest) -> HttpResponse:
    """更正申请列表。"""
    form = _filters(request)
    found = paged(request, lambda number: selectors.listing(request.actor, form.cleaned_data, number))  # type: ignore[attr-defined]
    used = any(field.value() for field in form)
    return render(request, "supervise/amendments.html", page(request, "amendments", form=form, page=found, used=used))


@require_safe
@signed_in(*REQUESTERS)
def export(request: HttpRequest) -> HttpResponse:
    """更正申请导出：谁、何时、哪件、哪几项、结果。"""
    filters = _filters(request).cleaned_data
    headers = ["申请编号", "办件编号", "事项", "部门", "更正项", "理由", "状态", "申请人", "申请时间", "授权人", "执行人", "了结时间"]
    rows: list[list[Any]] = []
    number = 1
    while len(rows) < EXPORT_LIMIT:
        found = selectors.listing(request.actor, filters, number, _PAGE)  # type: ignore[attr-defined]
        rows += [
            [
                *(row.number, row.case_no, row.item_name, row.department_name, row.labels, row.reason, row.status_name, row.requested_by),
                *(stamp(row.requested_at), row.decided_by, row.closed_by, stamp(row.closed_at)),
            ]
            for row in found.items
        ]
        if not found.has_next:
            break
        number += 1
    return xlsx(f"数据更正 {timezone.localdate()}.xlsx", headers, rows)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in(*REQUESTERS)
def new(request: HttpRequest) -> HttpResponse:
    """提出更正申请：先定办件，再填要改的项。"""
    case_no = parameters.text(request.POST, "case", 50) or parameters.text(request.GET, "case", 50)
    if not case_no:
        return render(request, "supervise/amendment_new.html", page(request, "amendments", case_no=""))
    view, fields = correctable(case_no, actor=request.actor)  # type: ignore[attr-defined]
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            number = _request(request, case_no, fields)
        except Refused as refusal:  # 填了一长表的人要在原表上改，不能丢给通用的拒绝页
            errors = refusal.fields or {"": refusal.text}
        else:
            messages.success(request, "更正申请已提出，等行政审批局授权。")
            return redirect("supervise:amendment", number=number)
    context = page(
        request, "amendments", case_no=case_no, case=view, groups=_groups(request, fields, errors), errors=errors, posted=request.POST
    )
    return render(request, "supervise/amendment_new.html", context, status=422 if errors else 200)


@never_cache
@require_safe
@signed_in(*REQUESTERS)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """一份申请：前后对照（脱敏）、凭据、各步。"""
    return _detail(request, number)


@never_cache
@require_POST
@signed_in(*REQUESTERS)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """看前后明文，写事由，留审计。"""
    form = _opinion(request)
    shown = services.reveal(number, actor=request.actor, reason=form["reason"])  # type: ignore[attr-defined]
    return _detail(request, number, revealed=shown)


@require_POST
@signed_in(*REQUESTERS)
def advance(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """授权、驳回、执行、撤销。"""
    form, actor = _opinion(request), request.actor  # type: ignore[attr-defined]
    if step == "authorise":
        services.authorise(number, actor=actor, opinion=form["opinion"])
    elif step == "refuse":
        services.refuse(number, actor=actor, opinion=form["opinion"])
    elif step == "execute":
        services.execute(number, actor=actor, seen_version=form["version"])
    elif step == "cancel":
        services.cancel(number, actor=actor)
    else:
        raise NotFound
    messages.success(request, _DONE[step])
    return redirect("supervise:amendment", number=number)


@require_safe
@signed_in(*REQUESTERS)
def evidence(request: HttpRequest, number: str, file_id: str) -> HttpResponse:
    """下载凭据；能看这份申请才能下。"""
    view = selectors.amendment(number, actor=request.actor)  # type: ignore[attr-defined]
    stored = next((one for one in view.files if str(one.id) == str(file_id)), None)
    if stored is None:
        raise NotFound
    response = HttpResponse(files.open_file(str(file_id)).read(), content_type=stored.mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name)}"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _request(request: HttpRequest, case_no: str, fields: list[CorrectableField]) -> str:
    actor = request.actor  # type: ignore[attr-defined]
    changes = {one.key: value for one in fields if (value := request.POST.get(f"new.{one.key}", "").strip())}
    uploads = request.FILES.getlist("files")[: services.MAX_FILES + 1]
    services.check(fields, changes, reason=request.POST.get("reason", ""), files=len(uploads))
    ids = [str(files.store(cast(BinaryIO, one), one.name or "凭据", owner_id=actor.account_id).id) for one in uploads]
    return services.request(case_no, changes, reason=request.POST.get("reason", ""), file_ids=ids, actor=actor)


def _groups(request: HttpRequest, fields: list[CorrectableField], errors: dict[str, str]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {"登记信息": [], "申请表": []}
    for one in fields:
        groups["申请表" if one.key.startswith("form.") else "登记信息"].append(
            {
                "field": one,
                "shown": rules.shown(one.kind, one.value, one.choices),
                "value": request.POST.get(f"new.{one.key}", ""),
                "error": errors.get(one.key, ""),
            }
        )
    return list(groups.items())


def _detail(request: HttpRequest, number: str, revealed: list[tuple[str, str, str]] | None = None) -> HttpResponse:
    view = selectors.amendment(number, actor=request.actor)  # type: ignore[attr-defined]
    return render(request, "supervise/amendment.html", page(request, "amendments", view=view, row=view.row, revealed=revealed))


def _filters(request: HttpRequest) -> AmendmentFilterForm:
    data = parameters.texts(request.GET)
    form = AmendmentFilterForm(data, wide=sees_everything(request.actor))  # type: ignore[attr-defined]
    form.is_valid()
    return form


def _opinion(request: HttpRequest) -> dict[str, Any]:
    form = OpinionForm(request.POST)
    form.is_valid()
    values = {"opinion": "", "reason": "", **form.cleaned_data}
    return values | {"version": values.get("version") or 0}
