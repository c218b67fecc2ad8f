"""市级证照核验：按持证人、类型、事由向市级平台查询、获取、核验；窗口与部门共用。"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import NotFound, Refused
from shilong.identity.roles.actor import Role
from shilong.service.licences import selectors, services
from shilong.service.licences.permissions import USERS
from shilong.service.licences.selectors.city_calls import READERS
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, xlsx
from shilong.web.office.licences_forms import CallFilterForm, CityForm
from shilong.web.office.licences_views import shelled

HEADERS = ["时间", "操作人", "动作", "持证人证件号", "证照类型", "依据", "办件编号", "事由", "结果", "说明"]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*USERS)
def page(request: HttpRequest) -> HttpResponse:
    """查询表与本部门的核验记录；结果不落库，只在这一次应答里。"""
    actor = request.actor  # type: ignore[attr-defined]
    window = actor.has(Role.WINDOW)
    if request.method != "POST":
        initial = {"case_no": parameters.text(request.GET, "case_no", 50)}
        return _page(request, CityForm(initial=initial, window=window))
    form = CityForm(parameters.texts(request.POST), window=window)
    if not form.is_valid():
        return _page(request, form, status=422)
    data = form.cleaned_data
    ground = services.Ground(data["holder_code"], data["use_cause"], data["type_code"], data["case_no"], bool(data.get("present")))
    try:
        answer = services.lookup(ground, actor=actor)
    except Refused as refusal:  # 填错、没有依据、市级平台断线：留着填的内容，在原页上说清怎么办
        for name, text in refusal.fields.items():
            form.add_error(name if name in form.fields else None, text)
        return _page(request, form, status=refusal.status, error="" if refusal.fields else refusal.text)
    return _page(request, form, answer=answer)


@never_cache
@require_POST
@signed_in(*USERS)
def follow(request: HttpRequest, uid: UUID, action: str) -> HttpResponse:
    """对查到的一张获取要素或核验；htmx 请求只换这一格。"""
    actor = request.actor  # type: ignore[attr-defined]
    identifier = parameters.text(request.POST, "identifier", 128)
    if action not in ("fetch", "verify"):
        raise NotFound
    answer = services.obtain if action == "fetch" else services.confirm
    context: dict[str, Any] = {"licence" if action == "fetch" else "check": answer(uid, identifier, actor=actor)}
    return shelled(request, "_city_answer" if request.headers.get("HX-Request") else "city_answer", "city", **context)


@require_safe
@signed_in(*READERS)
def export(request: HttpRequest) -> HttpResponse:
    """导出核验记录。"""
    actor = request.actor  # type: ignore[attr-defined]
    rows = [
        [
            *(f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}", row.who, row.action, row.holder, row.type_name, row.basis),
            *(row.case_no, row.cause, row.outcome, row.detail),
        ]
        for row in selectors.export_city_calls(actor, _filters(request).cleaned_data)
    ]
    audit.record("licence.city_export", actor=actor, object_type="licence_city", object_id="", detail={"rows": len(rows)})
    return xlsx(f"市级证照核验记录 {timezone.localdate()}.xlsx", HEADERS, rows)


def _filters(request: HttpRequest) -> CallFilterForm:
    form = CallFilterForm(parameters.texts(request.GET))
    form.is_valid()
    return form


def _page(request: HttpRequest, form: CityForm, *, status: int = 200, **context: Any) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    filters = _filters(request)
    calls = paged(request, lambda number: selectors.city_calls(actor, filters.cleaned_data, number))
    used = any(field.value() for field in filters)
    return shelled(request, "city", "city", status=status, form=form, filters=filters, calls=calls, used=used, **context)
