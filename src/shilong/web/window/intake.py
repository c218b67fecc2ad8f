"""窗口代填：找事项、登记申请人、一页填完、提交并收件、打印凭证。全程可只用键盘（W06）。"""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import Invalid, NotFound
from shilong.identity.roles.actor import Role
from shilong.service.cases import selectors as cases
from shilong.service.cases import services as case_services
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.views import ItemView
from shilong.service.forms import rendering
from shilong.service.forms import rules as forms
from shilong.service.materials import selectors, services
from shilong.service.materials.refusals import DraftSubmitted, Incomplete, PromiseNeeded
from shilong.service.materials.views import DraftView
from shilong.service.queueing import services as queue
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.window import queue_views
from shilong.web.window.categories import CATEGORIES, category
from shilong.web.window.forms import ApplicantForm, applicant_initial
from shilong.web.window.views import side

WINDOW = "3"
OPEN_LIMIT = 8


def scene_of(item: ItemView) -> int:
    """申请人须到现场的次数。"""
    return int(item.extra.get("limit_scene_num") or 0)


@require_safe
@signed_in(Role.WINDOW)
def pick(request: HttpRequest) -> HttpResponse:
    """按业务分类找事项；没有事项的分类不显示。"""
    q = request.GET.get("q", "").strip()[:50]
    briefs = catalog.published(q=q, size=500).items
    groups: dict[str, list[Any]] = {}
    for brief in briefs:
        groups.setdefault(category(brief), []).append(brief)
    chosen = request.GET.get("type", "")
    shown = [(name, groups[name]) for name in CATEGORIES if name in groups and (not chosen or name == chosen)]
    data = {
        **side(request, "new"),
        "q": q,
        "ticket": parameters.text(request.GET, "ticket", 40),
        "chosen": chosen,
        "types": [(name, len(groups[name])) for name in CATEGORIES if name in groups],
        "groups": shown,
        "drafts": [row for row in selectors.drafts(request.actor) if row.channel == WINDOW][:OPEN_LIMIT],  # type: ignore[attr-defined]
    }
    return render(request, "window/new.html", data)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.WINDOW)
def applicant(request: HttpRequest, item_code: str) -> HttpResponse:
    """登记申请人：自然人或单位，证件当场校验。"""
    item = catalog.item(item_code)
    call = queue_views.arriving(request)
    initial = applicant_initial(call.profile) if call and call.profile and request.method != "POST" else None
    form = ApplicantForm(request.POST or None, server_types=item.server_types, initial=initial)
    if request.method == "POST" and form.is_valid():
        queue_views.start(request, call)
        draft = services.open_draft(item.code, actor=request.actor, channel=WINDOW, applicant=form.profile())  # type: ignore[attr-defined]
        return redirect("window:new-fill", draft_id=draft.id)
    data = {**side(request, "new"), "item": item, "form": form, "scene": scene_of(item), "call": call.ticket if call else None}
    return render(request, "window/applicant.html", data, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(Role.WINDOW)
def fill(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """一页完成情形、申请表、材料。`X-Autosave` 只存草稿。"""
    if case_no := selectors.submitted_as(draft_id, request.actor):  # type: ignore[attr-defined]
        messages.warning(request, f"这份申请已经提交，编号 {case_no}，不用再填。要再收一件请点“再收一件”。")
        return redirect("window:new-done", case_no=case_no)
    draft = _draft(request, draft_id)
    if request.method != "POST":
        return _page(request, draft, {}, [])
    draft, saved = _save(request, draft)
    if request.headers.get("X-Autosave"):
        return JsonResponse({"version": saved, "saved_at": f"{draft.updated_at.astimezone():%H:%M}"})
    if "add_row" in request.POST or "remove_row" in request.POST:
        return _page(request, draft, {}, [])
    return _submit(request, draft)


def _submit(request: HttpRequest, draft: DraftView) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    try:
        case_no = services.submit(draft.id, actor=actor, promised="promised" in request.POST)
    except (Incomplete, PromiseNeeded) as refused:
        errors = forms.validate(draft.definition, draft.values, draft.context)[1]
        report = services.check(draft.id, actor=actor)
        problems = [(f"#{one.anchor}", f"{one.label}：{one.message}") for one in report.problems]
        if isinstance(refused, PromiseNeeded):
            problems.insert(0, ("#promised", "请当面告知申请人并勾选“真实性承诺与个人信息处理告知”"))
        return _page(request, draft, errors, problems, status=422)
    view = cases.case(case_no, actor=actor)
    if view.can("receive"):
        case_services.act(case_no, "receive", actor=actor, expected_version=view.version, payload={})
    queue.attach_case(draft.item.code, case_no, actor=actor)
    return redirect("window:new-done", case_no=case_no)


def _save(request: HttpRequest, draft: DraftView) -> tuple[DraftView, int]:
    """存下这次填的；实名登记锁定的字段不从页面收。"""
    actor = request.actor  # type: ignore[attr-defined]
    data = rendering.parse(draft.definition, request.POST)
    key, _, index = request.POST.get("remove_row", "").partition(".")
    rows = data.get(key)
    if isinstance(rows, list) and index.isdecimal() and len(index) < 6 and int(index) < len(rows):
        rows.pop(int(index))
    kept = {name: value for name, value in data.items() if name not in draft.locked}
    saved = services.save_form(draft.id, kept, actor=actor, version=parameters.version(request))
    return selectors.draft(draft.id, actor), saved


def _draft(request: HttpRequest, draft_id: UUID) -> DraftView:
    if case_no := selectors.submitted_as(draft_id, request.actor):  # type: ignore[attr-defined]
        raise DraftSubmitted(case_no=case_no)
    draft = selectors.draft(draft_id, request.actor)  # type: ignore[attr-defined]
    if draft.channel != WINDOW:
        raise NotFound("这不是窗口代填的草稿。")
    return draft


def _page(
    request: HttpRequest, draft: DraftView, errors: dict[str, str], problems: list[tuple[str, str]], *, status: int = 200
) -> HttpResponse:
    values = draft.values
    if key := request.POST.get("add_row"):
        values = {**values, key: [*(values.get(key) or []), {}]}
    auto = {name for name in draft.prefilled if name not in draft.form}
    data = {
        **side(request, "new"),
        "draft": draft,
        "item": draft.item,
        "scene": scene_of(draft.item),
        "sections": rendering.render(draft.definition, values, errors=errors, context=draft.context, locked=draft.locked, auto=auto),
        "draft_context": json.dumps(draft.context, ensure_ascii=False),
        "problems": problems,
        "duplicates": services.duplicates(draft.item.code, draft.applicant, actor=request.actor),  # type: ignore[attr-defined]
        "late": [row for row in draft.materials if row.state == "late"],
        "promised": "promised" in request.POST,
    }
    return render(request, "window/fill.html", data, status=status)


@require_POST
@signed_in(Role.WINDOW)
def situation(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """换情形：先存已填的，再换，整页按新的要求重画。"""
    draft = _draft(request, draft_id)
    if "version" in request.POST:
        draft, _ = _save(request, draft)
    answers = {row["key"]: request.POST.get(f"s-{row['key']}", "") for row in draft.item.situations}
    services.save_situation(draft_id, answers, actor=request.actor, version=draft.version)  # type: ignore[attr-defined]
    return redirect(reverse("window:new-fill", args=[draft_id]) + "#situation")


@require_POST
@signed_in(Role.WINDOW)
def papers(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """全部必交材料都当面收了纸质原件。"""
    draft = _draft(request, draft_id)
    if "version" in request.POST:
        draft, _ = _save(request, draft)
    waiting = [row.view.code for row in draft.materials if row.state == "todo" and not row.view.generated]
    for code in waiting:
        services.mark_paper(draft_id, code, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, f"已登记 {len(waiting)} 份纸质材料。" if waiting else "没有还要收的材料。")
    return redirect(reverse("window:new-fill", args=[draft_id]) + "#materials")


@require_POST
@signed_in(Role.WINDOW)
def material(request: HttpRequest, draft_id: UUID, code: str, action: str) -> HttpResponse:
    """对一份材料做一个动作：收纸质、上传、删除、容缺、合成、容缺承诺。"""
    _draft(request, draft_id)
    draft = _apply(request, draft_id, code, action)
    if not request.headers.get("X-Fragment"):
        return redirect(reverse("window:new-fill", args=[draft_id]) + f"#m-{code}")
    row = draft.material(code)
    needed = [one for one in draft.materials if one.view.need in ("1", "3")]
    late = [one for one in draft.materials if one.state == "late"]
    return JsonResponse(
        {
            "html": render_to_string("window/_material.html", {"draft": draft, "row": row}, request) if row else "",
            "promise": render_to_string("window/_promise.html", {"draft": draft, "late": late}, request),
            "ready": len([one for one in needed if one.state != "todo"]),
            "needed": len(needed),
        }
    )


def _apply(request: HttpRequest, draft_id: UUID, code: str, action: str) -> DraftView:
    actor = request.actor  # type: ignore[attr-defined]
    if action == "upload":
        uploads = request.FILES.getlist("file")
        if not uploads:
            raise Invalid("请选择要上传的文件。")
        for upload in uploads:
            draft = services.upload(draft_id, code, upload.file, upload.name or "文件", actor=actor)  # type: ignore[arg-type]
        return draft
    if action == "detach":
        return services.detach(draft_id, code, request.POST.get("file_id", ""), actor=actor)
    if action == "promise":
        return services.promise_late(draft_id, actor=actor, agreed=bool(request.POST.get("agreed")))
    simple = {"paper": services.mark_paper, "late": services.mark_late, "unmark": services.unmark, "merge": services.merge}
    if action not in simple:
        raise NotFound
    return simple[action](draft_id, code, actor=actor)


@require_POST
@signed_in(Role.WINDOW)
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """申请人不办了：删掉草稿。"""
    _draft(request, draft_id)
    services.discard(draft_id, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "草稿已删除。")
    return redirect("window:new")


@require_safe
@signed_in(Role.WINDOW)
def done(request: HttpRequest, case_no: str) -> HttpResponse:
    """收件完成：编号、查询码、打印凭证。"""
    view = cases.case(case_no, actor=request.actor)  # type: ignore[attr-defined]
    receipt = next((row for row in view.documents if row.kind == "receipt"), None)
    call = queue_views.serving(request, case_no)
    return render(request, "window/done.html", {**side(request, "new"), "case": view, "receipt": receipt, "call": call})
