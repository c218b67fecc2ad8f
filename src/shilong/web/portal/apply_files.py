"""申报材料的逐件操作：上传即存、预览、删除、调序、合页、容缺。"""

from typing import Any, BinaryIO, cast
from urllib.parse import quote
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.files import selectors as files
from shilong.foundation.files import services as file_services
from shilong.foundation.refusals import Invalid, NotFound
from shilong.service.library import selectors as library
from shilong.service.licences import selectors as licences
from shilong.service.materials import selectors, services
from shilong.service.materials.refusals import NoSuchMaterial
from shilong.service.materials.views import DraftView
from shilong.web.common.downloads import picture
from shilong.web.common.guards import signed_in


@require_POST
@signed_in()
def material(request: HttpRequest, draft_id: UUID, code: str, action: str) -> HttpResponse:
    """对一份材料做一个动作；脚本请求返回这份材料的新样子，普通提交回到材料页。"""
    handler = ACTIONS.get(action)
    if handler is None:
        raise NotFound
    draft = handler(request, draft_id, code)
    if not request.headers.get("X-Fragment"):
        return redirect(reverse("portal:apply-materials", args=[draft_id]) + f"#m-{code}")
    return JsonResponse(_fragment(request, draft, code))


def _fragment(request: HttpRequest, draft: DraftView, code: str) -> dict[str, Any]:
    numbers = {row.view.code: number for number, row in enumerate(draft.materials, 1)}
    needed = [row for row in draft.materials if row.view.need in ("1", "3")]
    todo = [row for row in needed if row.state == "todo"]
    context = {"draft": draft, "row": draft.material(code), "number": numbers.get(code), "reusable": reusable(request, draft)}
    side = {
        "draft": draft,
        "needed": len(needed),
        "ready": len(needed) - len(todo),
        "todo": todo,
        "late": [row for row in draft.materials if row.state == "late"],
    }
    return {
        "html": render_to_string("portal/apply/_material.html", context, request) if context["row"] else "",
        "promise": render_to_string("portal/apply/_promise.html", side, request),
        "ready": side["ready"],
        "needed": side["needed"],
    }


def reusable(request: HttpRequest, draft: DraftView) -> dict[str, Any]:
    """各份材料能直接选用的电子证照。"""
    return licences.reusable(draft.applicant, [row.view for row in draft.materials], request.actor)  # type: ignore[attr-defined]


def _licence(request: HttpRequest, draft_id: UUID, code: str) -> DraftView:
    return services.use_licence(draft_id, code, request.POST.get("licence", ""), actor=request.actor)  # type: ignore[attr-defined]


def _show(request: HttpRequest, draft_id: UUID, code: str) -> DraftView:
    """手机传来新的页：取这份材料现在的样子。"""
    return selectors.draft(draft_id, request.actor)  # type: ignore[attr-defined]


def _paper(request: HttpRequest, draft_id: UUID, code: str) -> DraftView:
    return services.use_paper(draft_id, code, request.POST.get("paper", ""), actor=request.actor)  # type: ignore[attr-defined]


def _upload(request: HttpRequest, draft_id: UUID, code: str) -> DraftView:
    actor = request.actor  # type: ignore[attr-defined]
    uploads = request.FILES.getlist("file")
    if not uploads:
        raise Invalid("请选择要上传的文件。")
    source = "camera" if request.POST.get("source") == "camera" else "upload"
    for upload in uploads:
        draft = services.upload(draft_id, code, cast(BinaryIO, upload.file), upload.name or "文件", actor=actor, source=source)
    if old := request.POST.get("replace"):
        draft = services.detach(draft_id, code, old, actor=actor)
    return draft


def _detach(request: HttpRequest, draft_id: UUID, code: str) -> DraftView:
    return services.detach(draft_id, code, request.POST.get("file_id", ""), actor=request.actor)  # type: ignore[attr-defined]


def _move(request: HttpRequest, draft_id: UUID, code: str) -> DraftView:
    """把一页往前挪一位。"""
    actor = request.actor  # type: ignore[attr-defined]
    state = selectors.draft(draft_id, actor).material(code)
    ids = [row.file_id for row in state.files] if state else []
    target = request.POST.get("file_id", "")
    if target not in ids:
        raise NotFound("没有找到这个文件，可能已经删除。")
    place = ids.index(target)
    if place:
        ids[place - 1], ids[place] = ids[place], ids[place - 1]
    return services.reorder(draft_id, code, ids, actor=actor)


def _merge(request: HttpRequest, draft_id: UUID, code: str) -> DraftView:
    return services.merge(draft_id, code, actor=request.actor)  # type: ignore[attr-defined]


def _late(request: HttpRequest, draft_id: UUID, code: str) -> DraftView:
    return services.mark_late(draft_id, code, actor=request.actor)  # type: ignore[attr-defined]


def _unmark(request: HttpRequest, draft_id: UUID, code: str) -> DraftView:
    return services.unmark(draft_id, code, actor=request.actor)  # type: ignore[attr-defined]


def _promise(request: HttpRequest, draft_id: UUID, code: str) -> DraftView:
    """签署容缺承诺；`code` 固定为 all，承诺覆盖全部容缺材料。"""
    return services.promise_late(draft_id, actor=request.actor, agreed=bool(request.POST.get("agreed")))  # type: ignore[attr-defined]


ACTIONS = {
    "licence": _licence,
    "paper": _paper,
    "show": _show,
    "upload": _upload,
    "detach": _detach,
    "move": _move,
    "merge": _merge,
    "late": _late,
    "unmark": _unmark,
    "promise": _promise,
}


@require_safe
@signed_in()
def choices(request: HttpRequest, draft_id: UUID, code: str) -> HttpResponse:
    """能选用的：电子证照、材料库、我的证明，同一个对话框；没有脚本时是一页。"""
    actor = request.actor  # type: ignore[attr-defined]
    draft = selectors.draft(draft_id, actor)
    row = draft.material(code)
    if row is None or row.view.generated:
        raise NoSuchMaterial
    papers = library.pickable(draft.applicant, actor)
    groups = (("材料库", [one for one in papers if not one.is_proof]), ("我的证明", [one for one in papers if one.is_proof]))
    held = reusable(request, draft).get(code, [])
    context = {"draft": draft, "row": row, "licences": held, "groups": groups, "any": bool(held or papers)}
    fragment = bool(request.headers.get("X-Fragment"))
    return render(request, f"portal/apply/{'_choices' if fragment else 'choices'}.html", context)


@require_safe
@signed_in()
def preview(request: HttpRequest, draft_id: UUID, file_id: UUID) -> HttpResponse:
    """某一页的图片。只有草稿主人能看。"""
    selectors.file_in_draft(draft_id, file_id, request.actor)  # type: ignore[attr-defined]
    return picture(request, file_id)


@require_safe
@signed_in()
def download(request: HttpRequest, draft_id: UUID, file_id: UUID) -> FileResponse:
    """下载原件。只有草稿主人能下载。"""
    selectors.file_in_draft(draft_id, file_id, request.actor)  # type: ignore[attr-defined]
    stored = files.get(file_id)
    response = FileResponse(file_services.open_file(file_id), content_type=stored.mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name)}"
    return response
