"""任意动作序列之后：投影等于履历重放，时钟段不重叠，终态不再变。"""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils.dateparse import parse_datetime
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shilong.foundation.calendar import services as calendars
from shilong.foundation.refusals import Refused
from shilong.service.cases import clock, ledger, services
from shilong.service.cases.models import Case, CaseEvent, ClockSegment
from shilong.service.cases.rules import FINAL, Action
from shilong.service.cases.testing import _DEFAULTS, _actor_for

pytestmark = [pytest.mark.django_db, pytest.mark.req("P02")]

ACTIONS = [
    a for a in Action if a not in (Action.SUBMIT, Action.CORRECT, Action.REQUEST, Action.AUTO_ACCEPT, Action.LAPSE, Action.URGE_LATE)
]
DUES = {"notice_due", "promise_due", "legal_due", "delivery_due", "due_at"}
STEP = st.tuples(st.sampled_from(ACTIONS), st.integers(0, 72), st.sampled_from(["", "disagree", "deny"]))


def payload(action, twist):
    found = dict(_DEFAULTS.get(action, {}))
    if (action, twist) in ((Action.REVIEW, "disagree"), (Action.DECIDE, "deny")):
        found["result"] = twist
    return {**found, "reason": found.get("reason", "再次补正原因")} if action is Action.SUPPLEMENT else found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=12))
def test_any_sequence_keeps_the_books_straight(world, steps):
    now = clock.now()
    with clock.at(now):
        no = world.submit().case_no
    for action, hours, twist in [(Action.ACCEPT, 1, ""), *steps]:
        now += timedelta(hours=hours)
        case = Case.objects.get(case_no=no)
        frozen = (case.version, case.state)
        with clock.at(now):
            try:
                services.act(no, action, actor=_actor_for(action, case), expected_version=case.version, payload=payload(action, twist))
            except Refused:
                assert (Case.objects.get(case_no=no).version, Case.objects.get(case_no=no).state) == frozen
            else:
                assert frozen[1] not in FINAL
        _check(no, now)


def _check(no, now):
    case = Case.objects.get(case_no=no)
    events = list(CaseEvent.objects.filter(case=case).order_by("seq"))
    assert [e.seq for e in events] == list(range(1, case.version + 1))
    state = ""
    replay = {}
    for event in events:
        assert event.source == state
        state = event.target
        replay |= event.changes
    assert state == case.state
    for name, value in replay.items():
        current = getattr(case, name)
        assert (parse_datetime(value) if isinstance(value, str) and hasattr(current, "isoformat") else value) == current, name
    _check_clocks(case, now)


def _check_clocks(case, now):
    rows = list(ClockSegment.objects.filter(case=case).order_by("started_at", "pk"))
    for kind in {row.kind for row in rows}:
        for mode in ("run", "pause"):
            mine = [row for row in rows if row.kind == kind and row.mode == mode]
            assert all(a.ended_at is not None and a.ended_at <= b.started_at for a, b in pairwise(mine))
            assert not (case.state in FINAL and any(row.ended_at is None for row in mine))
    expected = ledger.dues(case, rows, now, calendars.load(), case.state)
    assert {name: getattr(case, name) for name in DUES} == expected
