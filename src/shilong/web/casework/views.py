"""办件详情抽屉、动作、材料查看与揭示。权限与规则都在办件引擎里，这里只画和转交。"""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_POST

from shilong.foundation.files import selectors as files
from shilong.foundation.files import services as file_services
from shilong.foundation.refusals import NotFound, Refused, StaleVersion
from shilong.identity.accounts import preferences
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Role
from shilong.service.cases import selectors, services
from shilong.service.cases.selectors import ActionView, CaseView
from shilong.web.casework import flow, forms, lists, signatures
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in

STAFF = (Role.WINDOW, Role.OFFICER, Role.LEADER, Role.BUREAU)
PRIMARY = ("accept", "receive", "review", "decide", "deliver", "archive", "approve", "end_special", "resume")
DANGER = ("reject", "terminate", "refuse", "withdraw")
REVEALABLE = {"name": "姓名", "id_no": "证件号码", "mobile": "手机", "address": "地址", "legal_name": "法定代表人"}
THUMB, WIDE = 160, 1200
PHRASES = ("申请材料齐全，符合法定形式，同意。", "经审查，符合规定条件，同意。", "经现场核查，符合要求，同意。")


def context(request: HttpRequest, view: CaseView) -> dict[str, Any]:
    """详情各处共用的上下文。"""
    actor = request.actor  # type: ignore[attr-defined]
    actions = sorted(view.actions, key=lambda one: PRIMARY.index(one.name) if one.name in PRIMARY else 99)
    return {
        "case": view,
        "steps": flow.steps(view),
        "primary": actions[:1] if actions and actions[0].name in PRIMARY else [],
        "others": actions[1:] if actions and actions[0].name in PRIMARY else actions,
        "danger": DANGER,
        "names": {row.key: row.short_name for row in organizations.departments()},
        "history": selectors.history(actor, view),
        "revealable": REVEALABLE,
        "signatures": lambda: signatures.shown(view.case_no, actor),  # 模板用到才读
        "corrected": [event for event in view.events if event.action == "correct"],
    }


@require_GET
@signed_in(*STAFF)
def drawer(request: HttpRequest, case_no: str) -> HttpResponse:
    """详情抽屉。"""
    view = selectors.case(case_no, actor=request.actor)  # type: ignore[attr-defined]
    return render(request, "casework/_drawer.html", context(request, view))


@require_GET
@signed_in(*STAFF)
def page(request: HttpRequest, case_no: str) -> HttpResponse:
    """详情整页：可以收藏、打印、发给同事。"""
    view = selectors.case(case_no, actor=request.actor)  # type: ignore[attr-defined]
    return render(request, "casework/page.html", {**context(request, view), "where": "page"})


def _pick(view: CaseView, name: str) -> ActionView:
    found = next((one for one in view.actions if one.name == name), None)
    if found is None:
        raise StaleVersion("这件办件现在不能进行这个操作，可能刚被别人处理过，请刷新后查看。")
    return found


def _phrases(request: HttpRequest, action: str) -> list[str]:
    if action not in ("review", "decide", "accept"):
        return []
    saved = preferences.named(request.actor, "phrase")  # type: ignore[attr-defined]
    return [*PHRASES, *(row.value for row in saved)]


@signed_in(*STAFF)
def act(request: HttpRequest, case_no: str, action: str) -> HttpResponse:
    """GET 得到动作表单，POST 执行。执行后返回刷新了的抽屉，并通知列表更新。"""
    actor = request.actor  # type: ignore[attr-defined]
    view = selectors.case(case_no, actor=actor)
    chosen = _pick(view, action)
    form = forms.build(view, chosen, request.POST if request.method == "POST" else None)
    where = request.POST.get("where") or request.GET.get("where", "drawer")
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return _form(request, view, chosen, form, status=status)
    try:
        view = services.act(
            case_no,
            action,
            actor=actor,
            expected_version=parameters.version(request),
            payload=forms.payload(form, chosen, request.POST),
        )
    except Refused as refused:
        if refused.status != 422:
            raise
        return _form(request, view, chosen, form, status=422, refused=refused)
    if not request.headers.get("HX-Request"):
        messages.success(request, f"{chosen.label}已完成。")
        return redirect("casework:page", case_no=case_no)
    if where != "drawer":
        messages.success(request, f"“{chosen.label}”已完成。")
        response = HttpResponse(status=200)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "casework/_drawer.html", {**context(request, selectors.case(case_no, actor=actor)), "done": chosen.label})


def _form(
    request: HttpRequest, view: CaseView, action: ActionView, form: Any, *, status: int = 200, refused: Refused | None = None
) -> HttpResponse:
    if refused:
        for name, text in refused.fields.items():
            if name in form.fields:
                form.add_error(name, text)
    data = {
        "case": view,
        "action": action,
        "where": request.POST.get("where") or request.GET.get("where", "drawer"),
        "form": form,
        "refused": refused,
        "loose": {name: text for name, text in (refused.fields if refused else {}).items() if name not in form.fields},
        "has_items": any(ask.name == "items" for ask in action.fields),
        "items": forms.rows(request.POST, ("material", "problem", "basis")) or [{}],
        "phrases": _phrases(request, action.name),
        "is_danger": action.name in DANGER,
    }
    response = render(request, "casework/_act.html", data, status=status)
    if status == 422:  # 填错了只重画表单，不动抽屉里的其他内容
        response["HX-Retarget"] = "#action"
    return response


def _stored(request: HttpRequest, case_no: str, file_id: str) -> Any:
    """取办件里的文件；不属于这件办件或无权看都一样回“没有”，不泄露存在与否。"""
    if not selectors.may_read_file(case_no, str(file_id), request.actor):  # type: ignore[attr-defined]
        raise NotFound("没有这个文件，或者它不属于您能查看的办件。")
    return files.get(str(file_id))


@require_GET
def download(request: HttpRequest, case_no: str, file_id: str) -> FileResponse:
    """下载材料原件。"""
    stored = _stored(request, case_no, file_id)
    response = FileResponse(file_services.open_file(str(file_id)), content_type=stored.mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name)}"
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_GET
def preview(request: HttpRequest, case_no: str, file_id: str, number: int) -> HttpResponse:
    """材料的一页图像；在任何浏览器、手机上都能看，不依赖 PDF 插件。"""
    _stored(request, case_no, file_id)
    response = HttpResponse(
        file_services.preview(str(file_id), number, THUMB if "thumb" in request.GET else WIDE), content_type="image/png"
    )
    patch_cache_control(response, private=True, max_age=600)
    return response


@require_GET
def material(request: HttpRequest, case_no: str, file_id: str) -> HttpResponse:
    """材料查看片段：逐页图像、缩放、旋转、下载。"""
    stored = _stored(request, case_no, file_id)
    view = selectors.case(case_no, actor=request.actor)  # type: ignore[attr-defined]
    row = next((one for one in view.all_materials if str(file_id) in one.file_ids), None)
    data: dict[str, Any] = {"case": view, "file": stored, "material": row, "pages": range(1, (stored.pages or 1) + 1)}
    data["previewable"] = stored.mime.startswith("image/") or stored.mime == "application/pdf"
    return render(request, "casework/_viewer.html", data)


@require_POST
@signed_in(*STAFF)
def save_view(request: HttpRequest) -> HttpResponse:
    """保存或删除一个列表视图，回到原来的列表。"""
    actor = request.actor  # type: ignore[attr-defined]
    bench, name = request.POST.get("bench", ""), request.POST.get("name", "")
    home = lists.HOMES.get(bench)
    if home is None:
        raise NotFound("没有这个列表。")
    if "delete" in request.POST:
        preferences.delete(actor, f"view:{bench}", name)
        messages.success(request, f"视图“{name}”已删除。")
        return redirect(home)
    query = lists.clean_query(request.POST.get("query", ""))
    preferences.save(actor, f"view:{bench}", name, query or "all=1")
    messages.success(request, f"视图“{name}”已保存。")
    return redirect(f"{home}?{query}")


@require_POST
@signed_in(*STAFF)
def reveal(request: HttpRequest, case_no: str) -> HttpResponse:
    """揭示一项敏感信息：必须写事由，揭示一次记一次。"""
    field = request.POST.get("field", "")
    reason = request.POST.get("reason", "")
    value = services.reveal(case_no, field, actor=request.actor, reason=reason)  # type: ignore[attr-defined]
    response = render(request, "casework/_revealed.html", {"label": REVEALABLE.get(field, field), "value": value})
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_POST
@signed_in(*STAFF)
def save_phrase(request: HttpRequest) -> HttpResponse:
    """把一句意见存成自己的常用语。"""
    text = request.POST.get("opinion", "").strip()
    if not text:
        return HttpResponse('<span class="err" role="alert">请先写好意见再存。</span>')
    preferences.save(request.actor, "phrase", text[:40], text)  # type: ignore[attr-defined]
    return HttpResponse('<span class="help" role="status">已存为常用语，下次可直接选用。</span>')
