"""表单设计器：拖拽字段、改属性、条件、重复行、预填、预览、版本、发布（W02）。事项管理员可改，行政审批局可看。"""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import Invalid
from shilong.identity.roles.actor import Actor, Role
from shilong.service.forms import rendering, seed, selectors, services, structure
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged

READERS = (Role.CATALOG, Role.BUREAU)
MAX_BODY = 512 * 1024
TYPES = (
    ("text", "单行文字", "type"),
    ("textarea", "多行文字", "align-left"),
    ("number", "数字", "hash"),
    ("date", "日期", "calendar"),
    ("radio", "单选", "circle-dot"),
    ("select", "下拉选择", "chevron-down"),
    ("checks", "多选", "list-checks"),
    ("idcard", "身份证号", "id-card"),
    ("uscc", "统一社会信用代码", "building-2"),
    ("mobile", "手机号", "smartphone"),
    ("rows", "重复行", "rows-3"),
)
PREFILLS = (
    ("applicant.subject", "申请主体（个人或单位）"),
    ("applicant.person_name", "个人姓名"),
    ("applicant.person_id", "个人身份证号"),
    ("applicant.corp_name", "单位名称"),
    ("applicant.corp_id", "统一社会信用代码"),
    ("applicant.legal_name", "法定代表人姓名"),
    ("applicant.legal_id_no", "法定代表人身份证号"),
    ("applicant.mobile", "手机号"),
    ("applicant.address", "地址"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*READERS)
def index(request: HttpRequest) -> HttpResponse:
    """申请表列表；POST 新建一份。"""
    if request.method == "POST":
        code = services.create(request.POST.get("code", "").strip(), request.POST.get("title", ""), actor=_actor(request))
        return redirect("console:form_design", code=code)
    q = parameters.text(request.GET, "q")
    page = paged(request, lambda number: selectors.forms(q, number))
    rows = [(row, seed.purpose(row.code)) for row in page]
    context = {"page": page, "rows": rows, "q": q, "can_edit": _can_edit(request), "tab": "forms"}
    return render(request, "console/forms/index.html", context)


@require_safe
@signed_in(*READERS)
def design(request: HttpRequest, code: str) -> HttpResponse:
    """打开设计器。"""
    form = selectors.design(code)
    setup = {
        "definition": form.definition,
        "version": form.draft_version,
        "types": {key: name for key, name, _ in TYPES},
        "prefills": dict(PREFILLS),
        "editable": _can_edit(request),
    }
    return render(
        request, "console/forms/design.html", {"form": form, "setup": setup, "types": TYPES, "tab": "forms", "can_edit": _can_edit(request)}
    )


@require_POST
@signed_in(Role.CATALOG)
def save(request: HttpRequest, code: str) -> HttpResponse:
    """存草稿（JSON）。有误时 `fields` 逐处指出，页面据此标红。"""
    body = _body(request)
    revision = services.save_draft(code, body.get("definition"), actor=_actor(request), expected_version=_revision(body.get("version")))
    return JsonResponse({"version": revision})


@require_POST
@signed_in(*READERS)
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """按还没保存的定义画出表单，条件与即时校验都可以试。"""
    definition: dict[str, Any] = _body(request).get("definition") or {}
    structure.check(definition)
    html = render_to_string("console/forms/_preview.html", {"sections": rendering.render(definition, {})}, request)
    return JsonResponse({"html": html})


@require_POST
@signed_in(Role.CATALOG)
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """发布草稿。"""
    revision = _revision(request.POST.get("version"))
    number = services.publish(code, actor=_actor(request), expected_version=revision, note=request.POST.get("note", ""))
    messages.success(request, f"已发布第 {number} 版；之前提交的办件仍按当时的版本显示。")
    return redirect("console:form_design", code=code)


@require_POST
@signed_in(Role.CATALOG)
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """放弃草稿。"""
    services.discard(code, actor=_actor(request), expected_version=_revision(request.POST.get("version")))
    messages.success(request, "已放弃未发布的修改。")
    return redirect("console:form_design", code=code)


@require_safe
@signed_in(*READERS)
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """看某个发布版。"""
    form = selectors.design(code)
    definition = selectors.definition(code, number)
    sections = rendering.render(definition, {})
    context = {"form": form, "number": number, "sections": sections, "tab": "forms", "can_edit": _can_edit(request)}
    return render(request, "console/forms/version.html", context)


@require_POST
@signed_in(Role.CATALOG)
def restore(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """把旧版取回到草稿。"""
    services.restore(code, number, actor=_actor(request), expected_version=_revision(request.POST.get("version")))
    messages.success(request, f"第 {number} 版已取回到草稿，核对后发布才生效。")
    return redirect("console:form_design", code=code)


def _body(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > MAX_BODY:
        raise Invalid("表单定义太大，请拆成几份。")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Invalid("提交的内容不是有效的 JSON。") from error
    if not isinstance(body, dict):
        raise Invalid("提交的内容应是一组“字段: 值”。")
    return body


def _revision(raw: Any) -> int:
    text = str(raw)
    if not (text.isdecimal() and len(text) < 9):
        raise Invalid("缺少修订号，请刷新页面。")
    return int(text)


def _can_edit(request: HttpRequest) -> bool:
    return _actor(request).has(Role.CATALOG)


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]
