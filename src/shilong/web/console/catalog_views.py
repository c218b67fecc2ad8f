"""系统管理：事项台账、编辑、审核发布、版本对比、导入导出、同义词、上级清单合并。"""

import json
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.files import selectors as files
from shilong.foundation.files import services as file_services
from shilong.foundation.refusals import Invalid, NotFound
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Role
from shilong.service.catalog import manage, schema, services
from shilong.service.catalog.views import SLOTS
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import XLSX, paged
from shilong.web.console import catalog_forms as forms

STAFF = (Role.CATALOG, Role.BUREAU)
FILTERS = ("q", "department", "edit", "state")
UPLOAD_MAX = 20 * 1024 * 1024


def _filters(request: HttpRequest) -> dict[str, str]:
    return {key: parameters.text(request.GET, key) for key in FILTERS}


def _departments() -> list[organizations.DepartmentView]:
    return organizations.departments()


@require_safe
@signed_in(*STAFF)
def items(request: HttpRequest) -> HttpResponse:
    """事项台账。"""
    chosen = _filters(request)
    departments = _departments()
    context = {
        "page": paged(request, lambda number: manage.items(request.actor, page=number, **chosen)),  # type: ignore[attr-defined,arg-type]
        "chosen": chosen,
        "departments": departments,
        "names": {row.key: row.short_name for row in departments},
        "can_edit": request.actor.has(Role.CATALOG),  # type: ignore[attr-defined]
    }
    return render(request, "console/catalog/items.html", context)


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@signed_in(*STAFF)
def export_xlsx(request: HttpRequest) -> HttpResponse:
    """按当前筛选导出 Excel（现行版本），可改后再导入。"""
    codes = manage.codes(request.actor, **_filters(request))  # type: ignore[attr-defined]
    return _download(services.export_xlsx(codes), "items.xlsx", XLSX)


@require_safe
@signed_in(*STAFF)
def export_json(request: HttpRequest) -> HttpResponse:
    """按当前筛选导出 JSON（现行版本）。"""
    codes = manage.codes(request.actor, **_filters(request))  # type: ignore[attr-defined]
    text = json.dumps(services.export_json(codes), ensure_ascii=False, indent=1)
    return _download(text.encode(), "items.json", "application/json; charset=utf-8")


@require_POST
@signed_in(Role.CATALOG)
def import_file(request: HttpRequest) -> HttpResponse:
    """导入 Excel 或 JSON，建成草稿。"""
    upload = _upload(request)
    actor = request.actor  # type: ignore[attr-defined]
    if upload.name.lower().endswith(".json"):
        drafts = services.import_json(upload.read(), actor=actor)
    else:
        drafts = services.import_xlsx(upload.file, actor=actor)
    messages.success(request, f"已导入 {len(drafts)} 个事项，都是草稿，检查后逐个提交审核。")
    return HttpResponseRedirect(reverse("console:items") + "?edit=0")


def _upload(request: HttpRequest, missing: str = "请选择要导入的文件（.xlsx 或 .json）。"):  # type: ignore[no-untyped-def]
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid(missing, fields={"file": "请选择文件"})
    if (upload.size or 0) > UPLOAD_MAX:
        raise Invalid("文件超过 20 MB，请分批导入。", fields={"file": "文件太大"})
    return upload


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*STAFF)
def item(request: HttpRequest, code: str) -> HttpResponse:
    """一个事项：分组编辑与质检。GET 看，POST 保存草稿。"""
    actor = request.actor  # type: ignore[attr-defined]
    group = request.GET.get("g", "base")
    if group not in schema.GROUPS:
        raise NotFound
    desk = manage.desk(actor, code)
    errors: dict[str, str] = {}
    content = desk.content
    if request.method == "POST":
        changes = forms.parse(group, request.POST)
        revision = parameters.whole(request.POST, "revision", -1, digits=9)
        try:
            services.save_draft(code, changes, actor=actor, revision=revision)
        except Invalid as error:
            errors, content = error.fields, {**content, **changes}
            messages.error(request, error.text)
        else:
            messages.success(request, "已保存。")
            return HttpResponseRedirect(f"{reverse('console:item', args=[code])}?g={group}")
    else:
        errors = {problem.field: f"{problem.code} {problem.message}" for problem in desk.problems}
    context = {
        "desk": desk,
        "group": group,
        "groups": schema.GROUPS,
        "controls": forms.controls(group, content, errors),
        "content": content,
        "departments": _departments(),
        "samples": _samples(desk.content) if group == "material" else [],
        "problems": [
            (problem, schema.BY_KEY[problem.field].group if problem.field in schema.BY_KEY else "base") for problem in desk.problems
        ],
    }
    return render(request, "console/catalog/item.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*STAFF)
def sample(request: HttpRequest, code: str, material: str, slot: str) -> HttpResponse:
    """材料的样表与空表：GET 下载正在编辑那一版的，POST 上传或取下。"""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method != "POST":
        return _sample_file(manage.desk(actor, code).content, material, slot)
    revision = parameters.whole(request.POST, "revision", -1, digits=9)
    if request.POST.get("remove") == "1":
        services.remove_sample(code, material, slot, actor=actor, revision=revision)
        messages.success(request, "已取下，发布后生效。")
    else:
        upload = _upload(request, "请选择样表或空表文件（PDF、Word、Excel 或图片）。")
        services.attach_sample(code, material, slot, upload.file, upload.name, actor=actor, revision=revision)
        messages.success(request, "已上传，随这一版审核发布后公开下载。")
    return HttpResponseRedirect(f"{reverse('console:item', args=[code])}?g=material#samples")


def _samples(content: dict[str, Any]) -> list[tuple[dict[str, Any], list[tuple[str, str, str]]]]:
    """要自备的材料，各带样表、空表两个位置：（位置、叫法、文件编号）。"""
    rows = [row for row in content.get("materials") or [] if not row.get("generated")]
    return [(row, [(slot, label, row.get(f"{slot}_guid") or "") for slot, label in SLOTS.items()]) for row in rows]


def _sample_file(content: dict[str, Any], material: str, slot: str) -> HttpResponse:
    rows = [row for row in content.get("materials") or [] if row.get("code") == material]
    file_id = rows[0].get(f"{slot}_guid") if rows and slot in SLOTS else ""
    if not file_id:
        raise NotFound("这份材料没有上传过。")
    stored = files.get(file_id)
    response = HttpResponse(file_services.open_file(file_id).read(), content_type=stored.mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name)}"
    return response


@require_safe
@signed_in(*STAFF)
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """版本列表与两版对比。"""
    desk = manage.desk(request.actor, code)  # type: ignore[attr-defined]
    first, second = (parameters.text(request.GET, key, 20) for key in ("a", "b"))
    # 版本号从 1 起；认不出的按第 0 版去找，答“没有这一版”。
    numbers = [parameters.whole(request.GET, key, 0, digits=9) for key in ("a", "b")]
    changes = services.compare(code, *numbers) if first and second else None
    return render(request, "console/catalog/versions.html", {"desk": desk, "a": first, "b": second, "changes": changes})


@require_POST
@signed_in(*STAFF)
def act(request: HttpRequest, code: str, action: str) -> HttpResponse:
    """事项动作：修订、放弃、提交、发布、驳回、下线、恢复。"""
    actor, data = request.actor, request.POST  # type: ignore[attr-defined]
    revision = parameters.whole(data, "revision", -1, digits=9)
    text = data.get("text", "").strip()
    if action == "revise":
        services.open_draft(code, actor=actor)
        done = "已建立修订草稿，修改后提交审核。"
    elif action == "discard":
        services.discard(code, actor=actor)
        done = "已放弃草稿。"
    elif action == "submit":
        services.submit_review(code, actor=actor, revision=revision, note=text)
        done = "已提交审核，请行政审批局或另一名事项管理员审核。"
    elif action == "publish":
        services.publish(code, actor=actor, revision=revision, opinion=text or "同意发布")
        done = "已发布，新的申请按新版办理。"
    elif action == "reject":
        services.reject(code, actor=actor, revision=revision, opinion=text)
        done = "已驳回，编辑人可以修改后再提交。"
    elif action == "withdraw":
        services.withdraw(code, actor=actor, reason=text, cancelled=data.get("cancelled") == "1")
        done = "已下线，不再接收新申请；在办件继续办完。"
    elif action == "restore":
        services.restore(code, actor=actor)
        done = "已恢复。"
    else:
        raise NotFound
    messages.success(request, done)
    return HttpResponseRedirect(reverse("console:item", args=[code]))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*STAFF)
def words(request: HttpRequest) -> HttpResponse:
    """同义词与零结果词。"""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        data = request.POST
        if "delete" in data:
            services.delete_synonym(data["delete"], actor=actor)
        elif zero := parameters.whole(data, "zero", 0):
            services.handle_zero(zero, data.get("note", ""), actor=actor)
        else:
            services.save_synonym(data.get("term", ""), data.get("targets", ""), actor=actor)
        messages.success(request, "已保存，搜索立即生效。")
        return HttpResponseRedirect(reverse("console:words"))
    q = parameters.text(request.GET, "q", 40)
    context = {
        "page": paged(request, lambda number: manage.synonyms(actor, q, number)),
        "q": q,
        "zeros": manage.zero_results(actor),
        "term": request.GET.get("term", "")[:40],
    }
    return render(request, "console/catalog/words.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*STAFF)
def upstream(request: HttpRequest) -> HttpResponse:
    """与上级清单的差别：导入、逐项采用或保留。"""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        if pk := parameters.whole(request.POST, "diff", 0):
            services.resolve(pk, adopt=request.POST.get("adopt") == "1", actor=actor)
            messages.success(request, "已处理。采用的内容在草稿里，仍要审核发布。")
        else:
            services.import_upstream(_upload(request).read(), actor=actor)
            messages.success(request, "已与上级清单比对，请逐项处理。")
        return HttpResponseRedirect(reverse("console:upstream"))
    pending = request.GET.get("done") != "1"
    page = paged(request, lambda number: manage.differences(actor, pending=pending, page=number))
    rows = [
        (row, schema.label(row.field), schema.display(row.field, row.local), schema.display(row.field, row.upstream)) for row in page.items
    ]
    return render(request, "console/catalog/upstream.html", {"page": page, "rows": rows, "pending": pending})
