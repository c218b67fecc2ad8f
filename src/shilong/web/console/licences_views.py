"""证照类型与照面版式：可视配置，拖动或填坐标，样例预览。"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import Refused
from shilong.identity.organizations import selectors as organizations
from shilong.service.licences import permissions, seed, selectors, services
from shilong.service.licences.rules.layouts import ALIGNS, FONTS, GROUNDS, STANDARD
from shilong.service.licences.seed.looks import template as default_template
from shilong.service.seals.rules import KINDS as SEALS
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.console.licences_forms import fields_of, template_of
from shilong.web.console.pages import page

EFFECTS = (("new", "新发"), ("change", "变更"), ("renew", "延续"), ("cancel", "注销"))
LOOKS = (("permit", "许可证（竖版）"), ("licence", "执照（横版）"), ("personal", "个人证书"), ("voucher", "凭证"))
ALIGN_NAMES = {"left": "左", "center": "中", "right": "右"}


@require_safe
@signed_in(*permissions.EDITORS)
def listing(request: HttpRequest) -> HttpResponse:
    """全部证照类型。"""
    q, department = parameters.text(request.GET, "q", 40), parameters.text(request.GET, "department", 32)
    rows = selectors.types(q=q, department=department, counts=True)
    names = {row.key: row.short_name for row in organizations.departments(include_inactive=True)}
    context = {"rows": rows, "q": q, "department": department, "names": names, "departments": organizations.departments()}
    return page(request, "licences/list.html", "licences", context)


@require_POST
@signed_in(*permissions.EDITORS)
def install(request: HttpRequest) -> HttpResponse:
    """补建内置类型；已有的不动。"""
    made = seed.install()
    messages.success(request, f"补建了 {made} 种证照类型。" if made else "内置的证照类型都已经有了。")
    return redirect("console:licence-types")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.EDITORS)
def new(request: HttpRequest) -> HttpResponse:
    """新建一种。"""
    typed = {name: parameters.text(request.POST, name, 200) for name in ("code", "name", "department", "word", "years", "look")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _create(request, typed)
        except Refused as refusal:  # 填错的在原页上改
            errors = refusal.fields or {"": refusal.text}
        else:
            messages.success(request, "证照类型已建好，接着设置照面。")
            return redirect("console:licence-type", code=typed["code"].upper())
    context = {"typed": typed, "errors": errors, "departments": organizations.departments(), "looks": LOOKS}
    return page(request, "licences/new.html", "licences", context, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(*permissions.EDITORS)
def design(request: HttpRequest, code: str) -> HttpResponse:
    """设置一种证照。"""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            services.save_type(code, _values(request), actor=request.actor, version=parameters.version(request))  # type: ignore[attr-defined]
        except Refused as refusal:  # 排了半天的版面不能丢：带着填的内容回到原页
            errors = refusal.fields or {"": refusal.text}
        else:
            messages.success(request, "已保存，对以后签发的证照生效。")
            return redirect("console:licence-type", code=code)
    view = selectors.type_view(code, request.actor)  # type: ignore[attr-defined]
    shown: dict[str, Any] = {"fields": view.fields, "template": view.template}
    if errors:
        shown = {"fields": fields_of(request.POST), "template": template_of(request.POST)}
    keys = [*STANDARD.items(), *((one["key"], one["label"]) for one in shown["fields"] if one.get("key"))]
    context = {
        "view": view,
        "errors": errors,
        "keys": keys,
        "seals": SEALS.values(),
        "effects": EFFECTS,
        **shown,
        "boxes": (("qr", "二维码"), ("seal", "章位")),
        "axes": (("x", "横"), ("y", "纵"), ("size", "大小")),
        "numbers": (("x", "横坐标"), ("y", "纵坐标"), ("w", "宽"), ("size", "字号"), ("label_width", "名称宽")),
        "blank": {"kind": "text", "text": "", "x": 20, "y": 20, "w": 80, "size": 12, "label_width": 32},
        "fonts": FONTS.items(),
        "aligns": [(key, ALIGN_NAMES[key]) for key in ALIGNS],
        "grounds": GROUNDS.items(),
    }
    return page(request, "licences/design.html", "licences", context, status=422 if errors else 200)


@require_safe
@signed_in(*permissions.EDITORS)
def sample(request: HttpRequest, code: str) -> HttpResponse:
    """已保存版式的样例图。"""
    view = selectors.type_view(code, request.actor)  # type: ignore[attr-defined]
    picture = selectors.sample_png(view.name, view.authority_name, view.fields, view.template)
    response = HttpResponse(picture, content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@signed_in(*permissions.EDITORS)
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """没保存的版式的样例图；版式不合规则时返回一句说明。"""
    view = selectors.type_view(code, request.actor)  # type: ignore[attr-defined]
    try:
        picture = selectors.sample_png(view.name, view.authority_name, fields_of(request.POST), template_of(request.POST))
    except Refused as refusal:  # 由脚本显示在版面旁边
        return JsonResponse({"message": next(iter(refusal.fields.values()), refusal.text)}, status=422)
    return HttpResponse(picture, content_type="image/png")


@require_POST
@signed_in(*permissions.EDITORS)
def items(request: HttpRequest, code: str) -> HttpResponse:
    """哪些事项出这种证照。"""
    links = {item: parameters.text(request.POST, f"effect.{item}", 8) for item in request.POST.getlist("item")[:100]}
    if added := parameters.text(request.POST, "added", 40):
        links[added] = parameters.text(request.POST, "effect", 8) or "new"
    services.attach_items(code, links, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "事项与证照的对应已保存。")
    return redirect("console:licence-type", code=code)


def _create(request: HttpRequest, typed: dict[str, str]) -> None:
    years = parameters.whole(request.POST, "years", 0, digits=3)
    department = organizations.department(typed["department"])
    values: dict[str, Any] = {
        "name": typed["name"],
        "word": typed["word"],
        "department": department.key,
        "authority_name": department.name,
        "validity": {"kind": "years", "years": years} if years else {"kind": "long"},
        "fields": [],
        "template": default_template(typed["look"] if typed["look"] in dict(LOOKS) else "permit", []),
    }
    services.save_type(typed["code"], values, actor=request.actor, version=0)  # type: ignore[attr-defined]


def _values(request: HttpRequest) -> dict[str, Any]:
    data = request.POST
    years = parameters.whole(data, "years", 0, digits=3)
    return {
        **{name: parameters.text(data, name, 300) for name in ("name", "word", "authority_name", "seal_kind")},
        "validity": {"kind": "years", "years": years} if data.get("validity") == "years" else {"kind": "long"},
        "remind_days": parameters.whole(data, "remind_days", -1, digits=4),
        "fields": fields_of(data),
        "template": template_of(data),
        **{name: data.get(name) == "1" for name in ("electronic", "auto_issue", "active")},
    }
