"""咨询投诉的规则：类型、流转、期限。纯函数。"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import TextChoices

from shilong.foundation.calendar.rules import Calendar, Unit, due, effective_start
from shilong.identity.roles.actor import Role
from shilong.service.enquiries.refusals import StepNotPossible

ANSWER_DAYS = 3  # 工作日；下班后、休假日提交的从下一个工作日起算
TITLE_LIMIT, TEXT_LIMIT, ANSWER_LIMIT = 80, 1000, 2000
KINDS = {"consult": "咨询", "complaint": "投诉", "suggest": "建议"}


class Publicity(TextChoices):
    """公开选登到哪一步。"""

    NONE = "", "不公开"
    PROPOSED = "proposed", "待审核"
    PUBLISHED = "published", "已公开"
    REFUSED = "refused", "不予公开"


class Stage(StrEnum):
    """状态。"""

    UNASSIGNED = "10"
    ASSIGNED = "20"
    ANSWERED = "30"
    RATED = "40"
    WITHDRAWN = "90"


STAGE_NAMES = {
    Stage.UNASSIGNED: "待分派",
    Stage.ASSIGNED: "待答复",
    Stage.ANSWERED: "已答复",
    Stage.RATED: "已评价",
    Stage.WITHDRAWN: "已撤回",
}
OPEN = frozenset({Stage.UNASSIGNED, Stage.ASSIGNED})


class Step(StrEnum):
    """动作。"""

    SUBMIT = "submit"
    ASSIGN = "assign"
    RETURN = "return"
    ANSWER = "answer"
    URGE = "urge"
    RATE = "rate"
    WITHDRAW = "withdraw"
    PROPOSE = "propose"
    PUBLISH = "publish"
    DECLINE = "decline"


STEP_NAMES = {
    Step.SUBMIT: "提交",
    Step.ASSIGN: "分派",
    Step.RETURN: "退回重新分派",
    Step.ANSWER: "答复",
    Step.URGE: "催办",
    Step.RATE: "评价答复",
    Step.WITHDRAW: "撤回",
    Step.PROPOSE: "建议公开",
    Step.PUBLISH: "审核公开",
    Step.DECLINE: "不予公开",
}
OWNER = "owner"  # 提交人本人，不是岗位
_DEPARTMENT = (Role.OFFICER, Role.LEADER)


@dataclass(frozen=True, slots=True)
class Move:
    """一次合法的流转。`roles` 为空表示只有提交人本人；`target` 为 None 表示状态不变。"""

    step: Step
    sources: frozenset[Stage]
    target: Stage | None
    roles: tuple[Role, ...]
    publicity: frozenset[str] | None = None  # 公开状态须在其中


_DONE = frozenset({Stage.ANSWERED, Stage.RATED})
MOVES: tuple[Move, ...] = (
    Move(Step.ASSIGN, OPEN, Stage.ASSIGNED, (Role.BUREAU,)),
    Move(Step.RETURN, frozenset({Stage.ASSIGNED}), Stage.UNASSIGNED, _DEPARTMENT),
    Move(Step.ANSWER, frozenset({Stage.ASSIGNED}), Stage.ANSWERED, _DEPARTMENT),
    Move(Step.URGE, OPEN, None, ()),
    Move(Step.URGE, frozenset({Stage.ASSIGNED}), None, (Role.BUREAU,)),
    Move(Step.RATE, frozenset({Stage.ANSWERED}), Stage.RATED, ()),
    Move(Step.WITHDRAW, OPEN, Stage.WITHDRAWN, ()),
    Move(Step.PROPOSE, _DONE, None, _DEPARTMENT, frozenset({Publicity.NONE})),
    Move(Step.PUBLISH, _DONE, None, (Role.BUREAU,), frozenset({Publicity.PROPOSED})),
    Move(Step.DECLINE, _DONE, None, (Role.BUREAU,), frozenset({Publicity.PROPOSED})),
)


def moves(stage: str, publicity: str) -> list[Move]:
    """这个状态下有哪些流转。"""
    return [one for one in MOVES if Stage(stage) in one.sources and (one.publicity is None or publicity in one.publicity)]


def move(stage: str, publicity: str, step: Step, *, owner: bool) -> Move:
    """从某状态做某一步。

    参数：
        owner: 是不是提交人本人在做。

    异常：
        StepNotPossible: 现在不能做。
    """
    rows = [one for one in moves(stage, publicity) if one.step is step]
    found = next((one for one in rows if owner is (not one.roles)), rows[0] if rows else None)
    if found is None:
        raise StepNotPossible(step=STEP_NAMES[step])
    return found


def deadline(at: datetime, calendar: Calendar) -> datetime:
    """答复期限：自收到之日起 3 个工作日，当日不计。"""
    return due(effective_start(at, calendar), ANSWER_DAYS, Unit.WORKDAY, calendar)
