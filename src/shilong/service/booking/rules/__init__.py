"""预约规则，纯函数：号源怎样排、预约的状态机、能约能改的时间、爽约限制。"""

from shilong.service.booking.rules.limits import Limits, blocked_until, cancel_deadline, last_day, may_check_in
from shilong.service.booking.rules.slots import Planned, Shut, Template, plan
from shilong.service.booking.rules.states import ACTION_NAMES, HOLDING, STATE_NAMES, Action, NotPossible, State, move

__all__ = [
    "ACTION_NAMES",
    "HOLDING",
    "STATE_NAMES",
    "Action",
    "Limits",
    "NotPossible",
    "Planned",
    "Shut",
    "State",
    "Template",
    "blocked_until",
    "cancel_deadline",
    "last_day",
    "may_check_in",
    "move",
    "plan",
]
