"""审计查询，只给审计员。"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from shilong.foundation.audit.models import AuditEntry
from shilong.foundation.calendar.rules import ZONE
from shilong.foundation.days import day_end, day_start
from shilong.foundation.pages import Page, paginate

EXPORT_HEADERS = ("链序号", "时间", "动作", "操作人", "来源地址", "对象类型", "对象", "结果", "详情", "链摘要")


@dataclass(frozen=True, slots=True)
class Filters:
    """查询条件；日期含两端。"""

    first: date | None = None
    last: date | None = None
    action: str = ""
    actor: str = ""
    object_id: str = ""
    ip: str = ""
    result: str = ""


def search(filters: Filters, page: int = 1, size: int = 50) -> Page[AuditEntry]:
    """一页审计记录，新的在前。"""
    return paginate(_matching(filters).order_by("-pk"), page, size, lambda row: row)


def export(filters: Filters, limit: int = 100_000) -> Iterator[tuple[Any, ...]]:
    """导出行，旧的在前，供写 Excel 或 CSV。"""
    for row in _matching(filters).order_by("pk")[:limit].iterator(chunk_size=2000):
        detail = "；".join(f"{key}={value}" for key, value in row.detail.items())
        at = row.at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
        yield (row.position or "", at, row.action, row.actor_name, row.ip, row.object_type, row.object_id, row.result, detail, row.digest)


@dataclass(frozen=True, slots=True)
class Verification:
    """最近一次校验。"""

    at: datetime
    actor_name: str
    problems: int
    checked: int | None
    anchored: bool
    examples: list[str]


def last_verification() -> Verification | None:
    """最近一次整链校验的结果；没有校验过返回 None。"""
    row = AuditEntry.objects.filter(action="audit.verify").order_by("-pk").first()
    if row is None:
        return None
    detail = row.detail
    problems = int(detail.get("problems", 0))
    return Verification(
        row.at, row.actor_name, problems, detail.get("checked"), bool(detail.get("anchored")), list(detail.get("examples", []))
    )


def actions() -> list[str]:
    """出现过的动作名，筛选下拉用。"""
    return list(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct()[:500])


def _matching(filters: Filters) -> QuerySet[AuditEntry]:
    queryset = AuditEntry.objects.all()
    if filters.first:
        queryset = queryset.filter(at__gte=day_start(filters.first))
    if filters.last:
        queryset = queryset.filter(at__lt=day_end(filters.last))
    exact = {"result": filters.result, "ip": filters.ip, "object_id": filters.object_id}
    queryset = queryset.filter(**{name: value for name, value in exact.items() if value})
    if filters.action:
        queryset = queryset.filter(action__startswith=filters.action)
    if filters.actor:
        queryset = queryset.filter(actor_name__contains=filters.actor)
    return queryset
