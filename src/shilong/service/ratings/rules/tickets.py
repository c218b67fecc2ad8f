"""差评工单的流转表（standards §3.5 P06–P08；安阳市政务服务条例第五十二条：1 个工作日内联系、回访）。改规则就是改一行。"""

from dataclasses import dataclass
from enum import StrEnum

from shilong.identity.roles.actor import Role
from shilong.service.ratings.refusals import StepNotPossible


class Stage(StrEnum):
    """工单状态，值即 standards §3.5 的码。"""

    WAITING = "10"
    CHECKING = "20"
    APPEALED = "30"
    RECTIFYING = "40"
    VISITING = "50"
    CLOSED = "60"
    EXCLUDED = "90"


class Step(StrEnum):
    """工单的动作。"""

    OPEN = "open"
    TAKE = "take"
    ASSIGN = "assign"
    CONTACT = "contact"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    DISMISS = "dismiss"
    RECTIFY = "rectify"
    FEEDBACK = "feedback"
    VISIT = "visit"
    REDO = "redo"
    CLOSE = "close"


STEP_NAMES = {
    Step.OPEN: "立单",
    Step.TAKE: "接收",
    Step.ASSIGN: "改派",
    Step.CONTACT: "联系核实",
    Step.APPEAL: "申诉",
    Step.UPHOLD: "认定误评或恶意",
    Step.DISMISS: "申诉不成立",
    Step.RECTIFY: "确认属实，开始整改",
    Step.FEEDBACK: "反馈整改结果",
    Step.VISIT: "登记回访",
    Step.REDO: "退回重新整改",
    Step.CLOSE: "复核办结",
}
OPEN = frozenset(Stage) - {Stage.CLOSED, Stage.EXCLUDED}
APPEAL_KINDS = {"mistaken": "误评", "malicious": "恶意评价"}
VISITS = {"satisfied": "满意", "accepted": "认可", "unsatisfied": "不满意"}
ACCEPTED = frozenset({"satisfied", "accepted"})
_DEPARTMENT = (Role.OFFICER, Role.LEADER)
_BUREAU = (Role.BUREAU,)


@dataclass(frozen=True, slots=True)
class Move:
    """一次合法的流转。`target` 为 None 表示状态不变；`others` 为真表示不能由做前一步的同一个人做。"""

    step: Step
    sources: frozenset[Stage]
    target: Stage | None
    roles: tuple[Role, ...]
    contacted: bool = False  # 须先联系过评价人
    visited: bool | None = None  # 须先回访，且回访认可（真）或不满意（假）
    apart: str = ""  # 与工单上这一列的人不能相同
    basis: str = ""


MOVES: tuple[Move, ...] = (
    Move(Step.TAKE, frozenset({Stage.WAITING}), Stage.CHECKING, _DEPARTMENT, basis="1 个工作日内联系核实"),
    Move(Step.ASSIGN, frozenset({Stage.WAITING, Stage.CHECKING}), Stage.WAITING, _BUREAU, basis="责任部门不对的改派"),
    Move(Step.CONTACT, frozenset({Stage.CHECKING}), None, _DEPARTMENT, basis="1 个工作日内联系核实"),
    Move(Step.APPEAL, frozenset({Stage.CHECKING}), Stage.APPEALED, _DEPARTMENT, contacted=True, basis="国办发〔2019〕51号：甄别申诉复核"),
    Move(Step.UPHOLD, frozenset({Stage.APPEALED}), Stage.EXCLUDED, _BUREAU, apart="appealed_by_id", basis="认定后不计入统计，仍留痕"),
    Move(Step.DISMISS, frozenset({Stage.APPEALED}), Stage.RECTIFYING, _BUREAU, apart="appealed_by_id", basis="申诉不成立转整改"),
    Move(Step.RECTIFY, frozenset({Stage.CHECKING}), Stage.RECTIFYING, _DEPARTMENT, contacted=True, basis="限期 15 个工作日整改"),
    Move(Step.FEEDBACK, frozenset({Stage.RECTIFYING}), Stage.VISITING, _DEPARTMENT, basis="整改情况反馈"),
    Move(Step.VISIT, frozenset({Stage.VISITING}), None, _BUREAU, apart="handler_id", basis="实名差评回访整改率 100%"),
    Move(Step.REDO, frozenset({Stage.VISITING}), Stage.RECTIFYING, _BUREAU, visited=False, basis="回访不满意退回整改"),
    Move(Step.CLOSE, frozenset({Stage.VISITING}), Stage.CLOSED, _BUREAU, visited=True, basis="回访认可后办结"),
)


def possible(stage: str) -> list[Move]:
    """这个状态下有哪些动作。"""
    return [move for move in MOVES if Stage(stage) in move.sources]


def move(stage: str, step: Step) -> Move:
    """从某状态做某一步。

    异常：
        StepNotPossible: 现在不能做这一步。
    """
    found = next((one for one in MOVES if one.step is step and Stage(stage) in one.sources), None)
    if found is None:
        raise StepNotPossible(step=STEP_NAMES[step])
    return found
