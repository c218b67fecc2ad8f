"""给统计用的事实：每条履历一条，含决定时的用时。统计模块不碰办件表。"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Max

from shilong.foundation.calendar import services as calendars
from shilong.foundation.calendar.rules import Calendar, Unit
from shilong.service.cases import ledger
from shilong.service.cases.models import Case, CaseEvent, ClockSegment
from shilong.service.cases.rules import Action, clocks
from shilong.service.cases.rules.clocks import Kind

CHUNK = 2000
_CASE_FIELDS = ("department", "item_code", "channel", "project_type", "policy", "extended_days", "result", "decided_at", "legal_due")


@dataclass(frozen=True, slots=True)
class CountedEvent:
    """一条可计数的履历。`used`、`promised`、`legal` 只在决定时有，单位同各钟（多为工作日）。"""

    event_id: int
    day: date
    department: str
    item_code: str
    channel: str
    action: str
    granted: bool = False
    instant: bool = False
    used: int = 0
    promised: int = 0
    legal_used: int = 0
    legal: int | None = None


def last_event() -> int:
    """当前最大的履历编号，保证返回时不大于它的都已提交。

    PostgreSQL 上编号先后与提交先后不一致，短暂取一下共享锁等在途的写完；SQLite 只有一个写者，不需要。
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {connection.ops.quote_name(CaseEvent._meta.db_table)} IN SHARE MODE")
        return CaseEvent.objects.aggregate(last=Max("pk"))["last"] or 0


def facts(after: int, until: int) -> Iterator[CountedEvent]:
    """编号在 (after, until] 的履历，按编号。分块取，内存不随总量增长。"""
    calendar = calendars.load()
    while after < until:
        rows = list(
            CaseEvent.objects.filter(pk__gt=after, pk__lte=until)
            .select_related("case")
            .only("pk", "action", "at", "case_id", *(f"case__{name}" for name in _CASE_FIELDS))
            .order_by("pk")[:CHUNK]
        )
        if not rows:
            return
        segments = _segments([row.case_id for row in rows if row.action == Action.DECIDE])
        for row in rows:
            yield _fact(row, segments.get(row.case_id, []), calendar)
        after = rows[-1].pk


def fact(event_id: int) -> CountedEvent | None:
    """一条履历；没有则为 None。"""
    return next(facts(event_id - 1, event_id), None)


def _segments(case_ids: list[int]) -> dict[int, list[ClockSegment]]:
    found: dict[int, list[ClockSegment]] = {}
    for row in ClockSegment.objects.filter(case_id__in=case_ids).order_by("pk"):
        found.setdefault(row.case_id, []).append(row)
    return found


def _fact(row: CaseEvent, rows: list[ClockSegment], calendar: Calendar) -> CountedEvent:
    case: Case = row.case
    basic = (row.pk, clocks.local_day(row.at), case.department, case.item_code, case.channel, row.action)
    if row.action != Action.DECIDE:
        return CountedEvent(*basic)
    segments = ledger.as_segments(rows)
    promise, legal = ledger.total(case, Kind.PROMISE), ledger.total(case, Kind.LEGAL)
    return CountedEvent(
        *basic,
        granted=case.result == "grant",
        instant=case.project_type == "1",
        used=clocks.used(segments, Kind.PROMISE, promise[1], row.at, calendar) if promise else 0,
        promised=promise[0] if promise else 0,
        legal_used=clocks.used(segments, Kind.LEGAL, legal[1], row.at, calendar) if legal else 0,
        legal=_whole(case, segments, legal),
    )


def _whole(case: Case, segments: list[clocks.Segment], bound: ledger.Limit | None) -> int | None:
    """法定时限的总量，与已用同单位：按月的钟数自然日，总量也折成自然日（到期日减起算日）。"""
    if bound is None:
        return None
    start = clocks.started(segments, Kind.LEGAL)
    if bound[1] is not Unit.MONTH or start is None or case.legal_due is None:
        return bound[0]
    return (clocks.local_day(case.legal_due) - clocks.local_day(start)).days
