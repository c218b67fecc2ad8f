"""工作台列表：筛选、页签、保存的视图、导出，窗口与部门审批共用（W06 W07）。"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from shilong.foundation.pages import Page
from shilong.identity.accounts import preferences
from shilong.identity.organizations import selectors as organizations
from shilong.service.cases import selectors
from shilong.service.cases.selectors import CaseRow
from shilong.web.common.tables import every_row, paged, stamp, xlsx

CHANNELS = (("1", "电脑端"), ("2", "手机端"), ("3", "窗口"), ("4", "自助终端"), ("5", "快递"), ("9", "其他"))
DUES = (("overdue", "已超期"), ("today", "今日到期"), ("soon", "三日内到期"))
ORDERS = (("due", "到期先后"), ("-due", "到期倒序"), ("submitted", "提交先后"), ("-submitted", "最近提交"), ("item", "按事项"))
KEYS = ("state", "q", "department", "channel", "due", "sort", "since", "until", "result")
HOMES = {"window": "/window/", "office": "/office/", "search": "/window/search/"}
PAGE_SIZE = 15
EXPORT_PAGES = 100  # 每页 100 行，最多导出一万行，再多请缩小条件
HEADS = ("申请编号", "事项", "部门", "申请人", "来源", "状态", "提交时间", "受理时间", "当前到期", "剩余工作日", "决定时间", "办结时间")


def filters(request: HttpRequest) -> dict[str, str]:
    """查询串里的筛选；过长的截短，不认识的忽略。"""
    return {key: request.GET.get(key, "").strip()[:100] for key in KEYS}


def clean_query(raw: str) -> str:
    """保存视图时只留认识的筛选，翻页之类的不留。"""
    return urlencode([(key, value[:100]) for key, value in parse_qsl(raw[:2000]) if key in KEYS and value])


def todo(request: HttpRequest, chosen: Mapping[str, str], number: int = 0, size: int = PAGE_SIZE) -> Page[CaseRow]:
    """待办一页。"""
    wanted = {key: chosen[key] for key in ("state", "q", "department", "channel", "due", "sort")}
    actor = request.actor  # type: ignore[attr-defined]

    def load(page: int) -> Page[CaseRow]:
        return selectors.worklist(actor, page=page, size=size, **wanted)  # type: ignore[arg-type]

    return load(number) if number else paged(request, load)


def found(request: HttpRequest, chosen: Mapping[str, str], number: int = 0, size: int = PAGE_SIZE) -> Page[CaseRow]:
    """多条件查询一页。"""
    actor = request.actor  # type: ignore[attr-defined]

    def load(page: int) -> Page[CaseRow]:
        return selectors.search(actor, chosen, page=page, size=size)

    return load(number) if number else paged(request, load)


def export(request: HttpRequest, chosen: Mapping[str, str], source: Any, name: str) -> HttpResponse:
    """把当前条件下的全部办件导出成 Excel；内容与列表一样是脱敏的。"""

    rows = every_row(lambda number: source(request, chosen, number, 100), EXPORT_PAGES)
    return xlsx(f"{name}{timezone.localdate():%Y%m%d}.xlsx", HEADS, map(cells, rows))


def cells(row: CaseRow) -> tuple[Any, ...]:
    """导出的一行。"""
    left = "" if row.days_left is None else row.days_left
    return (
        row.case_no,
        row.item_name,
        row.department_name,
        row.applicant_name,
        row.channel_name,
        row.status_name,
        stamp(row.submitted_at),
        stamp(row.accepted_at),
        stamp(row.due_at),
        left,
        stamp(row.decided_at),
        stamp(row.finished_at),
    )


def context(request: HttpRequest, bench: str, chosen: Mapping[str, str]) -> dict[str, Any]:
    """筛选条要用的选项与保存的视图。"""
    return {
        "bench": bench,
        "chosen": chosen,
        "query_now": clean_query(request.GET.urlencode()),
        "departments": organizations.departments(),
        "channels": CHANNELS,
        "dues": DUES,
        "orders": ORDERS,
        "saved_views": preferences.named(request.actor, f"view:{bench}"),  # type: ignore[attr-defined]
        "home": HOMES[bench],
    }


def partial(request: HttpRequest) -> bool:
    """是不是只要列表片段（动作完成后自动刷新）；`part` 不进翻页链接。"""
    params = request.GET.copy()
    wanted = params.pop("part", None)
    request.GET = params  # type: ignore[assignment]
    return wanted is not None
