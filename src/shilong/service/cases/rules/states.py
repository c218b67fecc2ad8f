"""办件的状态与动作。码值见 standards §2.2。"""

from enum import StrEnum


class State(StrEnum):
    """办件状态；库里存英文名，对外推送时用 `STATE_CODES`。"""

    SUBMITTED = "submitted"
    RECEIVED = "received"
    SUPPLEMENTING = "supplementing"
    ACCEPTED = "accepted"
    REVIEWING = "reviewing"
    SPECIAL = "special"
    GRANTED = "granted"
    DENIED = "denied"
    DELIVERED = "delivered"
    ARCHIVED = "archived"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    TRANSFERRED = "transferred"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


STATE_NAMES = {
    State.SUBMITTED: "已提交",
    State.RECEIVED: "已收件",
    State.SUPPLEMENTING: "待补正",
    State.ACCEPTED: "已受理",
    State.REVIEWING: "审查中",
    State.SPECIAL: "特别程序中",
    State.GRANTED: "准予",
    State.DENIED: "不予",
    State.DELIVERED: "已送达",
    State.ARCHIVED: "办结归档",
    State.REJECTED: "不予受理",
    State.WITHDRAWN: "申请人撤回",
    State.LAPSED: "补正超时终止",
    State.TRANSFERRED: "退件",
    State.SUSPENDED: "中止",
    State.TERMINATED: "终止",
}

STATE_CODES = {
    State.SUBMITTED: "20",
    State.RECEIVED: "20",
    State.SUPPLEMENTING: "30",
    State.ACCEPTED: "40",
    State.REVIEWING: "50",
    State.SPECIAL: "60",
    State.GRANTED: "70",
    State.DENIED: "72",
    State.DELIVERED: "80",
    State.ARCHIVED: "90",
    State.REJECTED: "92",
    State.WITHDRAWN: "93",
    State.LAPSED: "94",
    State.TRANSFERRED: "95",
    State.SUSPENDED: "96",
    State.TERMINATED: "97",
}

INTAKE = frozenset({State.SUBMITTED, State.RECEIVED})
HANDLING = frozenset({State.ACCEPTED, State.REVIEWING})
UNDECIDED = INTAKE | HANDLING | {State.SUPPLEMENTING, State.SPECIAL, State.SUSPENDED}
DECIDED = frozenset({State.GRANTED, State.DENIED})
FINAL = frozenset({State.ARCHIVED, State.REJECTED, State.WITHDRAWN, State.LAPSED, State.TRANSFERRED, State.TERMINATED})
OPEN = frozenset(State) - FINAL


class Action(StrEnum):
    """改变办件的动作。"""

    SUBMIT = "submit"
    RECEIVE = "receive"
    ACCEPT = "accept"
    SUPPLEMENT = "supplement"
    RESUBMIT = "resubmit"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    START_SPECIAL = "start_special"
    END_SPECIAL = "end_special"
    EXTEND = "extend"
    REVIEW = "review"
    DECIDE = "decide"
    DELIVER = "deliver"
    ARCHIVE = "archive"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"
    TRANSFER = "transfer"
    ADD_REVIEWER = "add_reviewer"
    RETURN_ROUND = "return_round"
    APPROVE = "approve"
    REFUSE = "refuse"
    LATE_SUPPLEMENT = "late_supplement"
    REQUEST = "request"
    AUTO_ACCEPT = "auto_accept"
    LAPSE = "lapse"
    URGE_LATE = "urge_late"
    CORRECT = "correct"


ACTION_NAMES = {
    Action.SUBMIT: "提交申请",
    Action.RECEIVE: "收件",
    Action.ACCEPT: "予以受理",
    Action.SUPPLEMENT: "一次性告知补正",
    Action.RESUBMIT: "提交补正",
    Action.REJECT: "不予受理",
    Action.WITHDRAW: "撤回申请",
    Action.START_SPECIAL: "启动特别程序",
    Action.END_SPECIAL: "结束特别程序",
    Action.EXTEND: "延期",
    Action.REVIEW: "审查",
    Action.DECIDE: "作出决定",
    Action.DELIVER: "送达登记",
    Action.ARCHIVE: "归档",
    Action.SUSPEND: "中止",
    Action.RESUME: "恢复办理",
    Action.TERMINATE: "终止",
    Action.TRANSFER: "转办",
    Action.ADD_REVIEWER: "加签",
    Action.RETURN_ROUND: "退回重审",
    Action.APPROVE: "批准",
    Action.REFUSE: "不批准",
    Action.LATE_SUPPLEMENT: "补交容缺材料",
    Action.REQUEST: "提请负责人批准",
    Action.AUTO_ACCEPT: "逾期未告知视为受理",
    Action.LAPSE: "补正逾期终止",
    Action.URGE_LATE: "容缺催告",
    Action.CORRECT: "数据更正",
}
