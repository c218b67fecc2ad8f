"""统计查询：只读汇总表。"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth, TruncWeek

from shilong.identity.roles.actor import Actor, Role, Scope, require
from shilong.service.insight.models import DailyStat
from shilong.service.insight.rules import COUNTERS, rate

VIEWERS = (Role.BUREAU, Role.LEADER, Role.OFFICER, Role.WINDOW, Role.CATALOG)
DIMENSIONS = {"department": "department", "item": "item_code", "channel": "channel", "day": "day"}


@dataclass(frozen=True, slots=True)
class Filters:
    """统计条件。`first`、`last` 含两端。"""

    first: date
    last: date
    departments: tuple[str, ...] = ()
    item_codes: tuple[str, ...] = ()
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """一行统计。`key` 是维度的值（部门键、事项编码、渠道码或日期）。"""

    key: Any
    counts: dict[str, int] = field(default_factory=dict)

    def __getattr__(self, name: str) -> int:
        try:
            return self.counts[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def finished(self) -> int:
        """办结 = 准予 + 不予。"""
        return self.counts["granted"] + self.counts["denied"]

    @property
    def on_time_rate(self) -> float | None:
        """按承诺时限办结的百分比。"""
        return rate(self.counts["in_promise"], self.finished)

    @property
    def average_days(self) -> float | None:
        """办结平均用时，工作日。"""
        return round(self.counts["used_days"] / self.finished, 1) if self.finished else None

    @property
    def saved_rate(self) -> float | None:
        """实际用时比承诺压缩的百分比。"""
        return rate(self.counts["promised_days"] - self.counts["used_days"], self.counts["promised_days"])

    @property
    def instant_rate(self) -> float | None:
        """即办件占办结的百分比。"""
        return rate(self.counts["instant"], self.finished)


def summary(actor: Actor, filters: Filters) -> Row:
    """条件内的合计。"""
    return Row("合计", _counts(_visible(actor, filters)))


def breakdown(actor: Actor, filters: Filters, by: str, *, limit: int | None = None) -> list[Row]:
    """按部门、事项、渠道分组，申请量从多到少。"""
    column = DIMENSIONS[by]
    rows = _visible(actor, filters).values(column).annotate(**_sums()).order_by("-submitted", column)
    return [Row(row.pop(column), row) for row in (rows[:limit] if limit else rows)]


def trend(actor: Actor, filters: Filters) -> list[Row]:
    """时间趋势：不超过 31 天按日，不超过半年按周，更长按月；没有办件的日子补零。"""
    span = (filters.last - filters.first).days
    truncated = {"day": None, "week": TruncWeek, "month": TruncMonth}
    unit = "day" if span <= 31 else "week" if span <= 183 else "month"
    queryset = _visible(actor, filters)
    if truncated[unit]:
        queryset = queryset.annotate(bucket=truncated[unit]("day"))
    column = "bucket" if truncated[unit] else "day"
    rows = {row.pop(column): row for row in queryset.values(column).annotate(**_sums()).order_by(column)}
    if unit == "day":
        days = (filters.first + timedelta(days=offset) for offset in range(span + 1))
        return [Row(day, rows.get(day, _zero())) for day in days]
    return [Row(bucket, counts) for bucket, counts in rows.items()]


def district_totals(first: date, last: date) -> Row:
    """全区合计，首页公开数字用，不含任何个人信息。"""
    return Row("合计", _counts(DailyStat.objects.filter(day__range=(first, last))))


def _visible(actor: Actor, filters: Filters) -> QuerySet[DailyStat]:
    require(actor, *VIEWERS)
    queryset = DailyStat.objects.filter(day__range=(filters.first, filters.last))
    departments: Iterable[str] = filters.departments
    if actor.scope is not Scope.DISTRICT and not actor.has(Role.BUREAU, Role.WINDOW):
        departments = (actor.department,)
    if departments:
        queryset = queryset.filter(department__in=tuple(departments))
    if filters.item_codes:
        queryset = queryset.filter(item_code__in=filters.item_codes)
    if filters.channel:
        queryset = queryset.filter(channel=filters.channel)
    return queryset


def _sums() -> dict[str, Sum]:
    return {name: Sum(name, default=0) for name in COUNTERS}


def _zero() -> dict[str, int]:
    return dict.fromkeys(COUNTERS, 0)


def _counts(queryset: QuerySet[DailyStat]) -> dict[str, int]:
    return queryset.aggregate(**_sums())
