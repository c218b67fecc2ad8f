"""在线申报：选情形、填表、传材料、核对、提交成功（W02）。"""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.codes import masks
from shilong.service.cases import selectors as cases
from shilong.service.delivery import selectors as shipping
from shilong.service.delivery import services as deliveries
from shilong.service.delivery.refusals import WayInvalid
from shilong.service.forms import rendering
from shilong.service.forms import rules as forms
from shilong.service.joint import selectors as joint
from shilong.service.materials import selectors, services
from shilong.service.materials.views import DraftView
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.handoff.card import signing
from shilong.web.portal.apply_files import reusable

STEPS = (("situation", "选情形"), ("form", "填表"), ("materials", "传材料"), ("check", "核对"), ("done", "提交成功"))
PC, MOBILE = "1", "2"


@require_safe
@signed_in()
def start(request: HttpRequest, item_code: str) -> HttpResponse:
    """开始或继续申报：同一事项已有没提交的草稿时接着办。"""
    channel = MOBILE if "Mobi" in request.headers.get("User-Agent", "") else PC
    draft = services.open_draft(item_code, actor=request.actor, channel=channel)  # type: ignore[attr-defined]
    return redirect(f"portal:apply-{draft.step}", draft_id=draft.id)


@require_safe
@signed_in()
def resume(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """从上次停下的地方继续。"""
    draft = _draft(request, draft_id)
    return _gone(draft) or redirect(f"portal:apply-{draft.step}", draft_id=draft.id)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def situation(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """选情形；换一个选项立刻看到材料怎样变（htmx 取片段）。"""
    draft = _draft(request, draft_id)
    if gone := _gone(draft):
        return gone
    if request.method == "POST":
        answers = {row["key"]: request.POST.get(row["key"], "") for row in draft.item.situations}
        asked = [row["key"] for row in draft.questions]
        draft = services.save_situation(draft_id, answers, actor=request.actor, version=draft.version)  # type: ignore[attr-defined]
        if "next" in request.POST:
            return redirect("portal:apply-form", draft_id=draft.id)
        changed = asked != [row["key"] for row in draft.questions]  # 前面的答案让后面的问题多了或少了
        return render(request, "portal/apply/_needs.html", {"draft": draft, "item": draft.item, "questions_changed": changed})
    return _page(request, draft, "situation")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def form(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """填表。`X-Autosave` 请求只存草稿，返回 JSON；普通提交存好、校验，没有错就去下一步。"""
    draft = _draft(request, draft_id)
    if gone := _gone(draft):
        return gone
    if request.method != "POST":
        errors = forms.validate(draft.definition, draft.values, draft.context)[1] if "check" in request.GET else {}
        return _form_page(request, draft, errors)
    data = _edited(draft, request)
    version = parameters.version(request)
    saved = services.save_form(draft_id, data, actor=request.actor, version=version)  # type: ignore[attr-defined]
    if request.headers.get("X-Autosave"):
        return JsonResponse({"version": saved, "saved_at": f"{timezone.localtime():%H:%M}"})
    draft = _draft(request, draft_id)
    if "add_row" in request.POST or "remove_row" in request.POST:
        return _form_page(request, draft, {})
    errors = forms.validate(draft.definition, draft.values, draft.context)[1]
    if errors and "leave" not in request.POST:
        return _form_page(request, draft, errors)
    if "leave" in request.POST:
        return redirect("/me/drafts/")
    services.reach(draft_id, "materials", actor=request.actor)  # type: ignore[attr-defined]
    return redirect("portal:apply-materials", draft_id=draft_id)


@require_safe
@signed_in()
def materials(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """传材料。每一件的上传、删除、容缺在 `apply_files`。"""
    draft = _draft(request, draft_id)
    return _gone(draft) or _page(request, draft, "materials", reusable=reusable(request, draft))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def check(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """核对与提交。重复提交得到同一件。"""
    actor = request.actor  # type: ignore[attr-defined]
    draft = _draft(request, draft_id)
    if gone := _gone(draft):
        return gone
    # 一件事的领取方式在合一表单里选，各件统一出件，不在核对页另选
    way = "" if draft.plan else parameters.text(request.POST, "way", 12)
    uid = parameters.text(request.POST, "address", 40)
    if request.method == "POST":
        try:
            contact = deliveries.check_choice(way, uid, form=draft.values, actor=actor) if way else None
        except WayInvalid as refused:  # 选了快递没有地址的，在原页上补
            return _check_page(request, draft, way, refused.fields, status=422)
        promised = bool(request.POST.get("truth") and request.POST.get("privacy"))
        keeping = services.Keeping(wanted=bool(request.POST.get("keep")))
        case_no = services.submit(draft_id, actor=actor, promised=promised, keeping=keeping)
        if way:
            deliveries.choose(case_no, way, contact=contact, actor=actor)
        return redirect("portal:apply-done", case_no=case_no)
    services.reach(draft_id, "check", actor=actor)
    return _check_page(request, draft, "", {})


@require_POST
@signed_in()
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """删除草稿。"""
    services.discard(draft_id, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "草稿已删除。")
    return redirect("/me/drafts/")


@require_safe
@signed_in()
def done(request: HttpRequest, case_no: str) -> HttpResponse:
    """提交成功：受理号、查询码、凭证、下一步。一件事去看母件。"""
    if joint.is_bundle(case_no):
        messages.success(request, f"已提交，编号 {case_no}。各部门会在 5 个工作日内告诉您是否受理。")
        return redirect("portal:one-thing-case", omni_no=case_no)
    case = cases.case(case_no, actor=request.actor)  # type: ignore[attr-defined]
    late = [row for row in case.materials if row.late and not row.provided]
    return render(request, "portal/apply/done.html", {"case": case, "late": late, "steps": STEPS, "at": 4, "mtitle": "提交成功"})


def _check_page(request: HttpRequest, draft: DraftView, way: str, errors: dict[str, str], *, status: int = 200) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    wanted = shipping.form_choice(draft.values)
    context = {
        "report": services.check(draft.id, actor=actor),
        "ask_keep": services.keepable(draft),
        **signing(draft),
        "way": way or wanted.way,
        "form_contact": wanted.contact,
        "addresses": shipping.choices_for(actor),
        "errors": errors,
        "here": request.path,
    }
    return _page(request, draft, "check", status=status, **context)


def _draft(request: HttpRequest, draft_id: UUID) -> DraftView:
    return selectors.draft(draft_id, request.actor)  # type: ignore[attr-defined]


def _gone(draft: DraftView) -> HttpResponse | None:
    """已经提交的草稿，去看办件。"""
    return redirect("portal:apply-done", case_no=draft.submitted_case_no) if draft.submitted_case_no else None


def _page(request: HttpRequest, draft: DraftView, step: str, *, status: int = 200, **extra: Any) -> HttpResponse:
    at = [key for key, _ in STEPS].index(step)
    todo = [row for row in draft.materials if row.state == "todo"]
    needed = [row for row in draft.materials if row.view.need in ("1", "3")]
    context = {
        "draft": draft,
        "item": draft.item,
        "steps": STEPS,
        "at": at,
        "step": step,
        "mtitle": "在线申报",
        "applicant_name": masks.mask_name(draft.applicant.name) if draft.applicant.kind == "1" else draft.applicant.name,
        "todo": todo,
        "needed": len(needed),
        "ready": len(needed) - len(todo),
        "late": [row for row in draft.materials if row.state == "late"],
        **extra,
    }
    return render(request, f"portal/apply/{step}.html", context, status=status)


def _form_page(request: HttpRequest, draft: DraftView, errors: dict[str, str]) -> HttpResponse:
    values = draft.values
    if key := request.POST.get("add_row"):
        values = {**values, key: [*(values.get(key) or []), {}]}
    auto = {key for key in draft.prefilled if key not in draft.form}
    sections = rendering.render(draft.definition, values, errors=errors, context=draft.context, locked=draft.locked, auto=auto)
    names = {field.path: field.spec["label"] for section in sections for field in section.fields}
    names |= {
        field.path: f"{owner.spec['label']}第 {row.number} 行{field.spec['label']}"
        for section in sections
        for owner in section.fields
        for row in owner.rows
        for field in row.fields
    }
    summary = [("f-" + path.replace(".", "-"), names.get(path, "申请表"), text) for path, text in errors.items()]
    context = json.dumps(draft.context, ensure_ascii=False)
    return _page(
        request,
        draft,
        "form",
        sections=sections,
        draft_context=context,
        errors=summary,
        status=422 if errors and request.method == "POST" else 200,
    )


def _edited(draft: DraftView, request: HttpRequest) -> dict[str, Any]:
    """这次提交的内容；实名锁定的字段不从页面收。删行按钮在没有脚本时也有效。"""
    data = rendering.parse(draft.definition, request.POST)
    if target := request.POST.get("remove_row"):
        key, _, index = target.partition(".")
        rows = data.get(key)
        if isinstance(rows, list) and index.isdecimal() and len(index) < 6 and int(index) < len(rows):
            rows.pop(int(index))
    return {key: value for key, value in data.items() if key not in draft.locked}
