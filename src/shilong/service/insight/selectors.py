"""统计查询：只读汇总表。"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from shilong.identity.roles.actor import Actor, Role, Scope, require
from shilong.service.insight import rules
from shilong.service.insight.models import DailyStat
from shilong.service.insight.rules import COUNTERS, rate

VIEWERS = (Role.BUREAU, Role.LEADER, Role.OFFICER, Role.WINDOW, Role.CATALOG)
DIMENSIONS = {"department": "department", "item": "item_code", "channel": "channel"}


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
    def busy(self) -> bool:
        """有没有任何计数（渠道更正后可能留下全零的格）。"""
        return any(self.counts.values())

    @property
    def finished(self) -> int:
        """办结 = 准予 + 不予。"""
        return self.counts["granted"] + self.counts["denied"]

    @property
    def on_time_rate(self) -> float | None:
        """按承诺时限办结的百分比。"""
        return rate(self.counts["in_promise"], self.finished)

    @property
    def overdue(self) -> int:
        """超承诺或超法定时限办结的件数（超法定的必已超承诺，不重复计）。"""
        return max(self.counts["over_promise"], self.counts["over_legal"])

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


@dataclass(frozen=True, slots=True)
class Overview:
    """概览：合计、趋势、部门、渠道。"""

    total: Row
    trend: list[Row]
    departments: list[Row]
    channels: list[Row]


def summary(actor: Actor, filters: Filters) -> Row:
    """条件内的合计。"""
    return Row("合计", _counts(_visible(actor, filters)))


def breakdown(actor: Actor, filters: Filters, by: str, *, limit: int | None = None) -> list[Row]:
    """按部门、事项、渠道分组，申请量从多到少。"""
    column = DIMENSIONS[by]
    found = _visible(actor, filters).values(column).annotate(**_sums()).order_by("-submitted", column)
    rows = [row for row in (Row(one.pop(column), one) for one in found) if row.busy]
    return rows[:limit] if limit else rows


def overview(actor: Actor, filters: Filters) -> Overview:
    """概览页要的全部数字，两次查询：部门×渠道一次，时间一次，其余在内存里合。"""
    cells = list(_visible(actor, filters).values("department", "channel").annotate(**_sums()).order_by())
    return Overview(
        total=Row("合计", _merge(cells)),
        departments=_regroup(cells, "department"),
        channels=_regroup(cells, "channel"),
        trend=trend(actor, filters),
    )


def trend(actor: Actor, filters: Filters) -> list[Row]:
    """时间趋势：不超过 31 天按日，不超过半年按周，更长按月；没有办件的格补零。键是每格的第一天。

    库里只按日分组，周与月在内存里合：SQLite 上按月截断要逐行回调，百万件时慢一个数量级。
    """
    unit = rules.unit(filters.first, filters.last)
    buckets: dict[date, list[Mapping[str, Any]]] = {start: [] for start in rules.buckets(filters.first, filters.last, unit)}
    days: Iterable[Mapping[str, Any]] = _visible(actor, filters).values("day").annotate(**_sums()).order_by()
    for row in days:
        buckets[rules.bucket(row["day"], unit)].append(row)
    return [Row(start, _merge(rows)) for start, rows in buckets.items()]


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


def _merge(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    totals = dict.fromkeys(COUNTERS, 0)
    for row in rows:
        for name in COUNTERS:
            totals[name] += row[name]
    return totals


def _regroup(cells: Iterable[Mapping[str, Any]], column: str) -> list[Row]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for cell in cells:
        groups.setdefault(cell[column], []).append(cell)
    rows = [Row(key, _merge(members)) for key, members in groups.items()]
    return sorted((row for row in rows if row.busy), key=lambda row: (-row.counts["submitted"], row.key))


def _counts(queryset: QuerySet[DailyStat]) -> dict[str, int]:
    return queryset.aggregate(**_sums())
