"""材料库与我的证明：列表、添加、修改、核验、出示二维码、谁用过（W02、W05、W11）。"""

from typing import Any
from uuid import UUID

import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.audit import services as audit
from shilong.foundation.files import services as file_services
from shilong.foundation.refusals import Refused
from shilong.identity.accounts import selectors as accounts
from shilong.service.library import permissions, selectors, services
from shilong.service.library.selectors import Filters, PaperRow
from shilong.service.library.services.codes import SECONDS
from shilong.service.library.services.keeping import LENGTHS
from shilong.web.common import parameters
from shilong.web.common.downloads import attachment, picture
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged, xlsx

NAMES = {"material": "我的材料", "proof": "我的证明"}
LISTS = {"material": "portal:library", "proof": "portal:proofs"}
STATES = (("", "全部"), ("usable", "能用的"), ("expired", "已过期"))
HEADERS = ("名称", "编号", "出具单位", "出具日期", "有效期至", "来源", "来源事项", "核验", "用过几次", "入库时间", "内容 SM3")
EXPORTED = 300


class DetailsForm(forms.Form):
    """一份材料或证明给人看的几项。"""

    name = forms.CharField(label="名称", max_length=LENGTHS["name"], widget=forms.TextInput(attrs={"placeholder": "例如：毕业证书"}))
    number = forms.CharField(label="编号", max_length=LENGTHS["number"], required=False)
    issuer = forms.CharField(label="出具单位", max_length=LENGTHS["issuer"], required=False)
    issued_on = forms.DateField(label="出具日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    valid_until = forms.DateField(
        label="有效期至",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="不填为长期有效；过期后不能选用、不能出示",
    )
    note = forms.CharField(label="备注", max_length=LENGTHS["note"], required=False)

    def details(self) -> services.Details:
        """校验过的内容。"""
        return services.Details(**self.cleaned_data)


@require_safe
@signed_in()
def listing(request: HttpRequest, kind: str) -> HttpResponse:
    """材料库（或证明）列表。"""
    actor = request.actor  # type: ignore[attr-defined]
    filters = _filters(request)
    context: dict[str, Any] = {
        "page": paged(request, lambda number: selectors.mine(actor, kind, filters, number)),
        "filters": filters,
        "states": STATES,
        "counts": selectors.counts(actor),
        "verified": bool(permissions.holder_index(actor)),
    }
    if context["verified"]:
        context["asking"] = selectors.asking(accounts.applicant(actor.agent_for or actor.account_id))
    return _page(request, "list", kind, **context)


@require_safe
@signed_in()
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """导出当前筛选的清单（不含文件）。"""
    rows = selectors.mine(request.actor, kind, _filters(request), 1, EXPORTED)  # type: ignore[attr-defined]
    audit.record("library.export", actor=request.actor, object_type="paper", detail={"rows": len(rows)})  # type: ignore[attr-defined]
    return xlsx(f"{NAMES[kind]} {timezone.localdate()}.xlsx", HEADERS, [_cells(row) for row in rows])


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """添加一份。"""
    form = DetailsForm(parameters.texts(request.POST) if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "form", kind, form=form, status=422 if request.method == "POST" else 200)
    uploads: list[Any] = [(one.name or "文件", one.file) for one in request.FILES.getlist("file")]
    try:
        uid = services.add(kind, form.details(), uploads, actor=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:  # 填错的人在原页上改，已填的不丢
        return _page(request, "form", kind, form=form, error=_reason(form, refusal), status=refusal.status)
    messages.success(request, "已经存好。")
    return redirect("portal:paper", uid=uid)


@require_safe
@signed_in()
def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """一份：内容、核验、谁用过。"""
    row = selectors.paper(uid, request.actor)  # type: ignore[attr-defined]
    return _page(request, "detail", row.kind, row=row, uses=selectors.uses(request.actor, uid, size=10))  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """改名、改有效期。"""
    actor = request.actor  # type: ignore[attr-defined]
    row = selectors.paper(uid, actor)
    form = DetailsForm(
        parameters.texts(request.POST) if request.method == "POST" else None,
        initial={key: getattr(row, key) for key in DetailsForm.base_fields},
    )
    if request.method != "POST" or not form.is_valid():
        return _page(request, "form", row.kind, form=form, row=row, status=422 if request.method == "POST" else 200)
    try:
        services.edit(uid, form.details(), actor=actor)
    except Refused as refusal:
        return _page(request, "form", row.kind, form=form, row=row, error=_reason(form, refusal), status=refusal.status)
    messages.success(request, "已经改好。")
    return redirect("portal:paper", uid=uid)


@require_POST
@signed_in()
def remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """删掉一份。"""
    row = selectors.paper(uid, request.actor)  # type: ignore[attr-defined]
    services.remove(uid, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, f"“{row.name}”已删除；办件里用过的不受影响。")
    return redirect(LISTS[row.kind])


@require_POST
@signed_in()
def check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """用共享的证照数据核验。"""
    services.check_by_share(uid, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "共享的证照数据核对一致，编号和有效期已按共享数据更新。")
    return redirect("portal:paper", uid=uid)


@require_POST
@signed_in()
def asking(request: HttpRequest) -> HttpResponse:
    """申报时要不要问“存入材料库”。"""
    ask = request.POST.get("ask") == "1"
    services.set_asking(ask, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "以后申报时会问您要不要存入材料库。" if ask else "以后申报时不再询问，也不会自动存入。")
    return redirect("portal:library")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """出示：先写用途，再出一次性的码。"""
    actor = request.actor  # type: ignore[attr-defined]
    row = selectors.paper(uid, actor)
    purpose = parameters.text(request.POST, "purpose", 200)
    if request.method != "POST":
        return _page(request, "show", row.kind, row=row)
    try:
        token, _ = services.show(uid, purpose, actor=actor)
    except Refused as refusal:
        error = refusal.fields.get("purpose") or refusal.text
        return _page(request, "show", row.kind, row=row, purpose=purpose, error=error, status=refusal.status)
    image = segno.make(token, error="m", micro=False).svg_data_uri(scale=6, border=3)
    return _page(request, "show", row.kind, row=row, purpose=purpose, picture=image, token=token, seconds=SECONDS)


@require_POST
@signed_in()
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """作废还没用的码。"""
    stopped = services.revoke(uid, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "码已作废。" if stopped else "没有还能用的码。")
    return redirect("portal:paper", uid=uid)


@require_safe
@signed_in()
def uses(request: HttpRequest) -> HttpResponse:
    """谁用过我的材料与证明。"""
    actor = request.actor  # type: ignore[attr-defined]
    return _page(request, "uses", "proof", page=paged(request, lambda number: selectors.uses(actor, page=number)))


@require_safe
@signed_in()
def preview(request: HttpRequest, uid: UUID, file_id: UUID) -> HttpResponse:
    """某一页的图。"""
    selectors.file_of(uid, file_id, request.actor)  # type: ignore[attr-defined]
    return picture(request, file_id)


@require_safe
@signed_in()
def download(request: HttpRequest, uid: UUID, file_id: UUID) -> HttpResponse:
    """下载原件。"""
    stored = selectors.file_of(uid, file_id, request.actor)  # type: ignore[attr-defined]
    return attachment(file_services.open_file(file_id).read(), stored.name, stored.mime)


def _filters(request: HttpRequest) -> Filters:
    return Filters(**{name: parameters.text(request.GET, name, 50) for name in ("q", "state", "checked")})


def _cells(row: PaperRow) -> list[Any]:
    days = [f"{day:%Y-%m-%d}" if day else "" for day in (row.issued_on, row.valid_until)]
    kept = f"{timezone.localtime(row.created_at):%Y-%m-%d %H:%M}"
    return [row.name, row.number, row.issuer, *days, row.origin_name, row.item_name, row.checked_name, row.times, kept, row.digest]


def _reason(form: DetailsForm, refusal: Refused) -> str:
    """能指到字段上的写在字段旁边，其余写在页面上方。"""
    for key, text in refusal.fields.items():
        if key in form.fields:
            form.add_error(key, text)
    return refusal.fields.get("file", "") or ("" if refusal.fields else refusal.text)


def _page(request: HttpRequest, name: str, kind: str, *, status: int = 200, **context: Any) -> HttpResponse:
    tab = "library" if kind == "material" else "proofs"
    shared = {"mtab": "我的", "mtitle": NAMES[kind], "tab": tab, "kind": kind, "title": NAMES[kind], "home": LISTS[kind]}
    return render(request, f"portal/library/{name}.html", {**shared, **context}, status=status)
