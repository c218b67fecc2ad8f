"""法定阶段转移表：每一行都能在法条里找到出处，测试逐行对应。改规则就是改一行。"""

from dataclasses import dataclass
from enum import StrEnum

from shilong.foundation.documents.rules import PERMIT
from shilong.identity.roles.actor import Role
from shilong.service.cases.refusals import ActionNotPossible
from shilong.service.cases.rules.states import ACTION_NAMES, DECIDED, FINAL, HANDLING, INTAKE, STATE_NAMES, UNDECIDED, Action, State


class Who(StrEnum):
    """谁可以做；数据范围在 `permissions` 判定。"""

    APPLICANT = "applicant"  # 申请人本人或其被授权经办人；窗口代填且无账号的由窗口登记
    WINDOW = "window"
    OFFICER = "officer"
    LEADER = "leader"
    REVIEWER = "reviewer"  # 有待办的审查人
    DECIDER = "decider"  # 审查方案里写明的决定人
    SYSTEM = "system"


class ClockOp(StrEnum):
    """时钟怎样动。"""

    START_NOTICE = "start_notice"
    STOP_NOTICE = "stop_notice"
    START_HANDLING = "start_handling"  # 承诺钟与法定钟同时起
    PAUSE_HANDLING = "pause_handling"
    RESUME_HANDLING = "resume_handling"
    STOP_HANDLING = "stop_handling"
    START_DELIVERY = "start_delivery"
    STOP_DELIVERY = "stop_delivery"


@dataclass(frozen=True, slots=True)
class Transition:
    """一次合法的状态变化。`target` 为 None 表示状态不变；`basis` 是法条，会印在文书与履历上。"""

    action: Action
    sources: frozenset[State]
    target: State | None
    who: tuple[Who, ...]
    clocks: tuple[ClockOp, ...] = ()
    basis: str = ""


_LAW = "行政许可法"
_STAFF = (Who.OFFICER, Who.LEADER)

TRANSITIONS: tuple[Transition, ...] = (
    Transition(Action.SUBMIT, frozenset(), State.SUBMITTED, (Who.APPLICANT, Who.WINDOW), (ClockOp.START_NOTICE,), f"{_LAW}第二十九条"),
    Transition(Action.RECEIVE, frozenset({State.SUBMITTED}), State.RECEIVED, (Who.WINDOW, *_STAFF), (), f"{_LAW}第三十二条"),
    Transition(
        Action.ACCEPT,
        INTAKE,
        State.ACCEPTED,
        (Who.WINDOW, *_STAFF),
        (ClockOp.STOP_NOTICE, ClockOp.START_HANDLING),
        f"{_LAW}第三十二条第一款第五项",
    ),
    Transition(
        Action.AUTO_ACCEPT,
        INTAKE,
        State.ACCEPTED,
        (Who.SYSTEM,),
        (ClockOp.STOP_NOTICE, ClockOp.START_HANDLING),
        f"{_LAW}第三十二条第一款第四项",
    ),
    Transition(
        Action.SUPPLEMENT, INTAKE, State.SUPPLEMENTING, (Who.WINDOW, *_STAFF), (ClockOp.STOP_NOTICE,), f"{_LAW}第三十二条第一款第四项"
    ),
    Transition(
        Action.RESUBMIT,
        frozenset({State.SUPPLEMENTING}),
        State.SUBMITTED,
        (Who.APPLICANT,),
        (ClockOp.START_NOTICE,),
        f"{_LAW}第三十二条第一款第四项",
    ),
    Transition(Action.REJECT, INTAKE, State.REJECTED, (Who.WINDOW, *_STAFF), (ClockOp.STOP_NOTICE,), f"{_LAW}第三十二条第二款"),
    Transition(
        Action.WITHDRAW,
        UNDECIDED,
        State.WITHDRAWN,
        (Who.APPLICANT,),
        (ClockOp.STOP_NOTICE, ClockOp.STOP_HANDLING),
        "申请人处分权，决定作出前可撤回",
    ),
    Transition(Action.LAPSE, frozenset({State.SUPPLEMENTING}), State.LAPSED, (Who.SYSTEM,), (), "补正告知书载明的期限"),
    # 停不停表由特别程序的种类与依据决定，处理函数追加 PAUSE_HANDLING。
    Transition(Action.START_SPECIAL, HANDLING, State.SPECIAL, _STAFF, (), f"{_LAW}第四十五条"),
    Transition(
        Action.END_SPECIAL, frozenset({State.SPECIAL}), State.REVIEWING, _STAFF, (ClockOp.RESUME_HANDLING,), f"{_LAW}第三十四条、第四十五条"
    ),
    Transition(Action.EXTEND, HANDLING, None, _STAFF, (), f"{_LAW}第四十二条"),
    Transition(Action.REVIEW, HANDLING, State.REVIEWING, (Who.REVIEWER,), (), f"{_LAW}第三十四条"),
    Transition(Action.TRANSFER, HANDLING, None, _STAFF, (), f"{_LAW}第三十四条"),
    Transition(Action.TRANSFER, INTAKE, State.TRANSFERRED, (Who.WINDOW, *_STAFF), (ClockOp.STOP_NOTICE,), f"{_LAW}第三十二条第一款第二项"),
    Transition(Action.ADD_REVIEWER, HANDLING, None, _STAFF, (), f"{_LAW}第三十四条"),
    Transition(Action.RETURN_ROUND, frozenset({State.REVIEWING}), None, _STAFF, (), f"{_LAW}第三十四条"),
    # 准予还是不予由 payload.result 决定，处理函数改写目标状态。
    Transition(
        Action.DECIDE, HANDLING, State.GRANTED, (Who.DECIDER,), (ClockOp.STOP_HANDLING, ClockOp.START_DELIVERY), f"{_LAW}第三十八条"
    ),
    # 系统只能凭快递签收登记邮寄送达，见 handlers.finish。
    Transition(Action.DELIVER, DECIDED, State.DELIVERED, (Who.WINDOW, *_STAFF, Who.SYSTEM), (ClockOp.STOP_DELIVERY,), f"{_LAW}第四十四条"),
    Transition(Action.ARCHIVE, frozenset({State.DELIVERED}), State.ARCHIVED, (Who.WINDOW, *_STAFF), (), f"{_LAW}第六十一条"),
    Transition(Action.SUSPEND, HANDLING, State.SUSPENDED, _STAFF, (ClockOp.PAUSE_HANDLING,), "载明的单行法依据"),
    Transition(Action.RESUME, frozenset({State.SUSPENDED}), State.REVIEWING, _STAFF, (ClockOp.RESUME_HANDLING,), "中止事由消除"),
    Transition(
        Action.TERMINATE,
        HANDLING | {State.SPECIAL, State.SUSPENDED},
        State.TERMINATED,
        (*_STAFF, Who.SYSTEM),
        (ClockOp.STOP_HANDLING,),
        "载明的依据",
    ),
    Transition(Action.APPROVE, INTAKE | HANDLING, None, (Who.LEADER,), (), f"{_LAW}第四十二条"),
    Transition(Action.REFUSE, INTAKE | HANDLING, None, (Who.LEADER,), (), f"{_LAW}第四十二条"),
    Transition(
        Action.LATE_SUPPLEMENT,
        UNDECIDED - {State.SUPPLEMENTING},
        None,
        (Who.APPLICANT, Who.WINDOW),
        (),
        "河南省优化营商环境条例第三十五条",
    ),
    Transition(
        Action.URGE_LATE, UNDECIDED - {State.SUPPLEMENTING}, None, (Who.SYSTEM, *_STAFF, Who.WINDOW), (), "河南省优化营商环境条例第三十五条"
    ),
)

_TABLE = {(row.action, source): row for row in TRANSITIONS for source in row.sources}
SUBMISSION = TRANSITIONS[0]

WHO_ROLES = {
    Who.WINDOW: Role.WINDOW,
    Who.OFFICER: Role.OFFICER,
    Who.LEADER: Role.LEADER,
}


def transition(state: State | str, action: Action) -> Transition:
    """查表。

    异常：
        ActionNotPossible: 当前状态不允许这个动作（422）。
    """
    row = _TABLE.get((action, State(state)))
    if row is None:
        raise ActionNotPossible(state=STATE_NAMES[State(state)], action=ACTION_NAMES[action])
    return row


def basis_of(item_type: str, basis: str) -> str:
    """行政许可法只管行政许可（事项类型码 01）；别的事项没有统一的程序法，本平台照它的程序办，履历上写“参照”。"""
    return f"参照{basis}" if item_type != PERMIT and basis.startswith(_LAW) else basis


def possible(state: State | str) -> list[Transition]:
    """某状态下表里允许的动作（未看权限）。"""
    return [] if State(state) in FINAL else [row for row in TRANSITIONS if State(state) in row.sources]
