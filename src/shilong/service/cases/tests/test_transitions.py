"""转移表逐行核对：来源、目标、时钟、法条。改法律就同时改这里。"""

import pytest

from shilong.service.cases.refusals import ActionNotPossible
from shilong.service.cases.rules import FINAL, INTAKE, TRANSITIONS, UNDECIDED, Action, ClockOp, State, Who, transition

pytestmark = pytest.mark.req("P02")

H = {State.ACCEPTED, State.REVIEWING}
I = set(INTAKE)  # noqa: E741

TABLE = [
    (Action.RECEIVE, {State.SUBMITTED}, State.RECEIVED, [], "第三十二条"),
    (Action.ACCEPT, I, State.ACCEPTED, [ClockOp.STOP_NOTICE, ClockOp.START_HANDLING], "第三十二条"),
    (Action.AUTO_ACCEPT, I, State.ACCEPTED, [ClockOp.STOP_NOTICE, ClockOp.START_HANDLING], "第三十二条"),
    (Action.SUPPLEMENT, I, State.SUPPLEMENTING, [ClockOp.STOP_NOTICE], "第三十二条第一款第四项"),
    (Action.RESUBMIT, {State.SUPPLEMENTING}, State.SUBMITTED, [ClockOp.START_NOTICE], "第三十二条"),
    (Action.REJECT, I, State.REJECTED, [ClockOp.STOP_NOTICE], "第三十二条第二款"),
    (Action.WITHDRAW, set(UNDECIDED), State.WITHDRAWN, [ClockOp.STOP_NOTICE, ClockOp.STOP_HANDLING], ""),
    (Action.LAPSE, {State.SUPPLEMENTING}, State.LAPSED, [], ""),
    (Action.START_SPECIAL, H, State.SPECIAL, [], "第四十五条"),
    (Action.END_SPECIAL, {State.SPECIAL}, State.REVIEWING, [ClockOp.RESUME_HANDLING], "第三十四条"),
    (Action.EXTEND, H, None, [], "第四十二条"),
    (Action.REVIEW, H, State.REVIEWING, [], "第三十四条"),
    (Action.RETURN_ROUND, {State.REVIEWING}, None, [], "第三十四条"),
    (Action.DECIDE, H, State.GRANTED, [ClockOp.STOP_HANDLING, ClockOp.START_DELIVERY], "第三十八条"),
    (Action.DELIVER, {State.GRANTED, State.DENIED}, State.DELIVERED, [ClockOp.STOP_DELIVERY], "第四十四条"),
    (Action.ARCHIVE, {State.DELIVERED}, State.ARCHIVED, [], ""),
    (Action.SUSPEND, H, State.SUSPENDED, [ClockOp.PAUSE_HANDLING], ""),
    (Action.RESUME, {State.SUSPENDED}, State.REVIEWING, [ClockOp.RESUME_HANDLING], ""),
    (Action.TERMINATE, H | {State.SPECIAL, State.SUSPENDED}, State.TERMINATED, [ClockOp.STOP_HANDLING], ""),
]


@pytest.mark.parametrize(("action", "sources", "target", "clocks", "basis"), TABLE, ids=[str(row[0]) for row in TABLE])
def test_row(action, sources, target, clocks, basis):
    rows = [row for row in TRANSITIONS if row.action is action]
    assert set().union(*(row.sources for row in rows)) == sources
    assert {row.target for row in rows} == {target}
    assert list(rows[0].clocks) == clocks
    assert basis in rows[0].basis


@pytest.mark.parametrize("state", sorted(State))
@pytest.mark.parametrize("action", sorted(set(Action) - {Action.SUBMIT}))
def test_anything_not_in_the_table_is_refused(state, action):
    listed = any(row.action is action and state in row.sources for row in TRANSITIONS)
    if listed:
        assert transition(state, action).action is action
    else:
        with pytest.raises(ActionNotPossible):
            transition(state, action)


def test_final_states_lead_nowhere():
    assert not [row for row in TRANSITIONS if row.sources & FINAL]


def test_each_state_and_action_has_one_row():
    pairs = [(row.action, source) for row in TRANSITIONS for source in row.sources]
    assert len(pairs) == len(set(pairs))


def test_only_the_applicant_withdraws_and_only_the_system_accepts_by_default():
    who = {row.action: row.who for row in TRANSITIONS}
    assert who[Action.WITHDRAW] == (Who.APPLICANT,)
    assert who[Action.AUTO_ACCEPT] == (Who.SYSTEM,)
    assert who[Action.APPROVE] == (Who.LEADER,)
