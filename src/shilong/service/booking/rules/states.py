"""一个预约的状态机。流程自定（PD）。"""

from enum import StrEnum

from shilong.foundation.refusals import Refused


class State(StrEnum):
    """预约的状态。"""

    BOOKED = "booked"
    SUSPENDED = "suspended"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Action(StrEnum):
    """对预约做的事；事件主题是 `booking.` 加它。"""

    MADE = "made"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    ARRIVED = "arrived"
    MISSED = "missed"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    REMINDED = "reminded"


STATE_NAMES = {
    State.BOOKED: "已预约",
    State.SUSPENDED: "停办待改约",
    State.ARRIVED: "已签到",
    State.CANCELLED: "已取消",
    State.MISSED: "未到（爽约）",
}
ACTION_NAMES = {
    Action.MADE: "预约",
    Action.CHANGED: "改约",
    Action.CANCELLED: "取消",
    Action.ARRIVED: "签到",
    Action.MISSED: "爽约",
    Action.SUSPENDED: "停办",
    Action.RESTORED: "恢复",
    Action.REMINDED: "提醒",
}
HOLDING = (State.BOOKED, State.SUSPENDED)  # 还占着名额、没有了结的

_TABLE = {
    Action.CHANGED: (HOLDING, State.BOOKED),
    Action.CANCELLED: (HOLDING, State.CANCELLED),
    Action.ARRIVED: ((State.BOOKED,), State.ARRIVED),
    Action.MISSED: ((State.BOOKED,), State.MISSED),
    Action.SUSPENDED: ((State.BOOKED,), State.SUSPENDED),
    Action.RESTORED: ((State.SUSPENDED,), State.BOOKED),
    Action.REMINDED: ((State.BOOKED,), State.BOOKED),
}


class NotPossible(Refused):
    """这个状态下不能做这件事。"""

    code = "booking_not_possible"
    message = "这个预约现在是“{state}”，不能{action}。"
    status = 409


def move(state: State, action: Action) -> State:
    """做完之后的状态。异常：NotPossible（409）。"""
    sources, target = _TABLE.get(action, ((), state))
    if state not in sources:
        raise NotPossible(state=STATE_NAMES[state], action=ACTION_NAMES[action])
    return target
