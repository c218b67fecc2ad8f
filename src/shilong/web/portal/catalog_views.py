"""门户：事项公开——列表与搜索、办事指南、一次性告知单、搜索联想、部门与主题导航。匿名可看。"""

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from shilong.service.catalog import elsewhere, labels, rules, search, selectors, services
from shilong.service.catalog.views import ItemView
from shilong.web.common.tables import paged

FILTERS = ("theme", "object", "department", "stage", "area", "project_type")
SIZE = 15
SUGGESTIONS = 8
ANSWER = "s_"  # 情形答案的参数前缀，免得与别的参数撞名
QUERY_MAX = search.QUERY_MAX


@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """事项列表：关键词与六种筛选。"""
    q = request.GET.get("q", "").strip()[:QUERY_MAX]
    chosen = {key: request.GET.get(key, "")[:20] for key in FILTERS}
    online = True if request.GET.get("online") == "1" else None
    page = paged(request, lambda number: selectors.published(q=q, page=number, size=SIZE, online=online, **chosen))
    if q and not page.total and not any(chosen.values()) and online is None:
        services.record_zero(q)
    context = {
        "nav": "个人服务" if chosen["object"] == "person" else "法人服务" if chosen["object"] == "corp" else "办事服务",
        "mtab": "办事",
        "mtitle": "办事服务",
        "q": q,
        "page": page,
        "elsewhere": elsewhere.advice(q) if q and not page.total else "",
        "chosen": chosen,
        "online": online,
        "facets": selectors.facets(),
        "filtered": any(chosen.values()) or online is not None,
    }
    template = (
        "portal/catalog/items.html#results" if request.headers.get("HX-Target", "").endswith("results") else "portal/catalog/items.html"
    )
    return render(request, template, context)


@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """办事指南；选了情形只看自己要交的材料。"""
    item = selectors.item(code)
    trimmed = rules.trim(item, answers(request))
    context = {
        "item": item,
        "trimmed": trimmed,
        "mtitle": "办事指南",
        "mtab": "办事",
        "nav": "办事服务",
        "facts": _facts(item),
        "answers_query": request.GET.urlencode(),
        "qr": _qr(request.build_absolute_uri(f"/items/{code}/")),
        **texts(item),
    }
    partial = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "portal/catalog/guide.html#materials" if partial else "portal/catalog/guide.html", context)


@require_safe
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """一次性告知单：按情形裁剪，可打印。"""
    item = selectors.item(code)
    trimmed = rules.trim(item, answers(request))
    context = {"item": item, "trimmed": trimmed, "today": timezone.localdate(), "mtitle": "一次性告知单", "nav": "办事服务", **texts(item)}
    return render(request, "portal/catalog/notice.html", context)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """搜索联想（htmx 片段）。"""
    q = request.GET.get("q", "").strip()[:QUERY_MAX]
    hits = search.index().search(q, limit=SUGGESTIONS) if q else []
    return render(request, "portal/catalog/_suggest.html", {"q": q, "rows": [selectors.brief(hit.code) for hit in hits]})


@require_safe
def departments(request: HttpRequest) -> HttpResponse:
    """按部门找事项。"""
    return render(
        request,
        "portal/catalog/departments.html",
        {"nav": "部门服务", "mtab": "办事", "mtitle": "部门服务", "rows": selectors.facets()["departments"]},
    )


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    """按主题、人生阶段与经营阶段找事项。"""
    facets = selectors.facets()
    groups = [
        ("个人主题", "按您要办的事分类", "theme", facets["person_topics"]),
        ("法人主题", "企业、社会组织、个体工商户", "theme", facets["corp_topics"]),
        ("人生与经营阶段", "从出生到养老，从开办到注销", "stage", facets["stages"]),
    ]
    return render(request, "portal/catalog/topics.html", {"nav": "办事服务", "mtab": "办事", "mtitle": "主题服务", "groups": groups})


def answers(request: HttpRequest) -> dict[str, str]:
    """查询串里的情形答案。"""
    return {key[len(ANSWER) :]: str(value)[:40] for key, value in request.GET.items() if key.startswith(ANSWER)}


def _facts(item: ItemView) -> list[tuple[str, str, str, str, bool]]:
    """概要格：名称、大字、单位、小字、是否突出。"""
    saved = rules.compression(item)
    unit = labels.UNITS.get(item.promise_unit, "日")
    promise = (str(item.promise_days), unit) if item.promise_days else ("当场", "办结")
    times = item.extra.get("limit_scene_num") or 0
    undefined = not item.legal_days and bool(item.extra.get("anticipate_explain"))
    legal_fact = (
        ("未规定", "")
        if undefined
        else (str(item.legal_days), labels.UNITS.get(item.legal_unit, "日"))
        if item.legal_days
        else ("当场", "办结")
    )
    fee_note = "任何环节均不收费" if item.fee == "不收费" else "标准见“收费”"
    return [
        ("承诺时限", *promise, f"比法定压缩 {saved}%" if saved else "自受理之日起", True),
        ("到现场次数", str(times), "次", "全程网上办理" if not times else "须到现场", True),
        ("办件类型", item.project_type_name, "", "当场办结" if item.instant else "限时办结", False),
        ("收费", "不收费" if item.fee == "不收费" else "收费", "", fee_note, False),
        ("法定时限", *legal_fact, "法律没有规定具体期限" if undefined else "自受理之日起", False),
        ("通办范围", labels.HANDLE_AREA.get(str(item.extra.get("handle_area")), "本区"), "", "异地也能提交", False),
    ]


def texts(item: ItemView) -> dict[str, Any]:
    """指南里要翻译成文字的码值。"""
    extra = item.extra

    def names(table: labels.Labels, codes: Any) -> str:
        return "、".join(table.get(str(code), str(code)) for code in codes or [])

    return {
        "promise": labels.duration(item.promise_days, item.promise_unit),
        "legal": labels.legal_limit(item.legal_days, item.legal_unit, extra.get("anticipate_explain", "")),
        "level": labels.USE_LEVEL.get(str(extra.get("use_level")), ""),
        "source": labels.POWER_SOURCE.get(str(extra.get("power_source")), ""),
        "forms": names(labels.HANDLE_FORM, extra.get("handle_form")),
        "depth": names(labels.ONLINE_DEPTH, extra.get("online_handle_depth")),
        "area": labels.HANDLE_AREA.get(str(extra.get("handle_area")), ""),
        "result_kind": labels.RESULT_TYPE.get(item.result_type, ""),
        "delivery": "、".join(
            [
                "窗口领取",
                *(["邮寄"] if extra.get("is_express") else []),
                *(["电子证照"] if item.result_type == "10" and item.is_online else []),
            ]
        ),
    }


def _qr(url: str) -> SafeString:
    """手机打开本页的二维码。"""
    return mark_safe(segno.make(url, error="m", micro=False).svg_inline(scale=3, border=1))  # noqa: S308 由本站地址生成
