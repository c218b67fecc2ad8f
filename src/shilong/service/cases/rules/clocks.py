"""时钟：运行段并集减停表段并集，到期日由工作日历算。开始的当日不计入（民法典第二百零一条）。

四种钟：告知（5 个工作日，行政许可法第三十二条）、承诺、法定（第四十二条）、送达（10 个工作日，第四十四条）。
一段记作 (起日, 止日]：起日当天不算，止日当天算；停表段同样读法，因此停表当天仍计入办理用时（从严）。
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.utils import timezone

from shilong.foundation.calendar.rules import Calendar, Unit
from shilong.foundation.calendar.rules import due as due_at

NOTICE_DAYS = 5  # 行政许可法第三十二条第一款第四项
DELIVERY_DAYS = 10  # 行政许可法第四十四条
DEFAULT_LEGAL_DAYS = 20  # 行政许可法第四十二条：单行法没有另行规定时
EXTENSION_DAYS = 10  # 行政许可法第四十二条
LATE_DAYS = 5  # 容缺补齐期限默认值（standards §11.3，PD）
CORRECTION_DAYS = 15  # 补正答复期限默认值（PD，告知书载明）
CHECK_DAYS = 60  # 告知承诺事后核查期（自然日，PD）
END_OF_DAY = time(23, 59, 59)


class Kind(StrEnum):
    """钟的种类。"""

    NOTICE = "notice"
    PROMISE = "promise"
    LEGAL = "legal"
    DELIVERY = "delivery"


KIND_NAMES = {Kind.NOTICE: "告知时限", Kind.PROMISE: "承诺时限", Kind.LEGAL: "法定时限", Kind.DELIVERY: "送达时限"}
HANDLING_KINDS = (Kind.PROMISE, Kind.LEGAL)


class Mode(StrEnum):
    """账本里一段的性质。"""

    RUN = "run"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Segment:
    """账本里的一段。`ended` 为 None 表示还在走。"""

    kind: Kind
    mode: Mode
    started: datetime
    ended: datetime | None = None


Span = tuple[date, date]  # (起日, 止日]


def local_day(moment: datetime) -> date:
    """时刻所在的上海日期。"""
    return timezone.localtime(moment).date()


def spans(segments: Iterable[Segment], kind: Kind, mode: Mode, today: date) -> list[Span]:
    """某只钟某种性质的段，合并成互不重叠的日期区间。"""
    raw = sorted(
        (local_day(s.started), local_day(s.ended) if s.ended else max(today, local_day(s.started)))
        for s in segments
        if s.kind == kind and s.mode == mode
    )
    return union(raw)


def union(raw: Iterable[Span]) -> list[Span]:
    """区间并集；输入须按起日排序。"""
    merged: list[Span] = []
    for start, end in raw:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def subtract(running: Sequence[Span], paused: Sequence[Span]) -> list[Span]:
    """运行段减停表段。两边都须是互不重叠、已排序的区间。"""
    rest = list(running)
    for start, end in paused:
        rest = [piece for left, right in rest for piece in ((left, min(right, start)), (max(left, end), right)) if piece[0] < piece[1]]
    return rest


def _length(pieces: Iterable[Span], unit: Unit, calendar: Calendar) -> int:
    if unit is Unit.WORKDAY:
        return sum(calendar.workdays_between(start, end) for start, end in pieces)
    return sum((end - start).days for start, end in pieces)


def used(segments: Sequence[Segment], kind: Kind, unit: Unit, now: datetime, calendar: Calendar) -> int:
    """已用时间：工作日钟数工作日，自然日与月的钟数自然日。"""
    today = local_day(now)
    running = spans(segments, kind, Mode.RUN, today)
    return _length(subtract(running, spans(segments, kind, Mode.PAUSE, today)), unit, calendar)


def started(segments: Sequence[Segment], kind: Kind) -> datetime | None:
    """这只钟最近一次起走的时刻：补正后告知钟重新起算，取最后一段。"""
    starts = [s.started for s in segments if s.kind == kind and s.mode == Mode.RUN]
    return max(starts) if starts else None


def due(segments: Sequence[Segment], kind: Kind, total: int, unit: Unit, calendar: Calendar, *, today: date) -> datetime | None:
    """到期时刻（当日 23:59:59）。钟没起走返回 None。停表中的按“今天恢复”推算，恢复后自然定下来。"""
    start_at = started(segments, kind)
    if start_at is None:
        return None
    start = local_day(start_at)
    paused = spans(segments, kind, Mode.PAUSE, today)
    extra = 0
    while True:
        result = _advance(start, total, extra, unit, calendar)
        held = _length([(a, min(b, local_day(result))) for a, b in paused if a < local_day(result)], unit, calendar)
        if held == extra:
            return result
        extra = held


def _advance(start: date, total: int, extra: int, unit: Unit, calendar: Calendar) -> datetime:
    """起日加法定量，再加停表占去的天数。月的对应日先算，停表天数加在其后。"""
    if unit is not Unit.MONTH or not extra:
        return due_at(start, total + extra, unit, calendar)
    end = local_day(due_at(start, total, unit, calendar)) + timedelta(days=extra)
    return timezone.make_aware(datetime.combine(calendar.roll(end), END_OF_DAY))


def days_left(deadline: datetime, now: datetime, calendar: Calendar) -> int:
    """距到期还有几个工作日；当日到期为 0，超期为负。"""
    today, last = local_day(now), local_day(deadline)
    if now > deadline:
        return -max(1, calendar.workdays_between(last, today))
    return calendar.workdays_between(today, last)


def tone(left: int, total: int) -> str:
    """颜色：r 超期，o 剩余不足两成或只剩一天，g 充裕（standards §2.8 W1/Y1/R1）。"""
    if left < 0:
        return "r"
    return "o" if left <= 1 or (total and left / total <= 0.2) else "g"
