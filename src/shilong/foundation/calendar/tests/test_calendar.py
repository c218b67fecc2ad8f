"""时限：法条例子、年度播种与导入。"""

from datetime import date, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shilong.foundation.calendar import rules, selectors, services
from shilong.foundation.calendar.rules import ZONE, Calendar, Unit
from shilong.foundation.refusals import Invalid

pytestmark = pytest.mark.req("P02")
ADMIN = SimpleNamespace(account_id=1, name="系统管理员", ip="")
OFF = [date(2026, 10, day) for day in (1, 2, 5, 6, 7)]
NATIONAL_DAY = Calendar({**dict.fromkeys(OFF, False), date(2026, 9, 20): True, date(2026, 10, 10): True}, frozenset({2026}))


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "last"),
    [
        ("2026-09-28", 0, Unit.WORKDAY, "2026-09-28"),  # 当场
        ("2026-09-28", 2, Unit.WORKDAY, "2026-09-30"),  # 开始当日不计（民法典第二百零一条）
        ("2026-09-28", 3, Unit.WORKDAY, "2026-10-08"),  # 跨国庆
        ("2026-09-28", 5, Unit.WORKDAY, "2026-10-10"),  # 周六调休上班
        ("2026-09-28", 3, Unit.DAY, "2026-10-08"),  # 末日 10 月 1 日放假，顺延（第二百零三条）
        ("2026-10-08", 2, Unit.DAY, "2026-10-10"),  # 末日周六但调休上班，不顺延
        ("2026-10-30", 1, Unit.MONTH, "2026-11-30"),
        ("2026-08-31", 1, Unit.MONTH, "2026-09-30"),  # 无对应日取月末（第二百零二条）
        ("2027-12-31", 2, Unit.MONTH, "2028-02-29"),  # 闰年月末
        ("2026-11-30", 3, Unit.MONTH, "2027-03-01"),  # 2 月 28 日是周日，顺延
    ],
)
def test_due(start, amount, unit, last):
    at = rules.due(d(start), amount, unit, NATIONAL_DAY)
    assert (at.date(), at.strftime("%H:%M:%S"), at.utcoffset().total_seconds()) == (d(last), "23:59:59", 8 * 3600)


@pytest.mark.parametrize(
    ("at", "day"),
    [("2026-09-30 10:00", "2026-09-30"), ("2026-10-01 10:00", "2026-10-08"), ("2026-10-10 10:00", "2026-10-10")],
)
def test_received_on_a_holiday_counts_from_the_next_workday(at, day):
    assert rules.effective_start(datetime.fromisoformat(at).replace(tzinfo=ZONE), NATIONAL_DAY) == d(day)


@given(st.dates(date(2026, 8, 1), date(2026, 12, 1)), st.integers(0, 60))
def test_adding_and_counting_agree(start, count):
    assert NATIONAL_DAY.workdays_between(start, NATIONAL_DAY.add_workdays(start, count)) == count


@pytest.mark.django_db
def test_seed_is_official_until_the_published_year_and_provisional_after():
    services.seed(2026, 2027)
    calendar = services.load()
    assert not calendar.is_workday(d("2026-10-01"))
    assert calendar.is_workday(d("2026-10-10"))
    assert not calendar.is_provisional(d("2026-10-01"))
    assert calendar.is_provisional(d("2027-10-01"))
    assert services.seed(2026, 2027) == 0


@pytest.mark.django_db
def test_import_replaces_the_year_and_takes_effect(monkeypatch):
    emitted = []
    monkeypatch.setattr(services.events, "emit", lambda topic, **payload: emitted.append((topic, payload["year"])))
    services.seed(2027, 2027)
    services.load()
    days = [(date(2027, 10, day), False, "国庆节") for day in range(1, 15)]
    assert services.import_year(2027, days, actor=ADMIN) == 14
    assert not services.load().is_workday(d("2027-10-01"))
    assert not services.load().is_provisional(d("2027-10-01"))
    assert emitted == [("calendar.changed", 2027)]
    assert selectors.year_view(2027).official


@pytest.mark.django_db
@pytest.mark.parametrize("days", [[], [(date(2026, 1, 1), False, "元旦")] * 13, [(date(2027, 1, 1), False, "元旦")]])
def test_a_bad_import_changes_nothing(days):
    with pytest.raises(Invalid):
        services.import_year(2027, days, actor=ADMIN)
    assert selectors.year_view(2027) is None
