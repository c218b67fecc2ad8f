"""一件事主题配置（编辑、检查、预览、版本、发布、下线）与经营范围规则。"""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import Invalid, Refused
from shilong.service.joint import permissions, selectors, services
from shilong.service.joint.selectors.themes import ThemeDesign, ThemeView, department_choices, form_of, item_choices, load_parts, plan
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.console.pages import page

AUDIENCES = (("corp", "企业"), ("person", "个人"), ("both", "企业和个人"))
BLOCKS = (
    ("questions", "情形问答", "每问：key 代号、question 问法、options 选项（value、label、notice），show 条件引用前面的问题"),
    (
        "parts",
        "合办的事项与先后",
        "每件：key 代号、item 事项编码、label 叫法、when 何时要办、after 等谁准予、answers 情形换算、own 不并的字段、fields 改并到的字段",
    ),
    ("materials", "合并材料", "写明的合并：name 名称、parts [[代号, 材料编码], …]；其余同名材料自动合并"),
)
LONGEST = 60_000


@require_safe
@signed_in(*permissions.EDITORS)
def listing(request: HttpRequest) -> HttpResponse:
    """全部主题。"""
    q = parameters.text(request.GET, "q", 40)
    return page(request, "joint/list.html", "themes", {"rows": selectors.theme_rows(q), "q": q})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.EDITORS)
def create(request: HttpRequest) -> HttpResponse:
    """新建主题。"""
    typed = {name: parameters.text(request.POST, name, 60) for name in ("code", "name")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            services.create_theme(typed["code"], typed["name"], actor=request.actor)  # type: ignore[attr-defined]
        except Refused as refusal:  # 填错的在原页上改
            errors = refusal.fields or {"": refusal.text}
        else:
            messages.success(request, "主题已建好，接着设置内容。")
            return redirect("console:theme", code=typed["code"])
    return page(request, "joint/new.html", "themes", {"typed": typed, "errors": errors}, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.EDITORS)
def design(request: HttpRequest, code: str) -> HttpResponse:
    """编辑一个主题：保存草稿，列出还有哪些问题，预览合并结果。"""
    view = selectors.design(code)
    if request.method != "POST":
        return _design(request, view, view.content, services.problems_of(view.content))
    try:
        content = _content(request)
        problems = services.save_theme(code, content, actor=request.actor, version=parameters.version(request))  # type: ignore[attr-defined]
    except Invalid as refusal:  # JSON 写坏了：带着填的内容回到原页
        typed = {**view.content, **{name: request.POST.get(name, "") for name, _, _ in BLOCKS}}
        return _design(request, view, typed, refusal.fields, status=422)
    messages.success(request, "草稿已保存。" if not problems else f"草稿已保存，还有 {len(problems)} 处要改。")
    return redirect("console:theme", code=code)


def _content(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = {name: parameters.text(request.POST, name, 200) for name in ("name", "intro", "icon", "audience", "lead")}
    errors = {}
    for name, label, _ in BLOCKS:
        text = request.POST.get(name, "")[:LONGEST]
        try:
            found[name] = json.loads(text or "[]")
        except (ValueError, RecursionError) as error:
            errors[name] = f"{label}不是有效的 JSON：{error}"
    if errors:
        raise Invalid("内容没有保存，请按提示修改。", fields=errors)
    return found


def _design(
    request: HttpRequest, view: ThemeDesign, content: dict[str, Any], problems: dict[str, str], *, status: int = 200
) -> HttpResponse:
    context = {
        "view": view,
        "content": content,
        "blocks": [(name, label, note, _pretty(content.get(name))) for name, label, note in BLOCKS],
        "problems": problems,
        "audiences": AUDIENCES,
        "departments": department_choices(),
        "items": item_choices(),
        "preview": _preview(view.code, content) if not problems else None,
    }
    return page(request, "joint/design.html", "themes", context, status=status)


def _pretty(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value or [], ensure_ascii=False, indent=1)


def _preview(code: str, content: dict[str, Any]) -> dict[str, Any]:
    """合并后的样子：全部事项都要办时的先后、合一表单、材料。"""
    view = ThemeView(code, 0, content, load_parts(content))
    definition, _ = form_of(view, view.parts, {})
    before = sum(len(section.get("fields", [])) for part in view.parts for section in part.definition.get("sections", []))
    after = sum(len(section["fields"]) for section in definition["sections"])
    return {"plan": plan(view, {}), "definition": definition, "before": before, "after": after, "parts": len(view.parts)}


@require_POST
@signed_in(*permissions.EDITORS)
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """发布。"""
    note = parameters.text(request.POST, "note", 200)
    number = services.publish_theme(code, note, actor=request.actor, version=parameters.version(request))  # type: ignore[attr-defined]
    messages.success(request, f"已发布第 {number} 版，对以后的申报生效。")
    return redirect("console:theme", code=code)


@require_POST
@signed_in(*permissions.EDITORS)
def offline(request: HttpRequest, code: str) -> HttpResponse:
    """下线。"""
    services.take_offline(code, actor=request.actor, version=parameters.version(request))  # type: ignore[attr-defined]
    messages.success(request, "已下线，在办的不受影响。")
    return redirect("console:theme", code=code)


@require_safe
@signed_in(*permissions.EDITORS)
def rules(request: HttpRequest) -> HttpResponse:
    """经营范围规则。"""
    return page(request, "joint/rules.html", "scope-rules", {"rows": selectors.rules(), "items": item_choices()})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.EDITORS)
def rule(request: HttpRequest, item_code: str) -> HttpResponse:
    """改一条规则；没有的事项从空白建。"""
    known = next((row for row in selectors.rules() if row.item_code == item_code), None)
    typed: dict[str, Any] = {
        "words": "、".join(known.words) if known else "",
        "excludes": "、".join(known.excludes) if known else "",
        "theme_code": known.theme_code if known else "",
        "basis": known.basis if known else "",
        "active": known.active if known else True,
    }
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {name: parameters.text(request.POST, name, 2000) for name in ("words", "excludes", "theme_code", "basis")}
        typed["active"] = request.POST.get("active") == "1"
        try:
            services.save_rule(item_code, **typed, actor=request.actor)  # type: ignore[attr-defined]
        except Invalid as refusal:
            errors = refusal.fields or {"": refusal.text}
        else:
            messages.success(request, "规则已保存，对以后导入的双告知生效。")
            return redirect("console:scope-rules")
    names = dict(item_choices())
    context = {
        "name": names.get(item_code, item_code),
        "code": item_code,
        "typed": typed,
        "errors": errors,
        "themes": selectors.published(),
    }
    return page(request, "joint/rule.html", "scope-rules", context, status=422 if errors else 200)
