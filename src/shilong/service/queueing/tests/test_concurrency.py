"""同一个号不会被两个窗口叫到；同时取号不重号。SQLite 与 PostgreSQL 都要过。"""

import pytest

from shilong.identity import testing as people
from shilong.identity.roles.actor import Role, Scope
from shilong.service.cases.tests.test_concurrency import together
from shilong.service.queueing import services
from shilong.service.queueing.models import Line, Ticket
from shilong.service.queueing.testing import GENERAL, HALL

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W01")]


def test_many_windows_calling_at_once_never_share_a_number(queue):
    clerks = []
    for place in range(8):
        name = f"{place + 10} 号窗口"
        services.save_window(name, hall=HALL, groups=[GENERAL], actor=queue.bureau)
        clerks.append(people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, window=name))
    for _ in range(8):
        queue.take()
    called = together(8, lambda index: services.call_next(actor=clerks[index]))
    assert sorted(one.number for one in called) == [f"A{n:03d}" for n in range(1, 9)]
    assert Ticket.objects.filter(state="called").values("window").distinct().count() == 8


def test_one_window_clicking_twice_at_once_calls_one(queue):
    for _ in range(4):
        queue.take()
    results = together(4, lambda index: services.call_next(actor=queue.first))
    assert sum(not isinstance(one, Exception) for one in results) == 1
    assert Ticket.objects.filter(state="called").count() == 1


def test_numbers_taken_at_once_are_all_different(queue):
    taken = together(12, lambda index: queue.take())
    assert sorted(one.number for one in taken) == [f"A{n:03d}" for n in range(1, 13)]
    assert Line.objects.get().issued == 12
