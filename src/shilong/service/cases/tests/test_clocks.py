"""时钟：运行段并集减停表段并集，到期日由日历算。"""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shilong.foundation.calendar.rules import Calendar, Unit
from shilong.service.cases.rules import clocks
from shilong.service.cases.rules.clocks import Kind, Mode, Segment

pytestmark = pytest.mark.req("P02")

# 2026 年国庆：10 月 1–7 日放假，9 月 20 日、10 月 10 日（周末）上班
HOLIDAY = {date(2026, 10, d): False for d in range(1, 8)} | {date(2026, 10, 10): True, date(2026, 9, 20): True}
CALENDAR = Calendar(HOLIDAY)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T02:00:00+00:00")  # 上海上午十点


def run(start: str, end: str | None = None, kind: Kind = Kind.PROMISE) -> Segment:
    return Segment(kind, Mode.RUN, at(start), at(end) if end else None)


def pause(start: str, end: str | None = None) -> Segment:
    return Segment(Kind.PROMISE, Mode.PAUSE, at(start), at(end) if end else None)


@pytest.mark.parametrize(
    ("segments", "now", "used"),
    [
        ([run("2026-09-28")], "2026-09-28", 0),  # 开始当日不计
        ([run("2026-09-28")], "2026-09-30", 2),
        ([run("2026-09-28")], "2026-10-10", 5),  # 国庆休七天，10 月 10 日（周六）调休上班
        ([run("2026-09-28"), pause("2026-09-29", "2026-10-12")], "2026-10-13", 2),  # 停表当日计、恢复当日不计
        ([run("2026-09-28"), pause("2026-09-29")], "2026-11-30", 1),  # 还停着
        ([run("2026-09-28"), pause("2026-09-29", "2026-10-09"), pause("2026-10-08", "2026-10-12")], "2026-10-13", 2),  # 交叠的停表只扣一次
        ([run("2026-09-28", "2026-09-30")], "2026-12-31", 2),  # 停下之后不再走
        ([run("2026-09-28"), pause("2026-09-29", "2026-09-29")], "2026-09-30", 2),  # 当日起停不扣
        ([run("2026-09-28", "2026-09-29"), run("2026-10-08", "2026-10-09")], "2026-12-31", 2),
        ([], "2026-09-30", 0),
    ],
)
def test_working_days_used(segments, now, used):
    assert clocks.used(segments, Kind.PROMISE, Unit.WORKDAY, at(now), CALENDAR) == used


@pytest.mark.parametrize(
    ("segments", "total", "unit", "due"),
    [
        ([run("2026-09-28")], 5, Unit.WORKDAY, date(2026, 10, 10)),
        ([run("2026-09-28")], 0, Unit.WORKDAY, date(2026, 9, 28)),  # 即办件当日
        ([run("2026-09-28"), pause("2026-09-29", "2026-10-12")], 5, Unit.WORKDAY, date(2026, 10, 16)),
        ([run("2026-09-28")], 5, Unit.DAY, date(2026, 10, 8)),  # 末日遇休假顺延
        ([run("2026-08-31")], 1, Unit.MONTH, date(2026, 9, 30)),  # 无对应日取月末
        ([run("2026-08-31"), pause("2026-09-01", "2026-09-04")], 1, Unit.MONTH, date(2026, 10, 8)),
        ([], 5, Unit.WORKDAY, None),
    ],
)
def test_due(segments, total, unit, due):
    found = clocks.due(segments, Kind.PROMISE, total, unit, CALENDAR, today=date(2026, 12, 1))
    assert (clocks.local_day(found) if found else None) == due


def test_a_pause_after_the_deadline_does_not_rescue_it():
    segments = [run("2026-09-21"), pause("2026-10-20", "2026-11-20")]
    found = clocks.due(segments, Kind.PROMISE, 5, Unit.WORKDAY, CALENDAR, today=date(2026, 12, 1))
    assert clocks.local_day(found) == date(2026, 9, 28)


def test_restarted_notice_clock_counts_from_the_last_start():
    segments = [run("2026-09-07", "2026-09-08", Kind.NOTICE), run("2026-09-28", None, Kind.NOTICE)]
    found = clocks.due(segments, Kind.NOTICE, 5, Unit.WORKDAY, CALENDAR, today=date(2026, 9, 28))
    assert clocks.local_day(found) == date(2026, 10, 10)


@pytest.mark.parametrize(("left", "total", "tone"), [(-1, 5, "r"), (0, 5, "o"), (1, 20, "o"), (4, 20, "o"), (5, 20, "g")])
def test_tone(left, total, tone):
    assert clocks.tone(left, total) == tone


days = st.integers(0, 200).map(lambda n: datetime(2026, 6, 1, 2, tzinfo=UTC) + timedelta(days=n))


@given(start=days, pauses=st.lists(st.tuples(days, st.integers(0, 30)), max_size=4), total=st.integers(0, 60))
def test_used_reaches_the_total_exactly_on_the_due_day(start, pauses, total):
    segments = [Segment(Kind.PROMISE, Mode.RUN, start)]
    segments += [Segment(Kind.PROMISE, Mode.PAUSE, max(start, a), max(start, a) + timedelta(days=n)) for a, n in pauses]
    due = clocks.due(segments, Kind.PROMISE, total, Unit.WORKDAY, CALENDAR, today=date(2027, 6, 1))
    assert due is not None
    assert clocks.used(segments, Kind.PROMISE, Unit.WORKDAY, due, CALENDAR) == total


@given(
    running=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).filter(lambda s: s[0] < s[1]), max_size=5),
    paused=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).filter(lambda s: s[0] < s[1]), max_size=5),
)
def test_union_and_subtract_agree_with_plain_sets(running, paused):
    def points(spans):
        return {n for a, b in spans for n in range(a + 1, b + 1)}

    left = clocks.subtract(clocks.union(sorted(running)), clocks.union(sorted(paused)))
    assert points(left) == points(running) - points(paused)
