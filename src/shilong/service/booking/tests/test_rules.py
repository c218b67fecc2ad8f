"""预约规则：号源排布、状态机、限期与爽约。"""

from datetime import date, datetime, time

import pytest

from shilong.foundation.calendar.rules import ZONE, Calendar
from shilong.service.booking.rules import (
    Action,
    Limits,
    NotPossible,
    Shut,
    State,
    Template,
    blocked_until,
    last_day,
    may_check_in,
    move,
    plan,
)

pytestmark = pytest.mark.req("W01")
CALENDAR = Calendar({date(2026, 10, 1): False, date(2026, 10, 10): True}, frozenset({2026}))
MORNING = Template(1, "general", time(9), time(12), 60, 4)
AFTERNOON = Template(2, "general", time(14), time(15, 30), 60, 3)
WEDNESDAY = date(2026, 11, 25)


def at(day, clock):
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


@pytest.mark.parametrize(
    ("day", "templates", "starts"),
    [
        (WEDNESDAY, [MORNING], ["09:00", "10:00", "11:00"]),
        (WEDNESDAY, [MORNING, AFTERNOON], ["09:00", "10:00", "11:00", "14:00"]),  # 午休不放；末尾不足一段不放
        (date(2026, 11, 28), [MORNING], []),  # 周六
        (date(2026, 10, 1), [MORNING], []),  # 国庆
        (date(2026, 10, 10), [MORNING], ["09:00", "10:00", "11:00"]),  # 周六调休上班
        (WEDNESDAY, [Template(3, "general", time(9), time(10), 60, 4, weekdays="1")], []),  # 只在周一放
        (WEDNESDAY, [Template(4, "general", time(9), time(10), 60, 4, valid_from=date(2026, 12, 1))], []),  # 还没起用
        (WEDNESDAY, [Template(5, "general", time(9), time(10), 60, 4, valid_until=date(2026, 11, 1))], []),  # 已停用
    ],
)
def test_planned_slots(day, templates, starts):
    assert [f"{row.start:%H:%M}" for row in plan(day, templates, CALENDAR)] == starts


def test_same_slot_from_two_templates_adds_up():
    assert [row.capacity for row in plan(WEDNESDAY, [MORNING, Template(9, "general", time(9), time(10), 60, 2)], CALENDAR)] == [6, 4, 4]


@pytest.mark.parametrize(
    ("start", "end", "shut"),
    [
        ("09:00", "10:00", ["停电", "", ""]),
        ("09:30", "10:30", ["停电", "停电", ""]),  # 碰到一点就停
        ("12:00", "13:00", ["", "", ""]),
        ("00:00", "23:59", ["停电", "停电", "停电"]),
    ],
)
def test_closures(start, end, shut):
    closures = [
        Shut("general", at(WEDNESDAY, start), at(WEDNESDAY, end), "停电"),
        Shut("other", at(WEDNESDAY, "00:00"), at(WEDNESDAY, "23:00"), "别处"),
    ]
    assert [row.shut for row in plan(WEDNESDAY, [MORNING], CALENDAR, closures)] == shut


def test_how_far_ahead():
    assert last_day(date(2026, 9, 30), Limits(days_ahead=2), CALENDAR) == date(2026, 10, 5)


@pytest.mark.parametrize(("now", "expected"), [("07:59", -1), ("08:00", 0), ("09:45", 0), ("09:46", 1)])
def test_when_to_check_in(now, expected):
    limits = Limits(early_minutes=60, late_minutes=15)
    assert may_check_in(at(WEDNESDAY, "09:00"), at(WEDNESDAY, "09:30"), at(WEDNESDAY, now), limits) == expected


@pytest.mark.parametrize(
    ("missed", "until"),
    [
        ([], None),
        (["2026-11-01", "2026-11-02"], None),
        (["2026-11-01", "2026-11-02", "2026-11-03"], date(2026, 12, 25)),
        (["2026-08-01", "2026-11-02", "2026-11-03"], None),  # 八月的早过了计数期
    ],
)
def test_restriction_after_no_shows(missed, until):
    assert blocked_until([date.fromisoformat(day) for day in missed], WEDNESDAY, Limits()) == until


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (State.ARRIVED, Action.CANCELLED),
        (State.CANCELLED, Action.ARRIVED),
        (State.SUSPENDED, Action.ARRIVED),
        (State.MISSED, Action.CHANGED),
        (State.BOOKED, Action.RESTORED),
        (State.SUSPENDED, Action.MISSED),
    ],
)
def test_moves_not_allowed(state, action):
    with pytest.raises(NotPossible):
        move(state, action)
