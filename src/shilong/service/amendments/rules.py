"""数据更正的规则：状态与合法变化，纯函数。"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from shilong.foundation.codes import masks
from shilong.foundation.refusals import Refused

MIN_REASON = 5
MAX_REASON = 500
MAX_FIELDS = 20


class Status(StrEnum):
    """更正申请的状态。"""

    PENDING = "pending"
    AUTHORISED = "authorised"
    REFUSED = "refused"
    EXECUTED = "executed"
    CANCELLED = "cancelled"


STATUS_NAMES = {
    Status.PENDING: "待授权",
    Status.AUTHORISED: "已授权，待执行",
    Status.REFUSED: "已驳回",
    Status.EXECUTED: "已执行",
    Status.CANCELLED: "已撤销",
}
TONES = {Status.PENDING: "o", Status.AUTHORISED: "b", Status.REFUSED: "r", Status.EXECUTED: "g", Status.CANCELLED: ""}
LIVE = frozenset({Status.PENDING, Status.AUTHORISED})
STEPS = {
    ("authorise", Status.PENDING): Status.AUTHORISED,
    ("refuse", Status.PENDING): Status.REFUSED,
    ("execute", Status.AUTHORISED): Status.EXECUTED,
    ("cancel", Status.PENDING): Status.CANCELLED,
    ("cancel", Status.AUTHORISED): Status.CANCELLED,
}
STEP_NAMES = {"authorise": "授权", "refuse": "驳回", "execute": "执行", "cancel": "撤销"}

_MASKS = {
    "name": masks.mask_name,
    "idcard": masks.mask_idno,
    "uscc": lambda value: masks.mask_uscc(value, individual=False),
    "mobile": masks.mask_mobile,
    "address": masks.mask_address,
}


class StepNotPossible(Refused):
    code = "amendment_step_not_possible"
    message = "这份更正申请现在是“{status}”，不能{step}。"


def advance(step: str, status: Status) -> Status:
    """走一步之后的状态。

    异常：
        StepNotPossible: 表上没有这一步。
    """
    target = STEPS.get((step, status))
    if target is None:
        raise StepNotPossible(status=STATUS_NAMES[status], step=STEP_NAMES[step])
    return target


def shown(kind: str, value: Any, choices: Mapping[str, str]) -> str:
    """一个值给人看的样子：选项变成文字，证件、手机、姓名、地址脱敏。"""
    text = str(value or "")
    if not text:
        return "（空）"
    mask = _MASKS.get(kind)
    return mask(text) if mask else choices.get(text, text)
