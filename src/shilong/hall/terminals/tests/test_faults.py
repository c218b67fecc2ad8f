"""故障单的一生：报、派、处理、恢复；换一个人不行。"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from shilong.foundation.events.models import Event
from shilong.foundation.notify import selectors as inbox
from shilong.foundation.refusals import Invalid, NotAllowed
from shilong.hall.terminals import journal, selectors, services
from shilong.hall.terminals.models import Fault, Terminal
from shilong.hall.terminals.refusals import AlreadyReported, FaultChanged, FaultNotFound, StepNotPossible, TerminalNotFound
from shilong.hall.terminals.testing import seed_usage

pytestmark = [pytest.mark.django_db, pytest.mark.req("P11", "P12")]


@pytest.fixture
def fault(cast):
    device = journal.device(Terminal.objects.get(number=cast.number))
    return services.report(cast.number, "printer", "缺纸", actor=device, source="terminal")


def row(number):
    return Fault.objects.get(number=number)


def test_from_report_to_recovery(cast, fault):
    assert "缺纸" in inbox.inbox(cast.admin.account_id).items[0].body
    services.assign(fault, cast.clerk.account_id, version=1, actor=cast.bureau, note="带纸去")
    assert "派给您" in inbox.inbox(cast.clerk.account_id).items[0].title
    services.move(fault, "start", version=2, actor=cast.clerk)
    services.move(fault, "resolve", version=3, actor=cast.clerk, note="加纸后正常")
    view = selectors.fault(fault, actor=cast.clerk)
    assert [step.action for step in view.history] == ["报修", "派单", "开始处理", "恢复"]
    assert (view.row.state_name, view.row.solution) == ("已恢复", "加纸后正常")
    assert view.row.lasted and view.row.waited and view.steps == []
    topics = Event.objects.filter(key=fault).order_by("id").values_list("topic", flat=True)
    assert list(topics) == [f"terminal.fault.{step}" for step in ("report", "assign", "start", "resolve")]


def test_the_same_fault_is_reported_once(cast, fault):
    with pytest.raises(AlreadyReported, match=fault):
        services.report(cast.number, "printer", "还是没纸", actor=cast.clerk, source="staff")
    services.move(fault, "cancel", version=1, actor=cast.admin, note="误报")
    assert services.report(cast.number, "printer", "", actor=cast.clerk, source="staff") != fault


def test_a_reopened_fault_starts_over(cast, fault):
    services.assign(fault, cast.clerk.account_id, version=1, actor=cast.admin)
    services.move(fault, "resolve", version=2, actor=cast.clerk, note="好了")
    services.move(fault, "reopen", version=3, actor=cast.admin, note="又坏了")
    again = row(fault)
    assert (again.state, again.assignee_id, again.resolved_at) == ("open", None, None)


@pytest.mark.parametrize("who", ["other", "officer", "citizen"])
def test_someone_else_cannot_handle_it(cast, fault, who):
    services.assign(fault, cast.clerk.account_id, version=1, actor=cast.admin)
    actor = getattr(cast, who)
    for attempt in (
        lambda: services.move(fault, "start", version=2, actor=actor),
        lambda: services.move(fault, "resolve", version=2, actor=actor, note="我来"),
        lambda: services.assign(fault, actor.account_id, version=2, actor=actor),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    with pytest.raises((NotAllowed, FaultNotFound)):
        selectors.fault(fault, actor=actor)
    assert row(fault).version == 2


def test_the_assignee_cannot_cancel_or_reassign(cast, fault):
    services.assign(fault, cast.clerk.account_id, version=1, actor=cast.admin)
    with pytest.raises(NotAllowed):
        services.move(fault, "cancel", version=2, actor=cast.clerk, note="不想修")
    with pytest.raises(NotAllowed):
        services.assign(fault, cast.other.account_id, version=2, actor=cast.clerk)


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        (lambda c, f: services.move(f, "start", version=1, actor=c.admin), StepNotPossible),
        (lambda c, f: services.move(f, "cancel", version=9, actor=c.admin, note="x x"), FaultChanged),
        (lambda c, f: services.move(f, "cancel", version=1, actor=c.admin, note=" "), Invalid),
        (lambda c, f: services.move(f, "explode", version=1, actor=c.admin), FaultNotFound),
        (lambda c, f: services.move("BX0", "cancel", version=1, actor=c.admin), FaultNotFound),
        (lambda c, f: services.assign(f, c.officer.account_id, version=1, actor=c.admin), Invalid),
        (lambda c, f: services.assign(f, 10**15, version=1, actor=c.admin), Invalid),
        (lambda c, f: services.report(c.number, "ghost", "", actor=c.admin, source="staff"), Invalid),
        (lambda c, f: services.report("ZD9999", "page", "", actor=c.admin, source="staff"), TerminalNotFound),
        (lambda c, f: services.report(c.number, "page", "", actor=c.citizen, source="staff"), NotAllowed),
    ],
)
def test_bad_steps_change_nothing(cast, fault, attempt, refusal):
    with pytest.raises(refusal):
        attempt(cast, fault)
    assert (Fault.objects.count(), row(fault).version, row(fault).state) == (1, 1, "open")


def test_window_staff_see_only_their_own(cast, fault):
    assert len(selectors.faults(cast.bureau, {})) == 1
    assert len(selectors.faults(cast.clerk, {})) == 0
    services.assign(fault, cast.clerk.account_id, version=1, actor=cast.admin)
    assert len(selectors.faults(cast.clerk, {"state": "pending", "q": fault})) == 1
    assert selectors.fault_counts(cast.clerk)["assigned"] == 1


def test_usage_adds_up_by_terminal_day_and_feature(cast):
    terminal = services.authenticate(cast.token)
    for feature in ("search", "search", "print"):
        services.count(terminal, feature)
    seed_usage(cast.number, date(2026, 1, 5), {"search": 7, "unknown": 3})
    today = timezone.localdate()
    found = selectors.usage(cast.bureau, today, today, {})
    assert [(one.name, one.total) for one in found] == [("1 号一体机", 3)]
    assert selectors.by_day(cast.admin, date(2026, 1, 1), date(2026, 1, 31), {"terminal": cast.number}) == [(date(2026, 1, 5), 7)]
    assert selectors.by_feature(cast.admin, today, today, {})[0] == ("查事项", 2)
    assert selectors.usage(cast.admin, today + timedelta(days=1), today + timedelta(days=2), {}) == []
    with pytest.raises(NotAllowed):
        selectors.usage(cast.clerk, today, today, {})
