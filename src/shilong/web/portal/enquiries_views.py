"""我的咨询投诉：提交、查看、催办、撤回、评价答复；公开选登。"""

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import NotFound, Refused
from shilong.identity.accounts import selectors as accounts
from shilong.identity.organizations import selectors as organizations
from shilong.service.catalog import selectors as catalog
from shilong.service.enquiries import selectors, services
from shilong.service.enquiries.rules import KINDS, TEXT_LIMIT, TITLE_LIMIT, Step
from shilong.service.enquiries.services import MAX_FILES, Draft
from shilong.web.common import parameters
from shilong.web.common.downloads import inline
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged

FIELDS = ("kind", "title", "content", "mobile", "department", "item_code", "case_no")
STEPS = {Step.URGE: "已催办，答复部门会收到提醒。", Step.WITHDRAW: "已撤回。", Step.RATE: "谢谢您的评价。"}


@require_safe
@signed_in()
def listing(request: HttpRequest) -> HttpResponse:
    """我提的。"""
    page = paged(request, lambda number: selectors.mine(request.actor, number))  # type: ignore[attr-defined]
    return _page(request, "list", "我的咨询投诉", page=page)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def new(request: HttpRequest) -> HttpResponse:
    """提一件。"""
    actor = request.actor  # type: ignore[attr-defined]
    source = request.POST if request.method == "POST" else request.GET
    typed = {name: parameters.text(source, name, 1200) for name in FIELDS}
    errors: dict[str, str] = {}
    if request.method == "POST":
        uploads = [(cast(BinaryIO, one), one.name or "图片") for one in request.FILES.getlist("files")[: MAX_FILES + 1]]
        draft = Draft(**typed, anonymous=request.POST.get("anonymous") == "1", files=uploads)
        try:
            row = services.submit(draft, actor=actor)
        except Refused as refusal:  # 填了一长段的人要在原页上改
            if refusal.status not in (413, 422, 429):
                raise
            errors = refusal.fields or {"": refusal.text}
        else:
            messages.success(request, "已提交，3 个工作日内答复，答复时站内信和短信告诉您。")
            return redirect("portal:enquiry", number=row.number)
    elif not actor.is_staff:
        typed["mobile"] = accounts.applicant(actor.account_id).mobile
    items = catalog.published(size=1000).items
    chosen = {"kinds": KINDS.items(), "items": items, "departments": organizations.departments(), "limits": (TITLE_LIMIT, TEXT_LIMIT)}
    context: dict[str, Any] = {"typed": typed, "anonymous": request.POST.get("anonymous") == "1", "most": MAX_FILES, **chosen}
    return _page(request, "new", "提咨询投诉", errors=errors, **context)


@never_cache
@require_safe
@signed_in()
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """我的一件。"""
    return _detail(request, number)


@require_POST
@signed_in()
def advance(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """催办、撤回、评价答复。"""
    if step not in STEPS:
        raise NotFound
    values = {name: parameters.text(request.POST, name, 600) for name in ("note", "satisfaction")}
    try:
        services.advance(number, Step(step), values, actor=request.actor, expected_version=parameters.version(request))  # type: ignore[attr-defined]
    except Refused as refusal:
        if refusal.status not in (422, 429):
            raise
        return _detail(request, number, errors=refusal.fields or {"": refusal.text}, status=422)
    messages.success(request, STEPS[Step(step)])
    return redirect("portal:enquiry", number=number)


@require_safe
@signed_in()
def media(request: HttpRequest, number: str, file_id: UUID) -> HttpResponse:
    """附的图片；处理的人也从这里看。"""
    return inline(selectors.file_of(number, str(file_id), request.actor))  # type: ignore[attr-defined]


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """公开选登：经脱敏审核的问答。"""
    kind, department = parameters.text(request.GET, "kind", 10), parameters.text(request.GET, "department", 32)
    page = paged(request, lambda number: selectors.public_page(kind=kind, department=department, page=number))
    context: dict[str, Any] = {"kinds": KINDS.items(), "departments": organizations.departments(), "kind": kind, "department": department}
    return _page(request, "public", "咨询投诉选登", mtab="", page=page, used=bool(kind or department), **context)


def _detail(request: HttpRequest, number: str, *, errors: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    view = selectors.my_enquiry(number, request.actor)  # type: ignore[attr-defined]
    levels = sorted(selectors.LEVELS.items(), reverse=True)
    return _page(request, "detail", "咨询投诉", errors=errors, view=view, row=view.row, levels=levels, status=status)


def _page(
    request: HttpRequest, template: str, title: str, *, errors: dict[str, str] | None = None, status: int = 0, **context: Any
) -> HttpResponse:
    data = {"mtab": "我的", "mtitle": title, "tab": "enquiries", "errors": errors or {}, **context}
    return render(request, f"portal/enquiries/{template}.html", data, status=status or (422 if errors else 200))
