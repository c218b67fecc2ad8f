"""首页、进度查询、办件公示、帮助与隐私：不登录就能看。"""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shilong.foundation.refusals import Refused
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.network import client_ip
from shilong.identity.organizations import selectors as organizations
from shilong.service.cases import selectors as cases
from shilong.service.catalog import selectors as catalog
from shilong.service.delivery import selectors as shipping
from shilong.service.insight import selectors as insight
from shilong.service.insight.rules import rate
from shilong.service.joint import selectors as joint
from shilong.web.common import parameters
from shilong.web.common.tables import paged

CACHE_SECONDS = 60
WAYS = (("topic", "按主题"), ("department", "按部门"), ("stage", "按生命周期"), ("area", "按通办范围"))
HOT = ("食品经营许可", "社会保障卡申领", "个体工商户设立登记", "公共场所卫生许可", "失业登记", "生育登记")
QUICK = (
    ("file-pen-line", "我要办理", "在线填报提交", "/items/?online=1"),
    ("search-check", "进度查询", "凭受理号查询", "/progress/"),
    ("folder-clock", "我的办件", "办理中与已办结", "/me/cases/"),
    ("message-square-more", "我的消息", "补正与办结通知", "/messages/"),
    ("building-2", "部门服务", "按部门找事项", "/departments/"),
    ("layout-grid", "主题服务", "按要办的事找", "/topics/"),
    ("scroll-text", "文书验真", "核对文书真伪", "/verify/"),
    ("circle-help", "办事帮助", "怎样网上办事", "/help/"),
)
ICONS = {
    "生育收养": "baby",
    "户籍办理": "book-user",
    "教育科研": "graduation-cap",
    "就业创业": "briefcase",
    "婚姻登记": "heart-handshake",
    "社会保障": "shield-check",
    "医疗卫生": "stethoscope",
    "住房保障": "house",
    "交通出行": "car",
    "证件办理": "id-card",
    "优待抚恤": "medal",
    "司法公证": "scale",
    "准营准办": "store",
    "设立变更": "building",
    "职业资格": "badge-check",
    "规划建设": "drafting-compass",
    "公共安全": "siren",
    "环保绿化": "leaf",
    "投资审批": "chart-line",
    "人力资源": "users",
    "农林牧渔": "wheat",
    "交通运输": "truck",
    "文体教育": "palette",
    "安全生产": "hard-hat",
    "公安消防": "flame",
    "公用事业": "droplets",
    "法人注销": "log-out",
    "国土和规划建设": "map",
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """首页。公示、统计对所有人一样，缓存一分钟。"""
    shared: dict[str, Any] = cache.get_or_set("portal.home", _shared, CACHE_SECONDS) or {}
    context = {"nav": "首页", "mtab": "首页", "quick": QUICK, **shared, **_board(request)}
    return render(request, "portal/home.html", context)


def _shared() -> dict[str, Any]:
    today = timezone.localdate()
    year = insight.district_totals(today - timedelta(days=365), today)
    items = catalog.published(size=1).total
    online = catalog.published(size=1, online=True).total
    instant = catalog.published(size=1, project_type="1").total
    return {
        "hot": [brief for name in HOT for brief in catalog.published(q=name, size=1).items],
        "one_things": joint.published()[:3],
        "public": list(cases.publicity(size=7)),
        "latest": list(catalog.published(size=9, project_type="2").items),
        "stats": (
            ("公开事项", items, "项"),
            ("网上可办率", rate(online, items), "%"),
            ("即办件占比", rate(instant, items), "%"),
            ("近一年受理", year.accepted, "件"),
            ("按承诺办结率", year.on_time_rate, "%"),
        ),
    }


def _board(request: HttpRequest) -> dict[str, Any]:
    """分类服务：个人或法人 × 主题、部门、生命周期、通办。"""
    actor = request.actor  # type: ignore[attr-defined]
    corporate = not actor.is_staff and actor.account_id is not None and (actor.agent_for is not None or _is_enterprise(actor))
    audience = request.GET.get("who") or ("corp" if corporate else "person")
    audience = audience if audience in ("person", "corp") else "person"
    by = request.GET.get("by", "topic")
    facets = catalog.facets()
    options = {
        "topic": ("theme", facets["corp_topics" if audience == "corp" else "person_topics"]),
        "department": ("department", facets["departments"]),
        "stage": ("stage", facets["stages"]),
        "area": ("area", facets["areas"]),
    }
    by = by if by in options else "topic"
    name, rows = options[by]
    tiles = [(row.name, row.count, f"/items/?object={audience}&{name}={row.value}", _icon(by, row.name)) for row in rows]
    return {"audience": audience, "by": by, "ways": WAYS, "tiles": tiles}


def _is_enterprise(actor: Any) -> bool:
    return accounts.applicant(actor.account_id).kind != "1"


def _icon(by: str, name: str) -> str:
    fallback = {"topic": "file-text", "department": "building-2", "stage": "route", "area": "globe"}
    return ICONS.get(name, fallback[by])


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    """首页分类服务的切换（htmx 片段）。"""
    return render(request, "portal/_board.html", _board(request))


@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: HttpRequest) -> HttpResponse:
    """凭申请编号与查询码查进度；查询码走 POST，不进访问日志。"""
    case_no = (request.POST.get("case_no") or request.GET.get("case_no", "")).strip()[:50]
    context: dict[str, Any] = {"nav": "进度查询", "mtitle": "进度查询", "case_no": case_no}
    if request.method == "POST":
        try:
            context["view"] = cases.progress(case_no, request.POST.get("query_code", "").strip()[:12], client_ip(request))
        except Refused as refused:
            return render(request, "portal/progress.html", {**context, "error": refused.text}, status=refused.status)
        context["shipping"] = shipping.progress(case_no)
    return render(request, "portal/progress.html", context)


@require_safe
def publicity(request: HttpRequest) -> HttpResponse:
    """办件公示（行政许可法第四十条），脱敏。"""
    q, chosen = parameters.text(request.GET, "q", 50), parameters.text(request.GET, "department", 32)
    context = {
        "nav": "办件公示",
        "mtitle": "办件公示",
        "page": paged(request, lambda number: cases.publicity(page=number, q=q, department=chosen)),
        "q": q,
        "chosen": chosen,
        "departments": [(row.key, row.short_name) for row in organizations.departments()],
    }
    return render(request, "portal/publicity.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/help.html", {"nav": "帮助", "mtitle": "办事帮助"})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html", {"nav": "帮助", "mtitle": "隐私声明"})
