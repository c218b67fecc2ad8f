"""取号、叫号、过号找回、转窗、暂停的故事；换一个人不行；坏输入。"""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shilong.foundation.codes.checks import InvalidCode
from shilong.foundation.events.models import Event
from shilong.foundation.refusals import Invalid, NotAllowed, NotSignedIn
from shilong.identity import testing as people
from shilong.identity.roles.actor import ANONYMOUS, Role
from shilong.service.queueing import selectors, services
from shilong.service.queueing.models import Ticket, TicketEvent
from shilong.service.queueing.refusals import (
    AlreadyQueued,
    DeviceNotAllowed,
    GroupNotFound,
    NobodyWaiting,
    NotYourTicket,
    NoWindow,
    ReturnsUsed,
    StillCalling,
    TicketNotFound,
    UnknownPriority,
    WindowPaused,
)
from shilong.service.queueing.rules import NotPossible
from shilong.service.queueing.services import Visitor
from shilong.service.queueing.testing import GENERAL, HALL, SOCIAL

pytestmark = [pytest.mark.django_db, pytest.mark.req("W01")]


def test_from_taking_a_number_to_finishing(queue):
    first, second = queue.take(), queue.take()
    assert (first.number, second.number, queue.take(SOCIAL).number) == ("A001", "A002", "B001")
    assert selectors.ticket(second.uid).ahead == 1
    called = services.call_next(actor=queue.first)
    assert (called.number, called.state, called.window) == ("A001", "called", "01 号窗口")
    services.recall(called.uid, actor=queue.first)
    services.serve(called.uid, actor=queue.first)
    assert services.finish(called.uid, actor=queue.first).state == "finished"
    topics = list(Event.objects.filter(key=str(called.uid)).order_by("pk").values_list("topic", flat=True))
    assert topics == [f"queueing.{name}" for name in ("taken", "called", "recalled", "serving", "finished")]
    payload = Event.objects.get(topic="queueing.called").payload
    assert (payload["number"], payload["window"], payload["staff"]) == ("A001", "01 号窗口", queue.first.account_id)
    assert not {"name", "id_no", "mobile"} & set(payload)


def test_calling_the_next_finishes_the_one_being_served(queue):
    queue.take(), queue.take()
    one = services.call_next(actor=queue.first)
    with pytest.raises(StillCalling):
        services.call_next(actor=queue.first)
    services.serve(one.uid, actor=queue.first)
    assert services.call_next(actor=queue.first).number == "A002"
    assert selectors.ticket(one.uid).state == "finished"


def test_nobody_waiting_leaves_the_current_one_alone(queue):
    queue.take()
    one = services.call_next(actor=queue.first)
    services.serve(one.uid, actor=queue.first)
    with pytest.raises(NobodyWaiting):
        services.call_next(actor=queue.first)
    assert selectors.ticket(one.uid).state == "serving"


def test_missed_comes_back_once_a_few_places_later(queue):
    for _ in range(6):
        queue.take()
    gone = services.call_next(actor=queue.first)
    services.miss(gone.uid, actor=queue.first)
    assert services.give_back("a001", device=queue.device).state == "waiting"
    order = []
    for _ in range(5):
        one = services.call_next(actor=queue.first)
        services.serve(one.uid, actor=queue.first)
        order.append(one.number)
    assert order == ["A002", "A003", "A004", "A001", "A005"]


def test_missed_again_is_final(queue):
    queue.take()
    for _ in range(2):
        one = services.call_next(actor=queue.first)
        services.miss(one.uid, actor=queue.first)
        if one.returns == 0:
            services.give_back("A001", actor=queue.first)
    with pytest.raises(ReturnsUsed):
        services.give_back("A001", actor=queue.first)


def test_transfer_goes_first_and_only_to_the_named_window(queue):
    queue.take(SOCIAL)
    moved = queue.take()
    services.call_next(actor=queue.first)
    services.transfer(moved.uid, SOCIAL, actor=queue.first, window="03 号窗口")
    assert services.call_next(actor=queue.second).number == "B001"
    assert services.call_next(actor=queue.both).number == moved.number
    with pytest.raises(GroupNotFound):
        services.transfer(moved.uid, "nowhere", actor=queue.both)
    with pytest.raises(NoWindow):
        services.transfer(moved.uid, SOCIAL, actor=queue.both, window="01 号窗口")


def test_priority_by_age_or_by_choice(queue):
    queue.take()
    queue.take(priority="残疾人")
    old = queue.take(visitor=Visitor(name="测试丁", id_no=people.fake_idcard(7001)))
    assert selectors.ticket(old.uid).priority == "老年人"
    assert services.call_next(actor=queue.first).number == "A002"
    with pytest.raises(UnknownPriority):
        queue.take(priority="熟人")
    with pytest.raises(InvalidCode):
        queue.take(visitor=Visitor(id_no="410404190001010011"))


def test_one_person_one_number_in_a_line(queue):
    someone = Visitor(name="测试丁", id_no=people.fake_idcard(7002))
    queue.take(visitor=someone)
    with pytest.raises(AlreadyQueued):
        queue.take(visitor=someone)
    assert queue.take(SOCIAL, visitor=someone).number == "B001"


def test_paused_window_does_not_call(queue):
    queue.take()
    services.pause("午休", actor=queue.first)
    with pytest.raises(WindowPaused):
        services.call_next(actor=queue.first)
    assert selectors.board(HALL).rows[0].note == "午休"
    services.resume(actor=queue.first)
    assert services.call_next(actor=queue.first).number == "A001"


@pytest.mark.parametrize("action", [services.recall, services.serve, services.finish, services.miss])
def test_another_window_cannot_touch_my_number(queue, action):
    queue.take()
    one = services.call_next(actor=queue.first)
    for stranger in (queue.second, queue.both):
        with pytest.raises(NotYourTicket):
            action(one.uid, actor=stranger)
    for outsider in (queue.bureau, people.make_citizen(), people.make_staff(Role.OFFICER)):
        with pytest.raises(NotAllowed):
            action(one.uid, actor=outsider)
    with pytest.raises(NotSignedIn):
        action(one.uid, actor=ANONYMOUS)
    assert selectors.ticket(one.uid).state == "called"


def test_only_window_people_with_a_window_may_call(queue):
    queue.take()
    with pytest.raises(NoWindow):
        services.call_next(actor=people.make_staff(Role.WINDOW, window=""))
    with pytest.raises(NotAllowed):
        services.call_next(actor=queue.bureau)
    with pytest.raises(NotYourTicket):
        selectors.intake(queue.take().uid, actor=queue.first)


def test_abandon_by_holder_clerk_but_not_a_stranger(queue):
    holder = people.make_citizen()
    mine = services.take(GENERAL, visitor=Visitor(name="测试甲", account_id=holder.account_id))
    with pytest.raises(NotAllowed):
        services.abandon(mine.uid, actor=people.make_citizen())
    assert services.abandon(mine.uid, actor=holder).state == "abandoned"
    other = queue.take()
    assert services.abandon(other.uid, actor=queue.both).state == "abandoned"
    with pytest.raises(NotPossible):
        services.abandon(other.uid, actor=queue.both)


def test_taking_needs_an_authorised_machine(queue):
    for token in ("", "bad", queue.device + "x"):
        with pytest.raises(DeviceNotAllowed):
            services.take_on_site(token, GENERAL)
    services.revoke_devices(HALL, actor=queue.bureau)
    with pytest.raises(DeviceNotAllowed):
        queue.take()
    for outsider in (people.make_citizen(), people.make_staff(Role.OFFICER)):
        with pytest.raises(NotAllowed):
            services.authorise_device(HALL, actor=outsider)


@pytest.mark.parametrize(
    "change",
    [
        lambda actor: services.save_hall("x", name="新厅", actor=actor),
        lambda actor: services.save_group("x", hall=HALL, name="新组", letter="Z", actor=actor),
        lambda actor: services.save_window("09 号窗口", hall=HALL, groups=[GENERAL], actor=actor),
        lambda actor: services.save_policy({"returns": 2}, actor=actor),
        lambda actor: services.revoke_devices(HALL, actor=actor),
    ],
)
def test_only_the_bureau_sets_up_halls(queue, change):
    for outsider in (queue.first, people.make_citizen(), people.make_staff(Role.SYSADMIN)):
        with pytest.raises(NotAllowed):
            change(outsider)
    change(queue.bureau)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"letter": "1"}, "letter"), ({"letter": "B"}, "letter"), ({"name": ""}, "name"), ({"name": "社保民政"}, "name")],
)
def test_bad_group(queue, values, field):
    with pytest.raises(Invalid) as refusal:
        services.save_group("fresh", **{"hall": HALL, "name": "新组", "letter": "Z", **values}, actor=queue.bureau)
    assert field in refusal.value.fields


def test_policy_out_of_range(queue):
    with pytest.raises(Invalid) as refusal:
        services.save_policy({"return_after": 99}, actor=queue.bureau)
    assert "return_after" in refusal.value.fields


def test_yesterday_is_cleared_and_numbers_start_again(queue):
    old = queue.take()
    Ticket.objects.update(day=timezone.localdate() - timedelta(days=1))
    assert services.expire_before(timezone.localdate()) == 1
    assert services.expire_before(timezone.localdate()) == 0
    assert selectors.ticket(old.uid).state == "expired"
    with pytest.raises(TicketNotFound):
        services.give_back("A001", actor=queue.first)


def test_the_screen_shows_masked_names_only(queue):
    queue.take(visitor=Visitor(name="欧阳测试", id_no=people.fake_idcard(7003), mobile="13912345678"))
    queue.take()
    before = selectors.stamp(HALL)
    services.call_next(actor=queue.first)
    board = selectors.board(HALL)
    assert board.stamp > before
    assert (board.calls[0].number, board.calls[0].name, board.calls[0].window) == ("A001", "欧**试", "01 号窗口")
    assert board.queues[0] == ("综合受理", 1, ["A002"])
    assert "欧阳测试" not in repr(board)
    assert "13912345678" not in repr(board)


def test_screen_cost_does_not_grow(queue):
    for _ in range(3):
        queue.take()
    services.call_next(actor=queue.first)
    with CaptureQueriesContext(connection) as few:
        selectors.board(HALL)
    for _ in range(10):
        queue.take()
    services.call_next(actor=queue.both)
    with CaptureQueriesContext(connection) as many:
        selectors.board(HALL)
    assert len(many) == len(few) <= 9


def test_the_journal_cannot_be_rewritten(queue):
    queue.take()
    for change in (lambda: TicketEvent.objects.update(note="x"), lambda: TicketEvent.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert TicketEvent.objects.get().note == ""


def test_statistics_by_group_and_total(queue):
    one = queue.take()
    queue.take(SOCIAL)
    services.call_next(actor=queue.first)
    services.serve(one.uid, actor=queue.first)
    services.finish(one.uid, actor=queue.first)
    today = timezone.localdate()
    rows = {row.key: row for row in selectors.statistics(today, today, by="group", actor=queue.bureau)}
    assert (rows["综合受理"].finished, rows["社保民政"].called, rows["合计"].taken) == (1, 0, 2)
    for by in selectors.BY:
        assert selectors.statistics(today, today, by=by, actor=queue.bureau)[-1].taken == 2
    with pytest.raises(NotAllowed):
        selectors.statistics(today, today, by="group", actor=people.make_citizen())
