"""抢约：两百人同时约一个时段，恰好容量个成功，其余得到“约满”。SQLite 与 PostgreSQL 都要过。"""

from threading import BoundedSemaphore

import pytest
from django.db import connection

from shilong.identity import testing as people
from shilong.service.booking import services
from shilong.service.booking.models import Booking, Slot
from shilong.service.booking.refusals import AlreadyBooked, SlotFull, TooManyToday
from shilong.service.booking.tests.conftest import TOMORROW, Clock, build
from shilong.service.cases.tests.test_concurrency import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W01")]
CROWD, SEATS = 200, 20
LINKS = BoundedSemaphore(40)  # 生产的连接池也只有十几个；PostgreSQL 缺省最多一百个连接


@pytest.fixture
def busy(transactional_db, live_server, monkeypatch):
    """`live_server` 让 SQLite 测试库落在文件上：两百个线程才是真的在抢。"""
    return build(Clock(monkeypatch), capacity=SEATS)


def test_two_hundred_people_for_twenty_seats(busy):
    crowd = [people.make_citizen("测试甲") for _ in range(CROWD)]
    slot = busy.slot()

    def grab(index):
        with LINKS:
            try:
                return services.book(slot.pk, busy.item, actor=crowd[index])
            finally:
                connection.close()

    results = together(CROWD, grab)
    refused = [one for one in results if isinstance(one, Exception)]
    assert len(results) - len(refused) == SEATS
    assert {type(one) for one in refused} == {SlotFull}
    assert Slot.objects.get(pk=slot.pk).booked == SEATS == Booking.objects.filter(slot=slot).count()
    assert len({one.number for one in results if not isinstance(one, Exception)}) == SEATS


def test_one_person_cannot_beat_the_limits_by_clicking_fast(busy):
    slots = [busy.slot(at=at) for at in ("09:00", "09:30", "10:00", "10:30")]
    results = together(8, lambda index: services.book(slots[index % 4].pk, busy.item, actor=busy.citizen))
    refused = {type(one) for one in results if isinstance(one, Exception)}
    assert refused <= {AlreadyBooked, TooManyToday}
    assert Booking.objects.filter(day=TOMORROW).count() == 2


def test_changing_both_ways_at_once_keeps_the_count(busy):
    a, b = busy.slot(at="09:00"), busy.slot(at="10:00")
    pairs = [(busy.citizen, services.book(a.pk, busy.item, actor=busy.citizen), b)]
    pairs.append((busy.stranger, services.book(b.pk, busy.item, actor=busy.stranger), a))
    together(2, lambda index: services.change(pairs[index][1].number, pairs[index][2].pk, actor=pairs[index][0]))
    assert [Slot.objects.get(pk=slot.pk).booked for slot in (a, b)] == [1, 1]


def test_checking_in_twice_at_once_takes_one_number(busy):
    row = busy.book(day=busy.clock.now.date())
    results = together(4, lambda index: services.check_in(busy.device, f"{row.number}.{row.token}"))
    assert sum(not isinstance(one, Exception) for one in results) == 1
