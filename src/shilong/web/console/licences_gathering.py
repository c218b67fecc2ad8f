"""证照归集情况：各类目录数、签发数、推送成败、失败原因、重推、导出。"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.identity.organizations import selectors as organizations
from shilong.service.licences import selectors, services
from shilong.service.licences.permissions import EDITORS
from shilong.service.licences.selectors import gathering
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, xlsx
from shilong.web.console.pages import page as shelled

HEADERS = ["证照名称", "证照编号", "证照标识", "颁发部门", "变化", "状态", "原因", "次数", "入队时间", "送达时间"]


class PushFilterForm(forms.Form):
    """归集明细筛选。"""

    q = forms.CharField(label="证照编号或标识", required=False, max_length=128)
    state = forms.ChoiceField(label="状态", required=False)
    type = forms.ChoiceField(label="证照类型", required=False)
    department = forms.ChoiceField(label="颁发部门", required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        choices: dict[str, list[tuple[str, str]]] = {
            "state": [("", "全部状态"), *((key, name) for key, (name, _, _) in gathering.STATES.items())],
            "type": [("", "全部类型"), *((row.code, row.name) for row in selectors.types())],
            "department": [("", "全部部门"), *((row.key, row.short_name) for row in organizations.departments(include_inactive=True))],
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]


@require_safe
@signed_in(*EDITORS)
def page(request: HttpRequest) -> HttpResponse:
    """各类合计在上，明细在下；同一组筛选。"""
    actor = request.actor  # type: ignore[attr-defined]
    form = _filters(request)
    chosen = form.cleaned_data
    rows = gathering.gathering(actor, chosen.get("department", ""))
    kind = chosen.get("type", "")
    shown = [row for row in rows if (not kind or row.code == kind) and (row.listed or row.sent or row.rejected or row.waiting)]
    names = ("listed", "electronic", "sent", "rejected", "waiting")
    context = {
        "form": form,
        "used": any(field.value() for field in form),
        "rows": shown,
        "quiet": len(rows) - len(shown),
        "totals": {name: sum(getattr(row, name) for row in shown) for name in names},
        "names": {row.key: row.short_name for row in organizations.departments(include_inactive=True)},
        "pushes": paged(request, lambda number: gathering.pushes(actor, chosen, number)),
        "enabled": gathering.enabled(),
    }
    return shelled(request, "licences/gathering.html", "licence-gathering", context)


@require_safe
@signed_in(*EDITORS)
def export(request: HttpRequest) -> HttpResponse:
    """按当前筛选导出明细。"""
    actor = request.actor  # type: ignore[attr-defined]
    names = {row.key: row.short_name for row in organizations.departments(include_inactive=True)}
    rows = [
        [
            *(row.name, row.number, row.identifier, names.get(row.department, row.department), row.action, row.state_name, row.problem),
            *(row.attempts, _time(row.created_at), _time(row.sent_at) if row.state == "sent" else ""),
        ]
        for row in gathering.export_pushes(actor, _filters(request).cleaned_data)
    ]
    audit.record("licence.gathering_export", actor=actor, object_type="licence_push", object_id="", detail={"rows": len(rows)})
    return xlsx(f"证照归集 {timezone.localdate()}.xlsx", HEADERS, rows)


@require_POST
@signed_in(*EDITORS)
def repush(request: HttpRequest) -> HttpResponse:
    """重推市级不收的：勾选的，或全部。"""
    ids = None if request.POST.get("all") == "1" else [int(one) for one in request.POST.getlist("id") if one.isdecimal() and len(one) < 19]
    count = services.repush(ids, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, f"{count} 条已重新排上，马上推送；结果刷新本页可见。")
    return redirect("console:licence-gathering")


def _filters(request: HttpRequest) -> PushFilterForm:
    form = PushFilterForm(parameters.texts(request.GET))
    form.is_valid()
    return form


def _time(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""
