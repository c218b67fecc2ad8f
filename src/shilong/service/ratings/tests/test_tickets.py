"""差评闭环：核实、整改、回访、办结；申诉由另一人复核；被评人与别的部门不行；超期预警；揭示留痕。"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from shilong.foundation.audit.models import AuditEntry
from shilong.foundation.calendar.rules import ZONE
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.notify.models import Message
from shilong.foundation.refusals import Invalid, NotAllowed
from shilong.identity.roles.actor import Role
from shilong.service.ratings import selectors, services
from shilong.service.ratings.models import Rating, Tally, Ticket
from shilong.service.ratings.refusals import (
    ContactFirst,
    NoteMissing,
    OwnRating,
    SamePerson,
    StepNotPossible,
    TicketChanged,
    TicketNotFound,
    VisitFirst,
)
from shilong.service.ratings.rules.tickets import Step
from shilong.service.ratings.selectors import board
from shilong.service.ratings.services import handling
from shilong.service.ratings.tests.conftest import BAD

pytestmark = [pytest.mark.django_db, pytest.mark.req("W03", "P07")]


def do(ticket: Ticket, step: str, actor, **values) -> Ticket:
    """做一步，返回最新的工单。"""
    ticket.refresh_from_db()
    return services.advance(ticket.number, Step(step), {"note": "已办", **values}, actor=actor, expected_version=ticket.version)


def checked(hall) -> Ticket:
    """已联系核实的工单。"""
    ticket = hall.bad()
    do(ticket, "take", hall.handler)
    return do(ticket, "contact", hall.handler)


def month() -> board.Period:
    today = timezone.localdate()
    return board.Period(today - timedelta(days=30), today)


def test_from_bad_rating_to_closed(hall):
    ticket = checked(hall)
    ticket = do(ticket, "rectify", hall.handler)
    assert ticket.rectify_due is not None
    ticket = do(ticket, "feedback", hall.handler, note="已组织业务培训", reply="已对窗口人员培训，欢迎再来。")
    ticket = do(ticket, "visit", hall.world.bureau, visit="satisfied")
    ticket = do(ticket, "close", hall.world.bureau)
    assert (ticket.stage, ticket.visit) == ("60", "satisfied")
    run_pending()
    assert Message.objects.filter(template="rating_closed", account_id=hall.world.citizen.account_id).count() == 1
    assert selectors.public_page().items[0].reply == "已对窗口人员培训，欢迎再来。"
    view = selectors.ticket(ticket.number, hall.world.bureau)
    assert [one.name for one in view.events] == [
        "立单",
        "接收",
        "联系核实",
        "确认属实，开始整改",
        "反馈整改结果",
        "登记回访",
        "复核办结",
    ]
    found = board.handling(hall.world.bureau, month())
    assert (found.contact_rate, found.rectify_rate, found.visit_rate) == (100.0, 100.0, 100.0)


def test_unhappy_visit_goes_back_to_rectifying(hall):
    ticket = do(checked(hall), "rectify", hall.handler)
    do(ticket, "feedback", hall.handler)
    with pytest.raises(VisitFirst):
        do(ticket, "close", hall.world.bureau)
    do(ticket, "visit", hall.world.bureau, visit="unsatisfied")
    with pytest.raises(VisitFirst):
        do(ticket, "close", hall.world.bureau)
    assert do(ticket, "redo", hall.world.bureau).stage == "40"
    do(ticket, "feedback", hall.handler)
    do(ticket, "visit", hall.world.bureau, visit="accepted")
    with pytest.raises(VisitFirst):
        do(ticket, "redo", hall.world.bureau)
    assert do(ticket, "close", hall.world.bureau).stage == "60"


def test_upheld_appeal_leaves_the_statistics_but_stays_on_record(hall):
    ticket = checked(hall)
    assert Tally.objects.get(facet="all").a2 == 1
    do(ticket, "appeal", hall.handler, kind="mistaken", note="群众点错了，电话里确认")
    ticket = do(ticket, "uphold", hall.world.bureau)
    run_pending()
    assert ticket.stage == "90"
    assert (Tally.objects.get(facet="all").a2, Tally.objects.get(facet="all").excluded) == (0, 1)
    assert Rating.objects.get().excluded == "mistaken"
    assert selectors.public_page().total == 0
    assert selectors.ratings(hall.world.bureau, {}).items[0].excluded == "认定误评"


def test_dismissed_appeal_must_be_rectified(hall):
    ticket = checked(hall)
    do(ticket, "appeal", hall.handler, kind="malicious", note="与事实不符")
    ticket = do(ticket, "dismiss", hall.world.bureau)
    assert (ticket.stage, ticket.rectify_due is not None) == ("40", True)


def test_whoever_appealed_cannot_review_the_appeal(hall):
    from shilong.identity import testing as people

    both = people.make_staff(Role.LEADER, Role.BUREAU, department="scjg", name="两个岗位")
    ticket = checked(hall)
    do(ticket, "appeal", both, kind="mistaken")
    for step in ("uphold", "dismiss"):
        with pytest.raises(SamePerson):
            do(ticket, step, both)
    assert do(ticket, "uphold", hall.world.bureau).stage == "90"


def test_whoever_rectified_cannot_make_the_visit(hall):
    from shilong.identity import testing as people

    both = people.make_staff(Role.LEADER, Role.BUREAU, department="scjg", name="两个岗位")
    ticket = do(checked(hall), "rectify", both)
    do(ticket, "feedback", both)
    with pytest.raises(SamePerson):
        do(ticket, "visit", both, visit="satisfied")


@pytest.mark.parametrize("step", ["take", "contact", "appeal", "rectify"])
def test_other_department_citizen_and_window_cannot_handle(hall, step):
    ticket = hall.bad()
    if step != "take":
        do(ticket, "take", hall.handler)
    for outsider in (hall.world.outsider, hall.world.outside_leader):
        with pytest.raises(TicketNotFound):
            do(ticket, step, outsider)
    for other in (hall.world.citizen, hall.world.clerk):
        with pytest.raises(NotAllowed):
            do(ticket, step, other)
    with pytest.raises(NotAllowed):
        do(ticket, step, hall.world.bureau)


@pytest.mark.parametrize("step", ["uphold", "dismiss"])
def test_department_cannot_review_its_own_appeal(hall, step):
    ticket = checked(hall)
    do(ticket, "appeal", hall.handler, kind="mistaken")
    with pytest.raises(NotAllowed):
        do(ticket, step, hall.world.leader)


def test_the_person_rated_neither_sees_nor_handles_it(hall):
    ticket = hall.bad()
    Ticket.objects.filter(pk=ticket.pk).update(staff_id=hall.handler.account_id)
    assert selectors.tickets(hall.handler, {}).total == 0
    with pytest.raises(TicketNotFound):
        do(ticket, "take", hall.handler)
    Ticket.objects.filter(pk=ticket.pk).update(staff_id=hall.world.bureau.account_id)
    with pytest.raises(OwnRating):
        do(ticket, "assign", hall.world.bureau, department="wjw")


def test_contact_comes_before_rectifying_or_appealing(hall):
    ticket = hall.bad()
    do(ticket, "take", hall.handler)
    for step in ("rectify", "appeal"):
        with pytest.raises(ContactFirst):
            do(ticket, step, hall.handler, kind="mistaken")


def test_bad_input_and_stale_pages_change_nothing(hall):
    ticket = checked(hall)
    before = Ticket.objects.values().get()
    with pytest.raises(NoteMissing):
        do(ticket, "rectify", hall.handler, note=" ")
    with pytest.raises(NoteMissing):
        do(ticket, "rectify", hall.handler, note="长" * 501)
    with pytest.raises(Invalid):
        do(ticket, "appeal", hall.handler, kind="x")
    with pytest.raises(StepNotPossible):
        do(ticket, "close", hall.world.bureau)
    with pytest.raises(TicketChanged):
        services.advance(ticket.number, Step.RECTIFY, {"note": "x"}, actor=hall.handler, expected_version=1)
    assert Ticket.objects.values().get() == before


def test_bureau_reassigns_to_the_right_department(hall):
    ticket = hall.bad()
    with pytest.raises(Invalid):
        do(ticket, "assign", hall.world.bureau, department="nowhere")
    ticket = do(ticket, "assign", hall.world.bureau, department="wjw")
    assert selectors.tickets(hall.world.outsider, {}).total == 1
    run_pending()
    assert Message.objects.filter(template="rating_ticket", account_id=hall.world.outsider.account_id).exists()
    assert do(ticket, "take", hall.world.outsider).stage == "20"


def test_contact_is_revealed_with_a_reason_and_recorded(hall):
    ticket = hall.bad()
    with pytest.raises(NoteMissing):
        services.reveal(ticket.number, actor=hall.handler, reason=" ")
    with pytest.raises(TicketNotFound):
        services.reveal(ticket.number, actor=hall.world.outsider, reason="看看")
    found = services.reveal(ticket.number, actor=hall.handler, reason="联系核实")
    assert found["name"] == "王建国"
    entry = AuditEntry.objects.get(action="rating_ticket.reveal")
    assert (entry.object_id, entry.detail) == (ticket.number, {"reason": "联系核实"})


def test_contact_due_is_one_workday(hall):
    friday = datetime(2026, 11, 27, 15, 0, tzinfo=ZONE)
    case_no = hall.finished()
    services.rate_case(case_no, "6", BAD, actor=hall.world.citizen, pf="2", at=friday)
    due = timezone.localtime(Ticket.objects.get().contact_due)
    assert (due.year, due.month, due.day) == (2026, 11, 30)


def test_overdue_tickets_are_warned_once_per_deadline(hall):
    ticket = hall.bad()
    assert handling.warn_overdue() == 0
    later = ticket.contact_due + timedelta(hours=1)
    assert handling.warn_overdue(later) == 1
    assert handling.warn_overdue(later) == 0
    told = set(Message.objects.filter(template="rating_overdue").values_list("account_id", flat=True))
    assert {hall.world.bureau.account_id, hall.world.leader.account_id} <= told
    do(ticket, "take", hall.handler)
    do(ticket, "contact", hall.handler)
    ticket = do(ticket, "rectify", hall.handler)
    assert handling.warn_overdue(ticket.rectify_due + timedelta(hours=1)) == 1


def test_many_bad_ratings_from_one_person_are_only_hinted(hall):
    tickets = [hall.bad(replace(BAD, text="")) for _ in range(3)]
    view = selectors.ticket(tickets[-1].number, hall.world.bureau)
    assert "3 条差评" in view.hints[0]
    assert selectors.tickets(hall.world.bureau, {}).items[0].suspect
    assert not Rating.objects.exclude(excluded="").exists()


def test_second_bad_rating_of_the_same_service_joins_the_open_ticket(hall):
    ticket = hall.bad()
    case_no = ticket.rating.occasion.case_no
    services.rate_case(case_no, "6", BAD, actor=hall.world.citizen, pf="2")
    assert Ticket.objects.count() == 1
    assert ticket.history.order_by("seq").last().note.startswith("评价人追评")


def test_list_costs_the_same_however_many_tickets(hall, django_assert_num_queries):
    hall.bad()
    with django_assert_num_queries(5):
        selectors.tickets(hall.world.bureau, {})
    hall.bad()
    hall.bad()
    with django_assert_num_queries(5):
        selectors.tickets(hall.world.bureau, {})
