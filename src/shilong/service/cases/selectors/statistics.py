"""给统计用的事实：每条计数的履历一条，含决定时的用时。统计模块不碰办件表。

同一条履历无论何时去取，得到的事实都一样——增量与重建因此必然相等。会被事后更正改变的只有渠道，
所以更正过的办件按履历重放出“当时的渠道”，而更正那一条给出“从旧渠道挪到新渠道”的一减一加。
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from shilong.foundation.calendar import services as calendars
from shilong.foundation.calendar.rules import Calendar, Unit
from shilong.service.cases import ledger
from shilong.service.cases.models import Case, CaseEvent, ClockSegment
from shilong.service.cases.rules import Action, clocks
from shilong.service.cases.rules.clocks import Kind

CHUNK = 2000
COUNTED = (
    Action.SUBMIT,
    Action.ACCEPT,
    Action.AUTO_ACCEPT,
    Action.REJECT,
    Action.SUPPLEMENT,
    Action.WITHDRAW,
    Action.TERMINATE,
    Action.LAPSE,
    Action.DECIDE,
    Action.DELIVER,
    Action.CORRECT,
)
_CASE_FIELDS = (
    *("department", "item_code", "channel", "project_type", "policy", "extended_days"),
    *("result", "decided_at", "legal_due", "corrected"),
)
_Channels = dict[int, list[tuple[int, str, str]]]


@dataclass(frozen=True, slots=True)
class CountedEvent:
    """一条可计数的履历。`used`、`promised`、`legal` 只在决定时有，单位同各钟（多为工作日）；`sign` 为 -1 表示从这里减去。"""

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
    sign: int = 1


def last_event() -> int:
    """当前最大的履历编号，保证返回时不大于它的都已提交。

    PostgreSQL 上编号先后与提交先后不一致，短暂取一下共享锁等在途的写完，随即回滚到保存点放掉锁，
    不让办件跟着统计一起等；SQLite 只有一个写者，不需要。
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {connection.ops.quote_name(CaseEvent._meta.db_table)} IN SHARE MODE")
        last = CaseEvent.objects.aggregate(last=Max("pk"))["last"] or 0
        transaction.set_rollback(True)
    return int(last)


def facts(after: int, until: int) -> Iterator[CountedEvent]:
    """编号在 (after, until] 的履历，按编号。分块取，内存不随总量增长。"""
    calendar = calendars.load()
    while after < until:
        rows = list(_rows().filter(pk__gt=after, pk__lte=until, action__in=COUNTED).order_by("pk")[:CHUNK])
        if not rows:
            return
        yield from _facts(rows, calendar)
        after = rows[-1].pk


def facts_of(event_id: int) -> list[CountedEvent]:
    """一条履历的事实；不计数的履历得到空列表。"""
    return list(facts(event_id - 1, event_id))


def _rows() -> QuerySet[CaseEvent]:
    fields = ("pk", "seq", "action", "at", "case_id", *(f"case__{name}" for name in _CASE_FIELDS))
    return CaseEvent.objects.select_related("case").only(*fields)


def _facts(rows: list[CaseEvent], calendar: Calendar) -> Iterator[CountedEvent]:
    segments = _segments(row.case_id for row in rows if row.action == Action.DECIDE)
    channels = _channels(row.case_id for row in rows if row.case.corrected)
    for row in rows:
        if row.action == Action.CORRECT:
            yield from _moved(row, channels.get(row.case_id, []), calendar)
        else:
            fact = _fact(row, segments.get(row.case_id, []), calendar)
            yield replace(fact, channel=_channel_at(channels[row.case_id], row.seq)) if row.case_id in channels else fact


def _channels(case_ids: Iterable[int]) -> _Channels:
    """更正过的办件：渠道在第几条履历从什么变成什么。"""
    found: _Channels = {}
    history = CaseEvent.objects.filter(case_id__in=set(case_ids), action=Action.CORRECT)
    for case_id, seq, data in history.order_by("case_id", "seq").values_list("case_id", "seq", "data"):
        if "channel" in data:
            found.setdefault(case_id, []).append((seq, *data["channel"]))
    return found


def _channel_at(history: list[tuple[int, str, str]], seq: int) -> str:
    """第 `seq` 条履历那时的渠道：最近一次更正后的，之前没有更正就是第一次更正前的。"""
    past = [after for at, _, after in history if at <= seq]
    return past[-1] if past else history[0][1]


def _moved(row: CaseEvent, history: list[tuple[int, str, str]], calendar: Calendar) -> Iterator[CountedEvent]:
    """更正了渠道：此前各条从旧渠道减去，加到新渠道，仍记在各自发生的那一天。"""
    if not history:
        return
    old, new = _channel_at(history, row.seq - 1), _channel_at(history, row.seq)
    if old == new:
        return
    earlier = _rows().filter(case_id=row.case_id, seq__lt=row.seq, action__in=COUNTED).exclude(action=Action.CORRECT)
    segments = _segments([row.case_id])
    for one in earlier.order_by("seq"):
        fact = replace(_fact(one, segments.get(row.case_id, []), calendar), event_id=row.pk)
        yield replace(fact, channel=old, sign=-1)
        yield replace(fact, channel=new)


def _segments(case_ids: Iterable[int]) -> dict[int, list[ClockSegment]]:
    found: dict[int, list[ClockSegment]] = {}
    for row in ClockSegment.objects.filter(case_id__in=set(case_ids)).order_by("pk"):
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
