"""一件事统计：母件自己的口径。办件量、时限等仍以子件计入各部门统计，母件不另计办件数，不会重复。"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Avg, Count, Q
from django.utils import timezone

from shilong.foundation.calendar import services as calendars
from shilong.identity.roles.actor import Actor, require
from shilong.service.joint import permissions
from shilong.service.joint.models import Bundle, Member

BATCH = 2000


@dataclass(frozen=True, slots=True)
class StatsRow:
    """一个主题（或合计）的数字。"""

    code: str
    name: str
    submitted: int
    members: int
    finished: int
    partial: int
    on_time: int
    days: float | None
    score: float | None

    @property
    def on_time_rate(self) -> float | None:
        return round(100 * self.on_time / self.finished, 1) if self.finished else None


@dataclass(frozen=True, slots=True)
class StatsView:
    """统计页。`saved` 是比逐件申请少跑的次数：每个母件省下（子件数 − 1）次。"""

    total: StatsRow
    rows: list[StatsRow]
    saved: int


def stats(actor: Actor, first: date, last: date) -> StatsView:
    """某段时间提交的母件，按主题。部门人员只看有本部门子件的。异常：NotAllowed。"""
    require(actor, *permissions.WATCHERS)
    rows = permissions.watched(actor).filter(submitted_at__date__gte=first, submitted_at__date__lte=last)
    groups = (
        rows.order_by()
        .values("theme_code", "theme_name")
        .annotate(
            submitted=Count("pk"),
            finished=Count("pk", filter=Q(state=Bundle.State.FINISHED)),
            partial=Count("pk", filter=Q(state__in=[Bundle.State.PARTIAL, Bundle.State.CLOSED])),
            score_=Avg("score"),
        )
    )
    members = dict(Member.objects.filter(bundle__in=rows).order_by().values_list("bundle__theme_code").annotate(n=Count("pk")))
    used = _used(rows)
    found = [_row(dict(group), members, used) for group in groups]
    found.sort(key=lambda row: -row.submitted)
    total = _total(found, rows)
    return StatsView(total, found, total.members - total.submitted)


def _used(rows: Any) -> dict[str, list[tuple[int, int]]]:
    """全部办结的母件：主题 → [(用时工作日, 承诺)]。从首件受理起算。"""
    calendar = calendars.load()
    found: dict[str, list[tuple[int, int]]] = {}
    done = rows.filter(state=Bundle.State.FINISHED, accepted_at__isnull=False)
    for code, start, end, promise in done.values_list("theme_code", "accepted_at", "finished_at", "promise_days")[:BATCH]:
        days = calendar.workdays_between(timezone.localdate(start), timezone.localdate(end))
        found.setdefault(code, []).append((days, promise))
    return found


def _row(group: dict[str, Any], members: dict[str, int], used: dict[str, list[tuple[int, int]]]) -> StatsRow:
    code = group["theme_code"]
    days = used.get(code, [])
    return StatsRow(
        code=code,
        name=group["theme_name"],
        submitted=group["submitted"],
        members=members.get(code, 0),
        finished=group["finished"],
        partial=group["partial"],
        on_time=sum(spent <= promise for spent, promise in days),
        days=round(sum(spent for spent, _ in days) / len(days), 1) if days else None,
        score=round(group["score_"], 2) if group["score_"] else None,
    )


def _total(rows: list[StatsRow], bundles: Any) -> StatsRow:
    timed = [row for row in rows if row.days is not None]
    finished = sum(row.finished for row in timed)
    score = bundles.aggregate(value=Avg("score"))["value"]
    return StatsRow(
        code="",
        name="合计",
        submitted=sum(row.submitted for row in rows),
        members=sum(row.members for row in rows),
        finished=sum(row.finished for row in rows),
        partial=sum(row.partial for row in rows),
        on_time=sum(row.on_time for row in rows),
        days=round(sum((row.days or 0) * row.finished for row in timed) / finished, 1) if finished else None,
        score=round(score, 2) if score else None,
    )
