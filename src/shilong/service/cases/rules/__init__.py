"""办件的法定规则。纯函数与数据表，不碰数据库；每一行都能在法条里找到出处。"""

from shilong.service.cases.rules import clocks, review, special
from shilong.service.cases.rules.states import (
    ACTION_NAMES,
    DECIDED,
    FINAL,
    HANDLING,
    INTAKE,
    OPEN,
    STATE_CODES,
    STATE_NAMES,
    UNDECIDED,
    Action,
    State,
)
from shilong.service.cases.rules.transitions import (
    SUBMISSION,
    TRANSITIONS,
    WHO_ROLES,
    ClockOp,
    Transition,
    Who,
    basis_of,
    possible,
    transition,
)

__all__ = [
    "ACTION_NAMES",
    "DECIDED",
    "FINAL",
    "HANDLING",
    "INTAKE",
    "OPEN",
    "STATE_CODES",
    "STATE_NAMES",
    "SUBMISSION",
    "TRANSITIONS",
    "UNDECIDED",
    "WHO_ROLES",
    "Action",
    "ClockOp",
    "State",
    "Transition",
    "Who",
    "basis_of",
    "clocks",
    "possible",
    "review",
    "special",
    "transition",
]
