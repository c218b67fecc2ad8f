"""增量与重建一致；重复投递不重；渠道更正后统计跟着挪。"""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from shilong.config.cli import main
from shilong.foundation.calendar.rules import ZONE
from shilong.foundation.events import dispatch
from shilong.foundation.events.models import Event
from shilong.foundation.events.registry import CONSUMERS
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.identity.roles.actor import ANONYMOUS
from shilong.service.cases import clock
from shilong.service.cases import services as cases
from shilong.service.cases.models import Case
from shilong.service.cases.testing import drive
from shilong.service.insight import consumers, selectors, services
from shilong.service.insight.models import DailyStat
from shilong.service.insight.rules import COUNTERS
from shilong.service.insight.selectors import Filters

pytestmark = [pytest.mark.django_db, pytest.mark.req("P04", "P02")]
TODAY = date(2026, 3, 2)
YEAR = Filters(date(2026, 1, 1), date(2026, 12, 31))


def snapshot():
    """汇总表里有数的格。"""
    rows = DailyStat.objects.values_list("day", "department", "item_code", "channel", *COUNTERS)
    return {row[:4]: row[4:] for row in rows if any(row[4:])}


def at(day, hour=10):
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


@pytest.fixture
def stories(world):
    """五件：准予、不予、不予受理、撤回、补正后受理；跨几天，消费者全部跑完。"""
    with clock.at(at(TODAY)):
        granted, denied, rejected, withdrawn, supplemented = (world.submit().case_no for _ in range(5))
        drive(granted, "accept")
        drive(denied, "accept")
        drive(rejected, "reject")
        drive(withdrawn, ("withdraw", {}, world.citizen))
        drive(supplemented, "supplement")
    with clock.at(at(TODAY + timedelta(days=2))):
        drive(granted, "review", "decide", "deliver")
        drive(denied, "review", ("decide", {"result": "deny", "opinion": "不符合条件", "reason": "不符合法定条件"}))
        drive(supplemented, ("resubmit", {"opinion": "已补正"}, world.citizen), "accept")
    run_pending()
    return granted


def test_incremental_equals_rebuild(stories):
    counted = snapshot()
    total = selectors.district_totals(YEAR.first, YEAR.last)
    assert (total.submitted, total.accepted, total.rejected, total.withdrawn, total.supplemented) == (5, 3, 1, 1, 1)
    assert (total.granted, total.denied, total.finished, total.delivered) == (1, 1, 2, 1)
    assert (total.on_time_rate, total.average_days) == (100.0, 2.0)
    assert services.rebuild() == 14
    assert snapshot() == counted
    services.rebuild()
    assert snapshot() == counted


def test_command_rebuilds(stories, capsys):
    counted = snapshot()
    DailyStat.objects.all().delete()
    assert main(["rebuild-stats"]) == 0
    assert "14 条" in capsys.readouterr().out
    assert snapshot() == counted


def test_counts_belong_to_the_day_it_happened(stories):
    days = {day: DailyStat.objects.get(day=day) for day in (TODAY, TODAY + timedelta(days=2))}
    assert (days[TODAY].submitted, days[TODAY].granted) == (5, 0)
    later = days[TODAY + timedelta(days=2)]
    assert (later.submitted, later.granted, later.accepted) == (0, 1, 1)


def test_redelivery_and_late_delivery_count_once(stories):
    counted = snapshot()
    job = CONSUMERS["insight.count"]
    for event in Event.objects.filter(topic__startswith="case."):
        if job.wants(event.topic):
            dispatch.consume(event.pk, "insight.count", consumers.count)
    assert snapshot() == counted
    services.rebuild()
    for event in Event.objects.filter(topic="case.submit"):  # 重建已算过的，回执丢了再来也不再加
        services.count_event(event.payload["event_id"])
    assert snapshot() == counted


def test_events_waiting_during_rebuild_are_not_counted_twice(world):
    with clock.at(at(TODAY)):
        drive(world.submit().case_no, "accept")
    services.rebuild()
    counted = snapshot()
    run_pending()
    assert snapshot() == counted
    assert selectors.district_totals(TODAY, TODAY).accepted == 1


@pytest.mark.parametrize("late", [False, True])
def test_channel_correction_moves_the_counts(world, late):
    with clock.at(at(TODAY)):
        no = world.submit().case_no
        drive(no, "accept")
    if not late:
        run_pending()
    old = Case.objects.get(case_no=no).channel
    cases.correct(no, {"channel": "4"}, actor=world.bureau, request_no="GZ1")
    cases.correct(no, {"channel": "3"}, actor=world.bureau, request_no="GZ2")
    run_pending()
    assert {key[3] for key in snapshot()} == {"3"}
    with clock.at(at(TODAY, 15)):
        drive(no, "review", "decide")
    run_pending()
    counted = snapshot()
    assert old != "3"
    assert [key[3] for key in counted] == ["3"]
    services.rebuild()
    assert snapshot() == counted


def test_a_case_decided_late_is_over_promise(world):
    with clock.at(at(TODAY)):
        no = world.submit().case_no
        drive(no, "accept")
    with clock.at(at(TODAY + timedelta(days=200))):
        drive(no, "review", "decide")
    run_pending()
    total = selectors.district_totals(YEAR.first, YEAR.last)
    assert (total.over_promise, total.in_promise, total.overdue, total.on_time_rate) == (1, 0, 1, 0.0)


def test_each_person_sees_only_their_department(world, stories):
    wide, narrow = Filters(YEAR.first, YEAR.last), Filters(YEAR.first, YEAR.last, departments=("scjg",))
    for who, seen in (
        (world.bureau, 5),
        (world.clerk, 5),
        (world.officer, 5),
        (world.leader, 5),
        (world.outsider, 0),
        (world.outside_leader, 0),
    ):
        assert selectors.summary(who, wide).submitted == seen
        assert selectors.summary(who, narrow).submitted == seen
        assert selectors.overview(who, wide).total.submitted == seen
        assert sum(row.submitted for row in selectors.breakdown(who, wide, "item")) == seen
    with pytest.raises(NotAllowed):
        selectors.summary(world.citizen, wide)
    with pytest.raises(NotSignedIn):
        selectors.overview(ANONYMOUS, wide)


def test_overview_adds_up(world, stories):
    view = selectors.overview(world.bureau, YEAR)
    for name in COUNTERS:
        assert view.total.counts[name] == sum(row.counts[name] for row in view.trend)
        assert view.total.counts[name] == sum(row.counts[name] for row in view.departments)
        assert view.total.counts[name] == sum(row.counts[name] for row in view.channels)
    assert len(view.trend) == 12
    assert selectors.summary(world.bureau, YEAR).counts == view.total.counts


def test_query_counts(world, stories, django_assert_num_queries):
    with django_assert_num_queries(2):
        selectors.overview(world.bureau, YEAR)
    with django_assert_num_queries(1):
        selectors.breakdown(world.bureau, YEAR, "item")
    event = Event.objects.filter(topic="case.submit").first()
    DailyStat.objects.all().delete()
    assert timezone.now() > event.occurred_at
    with django_assert_num_queries(6):  # 锁水位、日历版本、取履历、更新、补行、再更新
        services.count_event(event.payload["event_id"])
    with django_assert_num_queries(4):
        services.count_event(event.payload["event_id"])
