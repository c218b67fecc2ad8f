"""时钟账本的读法：由段与日历推算各到期日。写账本在 `services.clockwork`。"""

from collections.abc import Iterable
from datetime import datetime, time

from django.utils import timezone

from shilong.foundation.calendar.rules import Calendar, Unit, effective_start
from shilong.service.cases.models import Case, ClockSegment
from shilong.service.cases.rules import State, clocks
from shilong.service.cases.rules.clocks import HANDLING_KINDS, Kind, Mode, Segment

Limit = tuple[int, Unit]

_COLUMNS = {Kind.NOTICE: "notice_due", Kind.PROMISE: "promise_due", Kind.LEGAL: "legal_due", Kind.DELIVERY: "delivery_due"}


def limit(case: Case, kind: Kind) -> Limit | None:
    """某只钟的总量与单位；没有法定时限的事项没有法定钟。延长的天数按工作日加在两只办理钟上。"""
    if kind is Kind.NOTICE:
        return clocks.NOTICE_DAYS, Unit.WORKDAY
    if kind is Kind.DELIVERY:
        return clocks.DELIVERY_DAYS, Unit.WORKDAY
    raw = case.policy.get(kind.value)
    return (int(raw[0]), Unit(str(raw[1]))) if raw else None


def total(case: Case, kind: Kind) -> Limit | None:
    """含延长的总量。"""
    found = limit(case, kind)
    if found is None or kind not in HANDLING_KINDS:
        return found
    return found[0] + case.extended_days, found[1]


def as_segments(rows: Iterable[ClockSegment]) -> list[Segment]:
    """表行变成纯数据。"""
    return [Segment(Kind(row.kind), Mode(row.mode), row.started_at, row.ended_at) for row in rows]


def start_moment(moment: datetime, calendar: Calendar) -> datetime:
    """起算时刻：休假日收到的视为下一个工作日收到（standards §2.5-7）。"""
    day = effective_start(moment, calendar)
    if day == clocks.local_day(moment):
        return moment
    return timezone.make_aware(datetime.combine(day, time.min))


def dues(case: Case, rows: Iterable[ClockSegment], now: datetime, calendar: Calendar, state: str) -> dict[str, datetime | None]:
    """各到期日列应有的值。停表期间为空：不知道哪天恢复，就不显示一个会变的日子。"""
    segments = as_segments(rows)
    today = clocks.local_day(now)
    result: dict[str, datetime | None] = {}
    for kind, column in _COLUMNS.items():
        bound = total(case, kind)
        paused = any(s.kind == kind and s.mode == Mode.PAUSE and s.ended is None for s in segments)
        result[column] = None if bound is None or paused else clocks.due(segments, kind, *bound, calendar, today=today)
    result["due_at"] = current(case, state, result)
    return result


def current(case: Case, state: str, due: dict[str, datetime | None]) -> datetime | None:
    """当前环节看哪只钟。"""
    if state in (State.SUBMITTED, State.RECEIVED):
        return due["notice_due"]
    if state in (State.ACCEPTED, State.REVIEWING, State.SPECIAL, State.SUSPENDED):
        return due["promise_due"] or due["legal_due"]
    if state in (State.GRANTED, State.DENIED):
        return due["delivery_due"]
    return case.answer_due if state == State.SUPPLEMENTING else None
