"""成绩看板：只读汇总表 `Tally`，百万评价时也只扫几万行。"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from shilong.foundation.codes.tables import RATING_TAG
from shilong.foundation.days import day_end, day_start
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, require
from shilong.service.catalog import selectors as catalog
from shilong.service.insight.rules import rate
from shilong.service.ratings import permissions
from shilong.service.ratings.models import Tally, Terminal
from shilong.service.ratings.rules import alarms, indicators
from shilong.service.ratings.rules.indicators import COLUMNS, Handling, Scores, Suggestion
from shilong.service.ratings.rules.tickets import ACCEPTED, Stage
from shilong.service.ratings.selectors.rows import channel_name, node_name
from shilong.service.ratings.services import policies

FACETS = {"item": "事项", "department": "部门", "window": "窗口", "staff": "人员", "tag": "标签", "hour": "时段"}
EVERY = 10_000  # 事项名取全部，目录在内存里
MONTHS_AFTER = 62  # 天；区间长过它就按月画趋势


@dataclass(frozen=True, slots=True)
class Period:
    """统计区间（服务发生的日期，含两端）与部门；部门空为能看的全部。"""

    first: date
    last: date
    department: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """排行或趋势的一行。"""

    key: str
    name: str
    scores: Scores


@dataclass(frozen=True, slots=True)
class Coverage:
    """覆盖率：有评价入口的事项、窗口 ÷ 全部。"""

    items: int
    items_all: int
    windows: int
    windows_all: int

    @property
    def item_rate(self) -> float | None:
        """事项覆盖率，百分数。"""
        return rate(self.items, self.items_all)

    @property
    def window_rate(self) -> float | None:
        """窗口覆盖率，百分数。"""
        return rate(self.windows, self.windows_all)


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """一条预警，给人看。"""

    facet: str
    facet_name: str
    name: str
    alarm: alarms.Alarm


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """一条建议，给人看。"""

    item_name: str
    tag_name: str
    suggestion: Suggestion


def total(actor: Actor, period: Period) -> Scores:
    """合计。异常：NotSignedIn、NotAllowed。"""
    return Scores(_rows(actor, period, "all").aggregate(**_sums()))


def breakdown(actor: Actor, period: Period, by: str) -> list[Line]:
    """按部门、事项、窗口、人员、渠道、环节分组；评价多的在前。"""
    facet, column = {"department": ("all", "department"), "item": ("all", "item_code")}.get(by, (by, "key"))
    found = list(_rows(actor, period, facet).values(column).annotate(**_sums()).order_by())
    names = _namer(by, [str(one[column]) for one in found])
    lines = [Line(str(one[column]), names.get(str(one[column]), str(one[column])), Scores(one)) for one in found]
    return sorted((one for one in lines if one.scores.due or one.scores.active), key=lambda one: (-one.scores.due, one.key))


def trend(actor: Actor, period: Period) -> list[Line]:
    """趋势：短的按日，长的按月；没有评价的格补零。"""
    monthly = (period.last - period.first).days > MONTHS_AFTER
    buckets: dict[str, dict[str, int]] = {}
    day = period.first
    while day <= period.last:
        buckets.setdefault(_bucket(day, monthly), dict.fromkeys(COLUMNS, 0))
        day += timedelta(days=1)
    days: Iterable[Mapping[str, Any]] = _rows(actor, period, "all").values("day").annotate(**_sums()).order_by()
    for one in days:
        cell = buckets[_bucket(one["day"], monthly)]
        for name in COLUMNS:
            cell[name] += one[name]
    return [Line(key, key, Scores(cell)) for key, cell in buckets.items()]


def handling(actor: Actor, period: Period) -> Handling:
    """整改指标。应整改：进入过整改的；应回访：整改完的。"""
    require(actor, *permissions.WATCHERS)
    rows = permissions.visible_tickets(actor).filter(created_at__gte=day_start(period.first), created_at__lt=day_end(period.last))
    if period.department:
        rows = rows.filter(department=period.department)
    rectify = rows.filter(rectify_due__isnull=False)
    visit = rows.filter(rectified_at__isnull=False)
    return Handling(
        named=rows.count(),
        contacted_in_time=rows.filter(contacted_at__lte=F("contact_due")).count(),
        to_rectify=rectify.count(),
        rectified_in_time=rectify.filter(rectified_at__lte=F("rectify_due")).count(),
        to_visit=visit.count(),
        visited_well=visit.filter(visit__in=sorted(ACCEPTED)).count(),
    )


def coverage(actor: Actor) -> Coverage:
    """覆盖率。事项上线即可在网上评；窗口以登记了评价器的为准。"""
    require(actor, *permissions.WATCHERS)
    items = catalog.published(size=1).total
    windows = {row.window for row in organizations.all_staff() if row.window}
    equipped = set(Terminal.objects.filter(active=True).values_list("window", flat=True))
    return Coverage(items, items, len(windows & equipped), len(windows))


def alarm_rows(actor: Actor, *, today: date | None = None) -> list[AlarmRow]:
    """现在的预警：部门、事项、窗口、人员、标签、时段里差评异常上升的；方法见 `rules.alarms`。"""
    rules = policies.current()
    last = today or timezone.localdate()
    recent = last - timedelta(days=rules["alarm_days"] - 1)
    before = recent - timedelta(days=rules["alarm_days"] * alarms.BASELINE_TIMES)
    found: list[AlarmRow] = []
    for by, label in FACETS.items():
        facet, column = {"department": ("all", "department"), "item": ("all", "item_code")}.get(by, (by, "key"))
        rows = _rows(actor, Period(before, last), facet)
        windows = _tag_windows(actor, rows, recent, before, last) if by == "tag" else _windows(rows, column, recent)
        raised = alarms.find(windows, least=rules["alarm_least"])
        names = _namer(by, [one.key for one in raised])
        found += [AlarmRow(by, label, names.get(one.key, one.key), one) for one in raised]
    return sorted(found, key=lambda one: one.alarm.chance)


def suggestion_rows(actor: Actor, period: Period, limit: int = 10) -> list[SuggestionRow]:
    """提升建议：哪个事项的哪个标签把平均分拉低了多少。"""
    scores = {line.key: line.scores for line in breakdown(actor, period, "item")}
    columns = {"n": Sum(F("a1") + F("a2") + F("a3") + F("a4") + F("a5"), default=0), "lost": Sum("loss", default=0)}
    tags: Iterable[Mapping[str, Any]] = _rows(actor, period, "tag").values("item_code", "key").annotate(**columns).order_by()
    losses = {(one["item_code"], one["key"]): (one["n"], one["lost"]) for one in tags}
    found = [one for one in indicators.suggestions(scores, losses) if one.tag[0] in "12"][:limit]
    names = _namer("item", [one.item_code for one in found])
    return [SuggestionRow(names.get(one.item_code, one.item_code), RATING_TAG.label(one.tag), one) for one in found]


def overdue_count(actor: Actor) -> int:
    """超期没处理的工单数。"""
    now = timezone.now()
    late = Q(stage__in=[Stage.WAITING, Stage.CHECKING], contacted_at=None, contact_due__lt=now)
    return permissions.visible_tickets(actor).filter(late | Q(stage=Stage.RECTIFYING, rectify_due__lt=now)).count()


def _rows(actor: Actor, period: Period, facet: str) -> QuerySet[Tally]:
    require(actor, *permissions.WATCHERS)
    rows = Tally.objects.filter(facet=facet, day__range=(period.first, period.last))
    department = period.department if permissions.wide(actor) else actor.department
    return rows.filter(department=department) if department else rows


def _sums() -> dict[str, Sum]:
    return {name: Sum(name, default=0) for name in COLUMNS}


def _bucket(day: date, monthly: bool) -> str:
    return f"{day:%Y-%m}" if monthly else f"{day:%m-%d}"


def _windows(rows: QuerySet[Tally], column: str, recent: date) -> list[alarms.Window]:
    now, old = Q(day__gte=recent), Q(day__lt=recent)
    every, bad = F("a1") + F("a2") + F("a3") + F("a4") + F("a5"), F("a1") + F("a2")
    found = rows.values(column).annotate(
        total=Sum(every, filter=now, default=0),
        bad=Sum(bad, filter=now, default=0),
        before_total=Sum(every, filter=old, default=0),
        before_bad=Sum(bad, filter=old, default=0),
    )
    return [alarms.Window(str(one[column]), one["total"], one["bad"], one["before_total"], one["before_bad"]) for one in found.order_by()]


def _tag_windows(actor: Actor, rows: QuerySet[Tally], recent: date, before: date, last: date) -> list[alarms.Window]:
    """标签看的是“多少评价勾了它”：分母是全部主动评价，分子是勾了这个差评标签的。"""
    whole = total(actor, Period(recent, last)).active
    base = total(actor, Period(before, recent - timedelta(days=1))).active
    found = _windows(rows.filter(Q(key__startswith="1") | Q(key__startswith="2")), "key", recent)
    return [alarms.Window(one.key, whole, one.bad, base, one.before_bad) for one in found]


def _namer(by: str, keys: Iterable[str]) -> Mapping[str, str]:
    wanted = list(keys)
    if by == "department":
        return {row.key: row.short_name for row in organizations.departments(include_inactive=True)}
    if by == "item":
        return {"": "窗口服务（没有办件）", **{brief.code: brief.name for brief in catalog.published(size=EVERY).items}}
    if by == "staff":
        return {str(row.account_id): row.name for row in organizations.all_staff([int(key) for key in wanted if key.isdecimal()])}
    named: dict[str, Any] = {"pf": channel_name, "node": node_name, "tag": RATING_TAG.label, "hour": lambda key: f"{key}:00–{key}:59"}
    return {key: named[by](key) for key in wanted} if by in named else {}
