"""一个号的状态机：来源状态、动作、目标状态写成数据。流程自定（PD），没有国标。"""

from dataclasses import dataclass
from enum import StrEnum

from shilong.foundation.refusals import Refused


class State(StrEnum):
    """号的状态。"""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    MISSED = "missed"
    FINISHED = "finished"
    ABANDONED = "abandoned"
    EXPIRED = "expired"


class Action(StrEnum):
    """对一个号做的事；事件主题是 `queueing.` 加它。"""

    TAKEN = "taken"
    CALLED = "called"
    RECALLED = "recalled"
    SERVING = "serving"
    FINISHED = "finished"
    MISSED = "missed"
    RETURNED = "returned"
    TRANSFERRED = "transferred"
    ABANDONED = "abandoned"
    EXPIRED = "expired"


STATE_NAMES = {
    State.WAITING: "等候",
    State.CALLED: "已呼叫",
    State.SERVING: "办理中",
    State.MISSED: "已过号",
    State.FINISHED: "已办结",
    State.ABANDONED: "已弃号",
    State.EXPIRED: "已作废",
}
ACTION_NAMES = {
    Action.TAKEN: "取号",
    Action.CALLED: "呼叫",
    Action.RECALLED: "重呼",
    Action.SERVING: "开始办理",
    Action.FINISHED: "办结",
    Action.MISSED: "过号",
    Action.RETURNED: "找回",
    Action.TRANSFERRED: "转窗",
    Action.ABANDONED: "弃号",
    Action.EXPIRED: "下班清号",
}
ACTIVE = (State.CALLED, State.SERVING)  # 占着窗口的


class NotPossible(Refused):
    """这个状态下不能做这件事。"""

    code = "ticket_not_possible"
    message = "{number} 号现在是“{state}”，不能{action}。请刷新后再看。"
    status = 409


@dataclass(frozen=True, slots=True)
class Transition:
    """一次合法的变化。"""

    action: Action
    sources: frozenset[State]
    target: State


TRANSITIONS = {
    row.action: row
    for row in (
        Transition(Action.CALLED, frozenset({State.WAITING}), State.CALLED),
        Transition(Action.RECALLED, frozenset({State.CALLED}), State.CALLED),
        Transition(Action.SERVING, frozenset({State.CALLED}), State.SERVING),
        Transition(Action.FINISHED, frozenset({State.CALLED, State.SERVING}), State.FINISHED),
        Transition(Action.MISSED, frozenset({State.CALLED}), State.MISSED),
        Transition(Action.RETURNED, frozenset({State.MISSED}), State.WAITING),
        Transition(Action.TRANSFERRED, frozenset({State.CALLED, State.SERVING}), State.WAITING),
        Transition(Action.ABANDONED, frozenset({State.WAITING, State.CALLED, State.MISSED}), State.ABANDONED),
        Transition(Action.EXPIRED, frozenset({State.WAITING, State.CALLED, State.SERVING, State.MISSED}), State.EXPIRED),
    )
}


def move(state: State, action: Action, number: str = "") -> State:
    """做完之后的状态。

    异常：
        NotPossible: 这个状态下不能做（409）。
    """
    known = TRANSITIONS.get(action)
    if known is None or state not in known.sources:
        raise NotPossible(number=number, state=STATE_NAMES[state], action=ACTION_NAMES[action])
    return known.target
