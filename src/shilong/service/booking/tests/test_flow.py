"""预约、改约、取消、签到、爽约、停办的故事；换一个人不行；坏输入。"""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from shilong.foundation.calendar import services as calendars
from shilong.foundation.calendar.rules import ZONE
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.notify import selectors as inbox
from shilong.foundation.refusals import Invalid, NotAllowed, NotSignedIn
from shilong.identity import testing as people
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts import services as account_services
from shilong.identity.accounts.refusals import OutsideAgency
from shilong.identity.roles.actor import ANONYMOUS, SYSTEM, Role
from shilong.service.booking import selectors, services
from shilong.service.booking.models import Booker, Booking, BookingEvent, Slot
from shilong.service.booking.refusals import (
    AlreadyBooked,
    Blocked,
    BookingNotFound,
    ChangesUsed,
    CheckInEarly,
    CheckInLate,
    NothingToday,
    OutOfRange,
    SlotClosed,
    SlotFull,
    TooLate,
    TooManyOpen,
    TooManyToday,
    WrongPlace,
)
from shilong.service.booking.rules import NotPossible
from shilong.service.booking.tests.conftest import NOW, TODAY, TOMORROW
from shilong.service.catalog.testing import make_item
from shilong.service.queueing.refusals import AlreadyQueued
from shilong.service.queueing.testing import GENERAL, HALL, SOCIAL

pytestmark = [pytest.mark.django_db, pytest.mark.req("W01")]


def titles(actor):
    run_pending()
    return [row.title for row in inbox.inbox(actor.account_id, size=50)]


def test_supply_rolls_forward_and_repeats_harmlessly(hall):
    days = Slot.objects.values_list("day", flat=True).distinct().order_by("day")
    assert (days[0], days.last()) == (TODAY, date(2026, 12, 11))
    assert Slot.objects.filter(day=TOMORROW).count() == 13
    assert services.generate() == 0
    hall.clock.forward(days=3)
    assert services.generate() == 13


def test_booking_gives_a_number_a_seat_and_a_message(hall):
    row = hall.book()
    assert row.number.startswith("YY261125")
    assert hall.slot().booked == 1
    view = hall.view(row.number)
    assert (view.state_name, view.may_cancel, view.hall_name) == ("已预约", True, "石龙区政务服务大厅")
    assert selectors.qr_text(row.number, hall.citizen) == f"{row.number}.{row.token}"
    assert titles(hall.citizen) == ["预约成功"]
    assert selectors.latest(hall.citizen).number == row.number


def test_full_slot_is_refused_and_seats_come_back_on_cancel(hall):
    first = hall.book()
    hall.book(hall.stranger)
    with pytest.raises(SlotFull):
        hall.book(hall.firm)
    services.cancel(first.number, actor=hall.citizen)
    hall.book(hall.firm)
    assert hall.slot().booked == 2


def test_the_database_itself_refuses_overselling(hall):
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=hall.slot().pk).update(booked=3)


def test_change_moves_the_seat_and_is_limited(hall):
    row = hall.book()
    for at in ("10:00", "11:00"):
        services.change(row.number, hall.slot(at=at).pk, actor=hall.citizen)
    with pytest.raises(ChangesUsed):
        services.change(row.number, hall.slot(at="14:00").pk, actor=hall.citizen)
    assert (hall.slot().booked, hall.slot(at="10:00").booked, hall.slot(at="11:00").booked) == (0, 0, 1)
    assert [name for _, name, _, _ in selectors.history(row.number, hall.citizen)] == ["预约", "改约", "改约"]


def test_deadline_for_change_and_cancel(hall):
    row = hall.book(day=TODAY, at="09:30")
    hall.clock.set(TODAY, "08:31")
    with pytest.raises(TooLate):
        services.cancel(row.number, actor=hall.citizen)
    with pytest.raises(TooLate):
        services.change(row.number, hall.slot().pk, actor=hall.citizen)
    assert not hall.view(row.number).may_cancel


def test_limits_per_person(hall):
    hall.book(at="09:00")
    with pytest.raises(AlreadyBooked):
        hall.book(at="09:00")
    hall.book(at="09:30")
    with pytest.raises(TooManyToday):
        hall.book(at="10:00")
    for ahead in (1, 4, 5):
        hall.book(day=TOMORROW + timedelta(days=ahead))
    with pytest.raises(TooManyOpen):
        hall.book(day=TOMORROW + timedelta(days=6))


@pytest.mark.parametrize(("day", "at"), [(TODAY, "09:00"), (date(2026, 12, 10), "09:00")])
def test_outside_the_bookable_range(hall, day, at):
    hall.clock.set(TODAY, "09:05")
    with pytest.raises(OutOfRange):
        hall.book(day=day, at=at)


def test_wrong_place_and_single_item_supply(hall):
    other = make_item(12, department="rsj").code
    with pytest.raises(WrongPlace):
        services.book(hall.slot().pk, other, actor=hall.citizen)
    services.save_template(
        None, group=GENERAL, item_code=hall.item, name="单独", start=time(10), end=time(11), minutes=60, capacity=1, actor=SYSTEM
    )
    assert [row.capacity for row in selectors.slots(hall.item, TOMORROW)] == [1]
    with pytest.raises(WrongPlace):
        hall.book()


def test_who_may_book(hall):
    for outsider in (hall.clerk, hall.bureau):
        with pytest.raises(NotAllowed):
            hall.book(outsider)
    with pytest.raises(NotSignedIn):
        hall.book(ANONYMOUS)
    with pytest.raises(NotAllowed):
        hall.book(people.make_citizen(level=0))


def test_nobody_else_sees_changes_or_cancels_mine(hall):
    row = hall.book()
    for stranger in (hall.stranger, hall.firm):
        for act in (
            lambda who: services.cancel(row.number, actor=who),
            lambda who: services.change(row.number, hall.slot(at="10:00").pk, actor=who),
            lambda who: selectors.booking(row.number, who),
            lambda who: selectors.qr_text(row.number, who),
            lambda who: selectors.history(row.number, who),
        ):
            with pytest.raises(BookingNotFound):
                act(stranger)
        assert selectors.mine(stranger).total == 0
    assert hall.view(row.number).state == "booked"


def test_an_agent_books_for_the_firm(hall):
    profile = accounts.applicant(hall.stranger.account_id)
    account_services.authorize_agent(hall.firm, profile.id_no, [], TODAY + timedelta(days=90), name=profile.name)
    agent = people.acting_for(hall.stranger, hall.firm)
    row = hall.book(agent)
    assert row.agent_for == hall.firm.account_id
    assert hall.view(row.number, hall.firm).number == row.number
    assert selectors.mine(hall.stranger).total == 0
    with pytest.raises(OutsideAgency):
        hall.book(people.acting_for(hall.citizen, hall.firm), at="10:00")


def test_check_in_by_code_number_or_card(hall):
    rows = [hall.book(actor, day=TODAY) for actor in (hall.citizen, hall.stranger)]
    hall.clock.set(TODAY, "08:45")
    first = services.check_in(hall.device, f"{rows[0].number}.{rows[0].token}")
    assert (first.number, first.booked, first.item_code) == ("A001", True, hall.item)
    assert hall.view(rows[0].number).ticket == "A001"
    with pytest.raises(NotPossible):
        services.check_in(hall.device, f"{rows[0].number}.{rows[0].token}")
    with pytest.raises(NothingToday):
        services.check_in(hall.device, rows[1].number, tail="0000")
    with pytest.raises(NothingToday):
        services.check_in(hall.device, f"{rows[1].number}.AAAAAAAA")
    mobile = accounts.applicant(hall.stranger.account_id).mobile
    assert services.check_in(hall.device, rows[1].number.lower(), tail=mobile[-4:]).number == "A002"
    third = hall.book(hall.citizen, day=TODAY, at="09:30")
    card = accounts.applicant(hall.citizen.account_id).id_no
    hall.clock.set(TODAY, "08:50")
    with pytest.raises(AlreadyQueued):
        services.check_in(hall.device, card)
    assert hall.view(third.number).state == "booked"


def test_check_in_too_early_or_too_late(hall):
    row = hall.book(day=TODAY, at="11:00")
    with pytest.raises(CheckInEarly):
        services.check_in(hall.device, f"{row.number}.{row.token}")
    hall.clock.set(TODAY, "11:46")
    with pytest.raises(CheckInLate):
        services.check_in(hall.device, f"{row.number}.{row.token}")


def test_staff_check_in(hall):
    row = hall.book(day=TODAY, at="09:00")
    assert services.check_in_by_staff(row.number, actor=hall.clerk).number == "A001"
    for outsider in (hall.citizen, hall.bureau):
        with pytest.raises(NotAllowed):
            services.check_in_by_staff(row.number, actor=outsider)


def test_no_shows_lead_to_a_restriction_that_can_be_lifted(hall):
    for back in range(3):
        row = hall.book(day=TODAY + timedelta(days=back), at="09:00")
        hall.clock.set(row.day, "10:00")
        assert services.mark_missed() == 1
        assert services.mark_missed() == 0
    with pytest.raises(Blocked, match="预约未到"):
        hall.book(day=date(2026, 12, 1))
    assert titles(hall.citizen).count("预约未到") == 3
    blocked = selectors.blocked(hall.bureau).items
    assert (blocked[0].name, blocked[0].missed) == ("测*甲", 3)
    services.unblock(blocked[0].index, "核实为系统故障", actor=hall.bureau)
    hall.book(day=date(2026, 12, 1))
    assert selectors.rates(TODAY, date(2026, 12, 1), by="group", actor=hall.bureau)["综合受理"] == (3, 3)


def test_manual_restriction(hall):
    row = hall.book()
    with pytest.raises(Invalid):
        services.block(row.number, TODAY - timedelta(days=1), "倒号", actor=hall.bureau)
    services.block(row.number, TODAY + timedelta(days=9), "倒号", actor=hall.bureau)
    with pytest.raises(Blocked, match="倒号"):
        hall.book(at="10:00")


def test_closing_suspends_tells_and_lets_people_change(hall):
    row, other = hall.book(), hall.book(hall.stranger, at="14:00")
    start = datetime.combine(TOMORROW, time(9), ZONE)
    assert services.close(HALL, "", start, start + timedelta(hours=3), "设备检修", actor=hall.bureau) == 1
    assert (hall.view(row.number).state_name, hall.view(other.number, hall.stranger).state) == ("停办待改约", "booked")
    assert titles(hall.citizen) == ["预约时段停办，请改约", "预约成功"]
    with pytest.raises(SlotClosed, match="设备检修"):
        hall.book(hall.firm, at="10:00")
    hall.clock.set(TOMORROW, "08:59")
    assert hall.view(row.number).may_change
    changed = services.change(row.number, hall.slot(at="15:00").pk, actor=hall.citizen)
    assert (changed.state, changed.changes) == ("booked", 0)


def test_reopening_restores_those_who_have_not_moved(hall):
    row = hall.book()
    start = datetime.combine(TOMORROW, time(9), ZONE)
    services.close(HALL, GENERAL, start, start + timedelta(hours=1), "停电", actor=hall.bureau)
    closure = selectors.closures(hall.bureau).items[0]
    assert services.reopen(closure.pk, actor=hall.bureau) == 1
    assert hall.view(row.number).state == "booked"
    assert hall.slot().is_open
    assert titles(hall.citizen)[0] == "预约恢复有效"


def test_a_new_holiday_closes_supply_but_leaves_bookings(hall):
    row = hall.book()
    hall.clock.forward(minutes=1)
    holidays = [(TOMORROW + timedelta(days=n), False, "临时放假") for n in range(13)]
    calendars.import_year(2026, holidays, actor=people.make_staff(Role.SYSADMIN))
    run_pending()
    slot = hall.slot()
    assert (slot.is_open, slot.booked) == (False, 1)
    assert hall.view(row.number).state == "booked"
    assert selectors.slots(hall.item, TODAY)[0].is_open


def test_smaller_capacity_never_goes_below_booked(hall):
    hall.book(), hall.book(hall.stranger)
    template = selectors.templates(hall.bureau)[0]
    services.save_template(template.pk, group=GENERAL, name="上午", start=time(9), end=time(12), minutes=30, capacity=1, actor=hall.bureau)
    assert (hall.slot().capacity, hall.slot(at="09:30").capacity) == (2, 1)


def test_reminder_goes_out_once(hall):
    hall.book()
    assert (services.remind(), services.remind()) == (1, 0)
    assert "明天到厅办理" in titles(hall.citizen)


@pytest.mark.parametrize(
    "change",
    [
        lambda actor: services.save_template(
            None, group=SOCIAL, name="社保", start=time(9), end=time(10), minutes=30, capacity=1, actor=actor
        ),
        lambda actor: services.close(HALL, "", NOW, NOW + timedelta(days=1), "停电", actor=actor),
        lambda actor: services.save_policy({"per_day": 3}, actor=actor),
        lambda actor: selectors.blocked(actor),
        lambda actor: selectors.templates(actor),
        lambda actor: selectors.slot_rows(actor, GENERAL, TODAY),
    ],
)
def test_only_the_bureau_manages_supply(hall, change):
    for outsider in (hall.citizen, hall.clerk, people.make_staff(Role.SYSADMIN)):
        with pytest.raises(NotAllowed):
            change(outsider)
    change(hall.bureau)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"end": time(8)}, "end"),
        ({"start": None}, "start"),
        ({"minutes": 1}, "minutes"),
        ({"capacity": 0}, "capacity"),
        ({"weekdays": ""}, "weekdays"),
        ({"name": ""}, "name"),
        ({"valid_from": TOMORROW, "valid_until": TODAY}, "valid_until"),
    ],
)
def test_bad_template(hall, values, field):
    good = {"group": GENERAL, "name": "上午", "start": time(9), "end": time(10), "minutes": 30, "capacity": 1}
    with pytest.raises(Invalid) as refusal:
        services.save_template(None, **{**good, **values}, actor=hall.bureau)
    assert field in refusal.value.fields


def test_policy_out_of_range(hall):
    with pytest.raises(Invalid) as refusal:
        services.save_policy({"days_ahead": 0}, actor=hall.bureau)
    assert "days_ahead" in refusal.value.fields


def test_secrets_at_rest_and_list_cost(hall):
    row = hall.book()
    with connection.cursor() as cursor:
        cursor.execute("select visitor_name, visitor_id_no, mobile, subject_name from booking_booking")
        assert all(value.startswith("s1:") for value in cursor.fetchone())
    hall.book(at="09:30")
    with CaptureQueriesContext(connection) as seen:
        assert selectors.mine(hall.citizen).total == 2
    assert len(seen) <= 4
    assert Slot.objects.aggregate(total=Sum("booked"))["total"] == Booking.objects.count() == 2
    assert BookingEvent.objects.filter(booking=row).count() == 1
    assert Booker.objects.count() == 1
