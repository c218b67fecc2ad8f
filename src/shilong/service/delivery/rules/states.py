"""寄递单的状态，以及怎样由一组轨迹推出状态。轨迹可能重复、乱序、迟到：总是拿全部轨迹重算，先后无关。"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """寄递的种类。"""

    RESULT = "result"  # 证照寄送：结果寄给申请人
    PICKUP = "pickup"  # 上门揽件：申请人把原件寄给大厅


class Way(StrEnum):
    """领取方式。"""

    WINDOW = "window"
    COURIER = "courier"
    ELECTRONIC = "electronic"


class Pays(StrEnum):
    """谁付邮费。"""

    SENDER = "sender"
    RECEIVER = "receiver"
    FREE = "free"


class State(StrEnum):
    PENDING = "pending"
    ORDERING = "ordering"
    ORDERED = "ordered"
    TRANSIT = "transit"
    SIGNED = "signed"
    PROBLEM = "problem"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class Trouble(StrEnum):
    """异常的种类。"""

    ADDRESS = "address"
    FAILED = "failed"
    REFUSED = "refused"
    RETURNED = "returned"
    STALLED = "stalled"
    DAMAGED = "damaged"
    LOST = "lost"
    OTHER = "other"


class Move(StrEnum):
    """一条轨迹说明什么。"""

    INFO = "info"
    PICKED = "picked"
    MOVING = "moving"
    DELIVERING = "delivering"
    FAILED = "failed"
    REFUSED = "refused"
    RETURNED = "returned"
    SIGNED = "signed"


KIND_NAMES = {Kind.RESULT: "证照寄送", Kind.PICKUP: "上门取件"}
WAY_NAMES = {Way.WINDOW: "窗口领取", Way.COURIER: "快递寄送", Way.ELECTRONIC: "电子领取"}
FORM_WAYS = {"窗口领取": Way.WINDOW, "邮寄送达": Way.COURIER, "电子送达": Way.ELECTRONIC}  # 申请表里的写法
PAYS_NAMES = {Pays.SENDER: "寄付", Pays.RECEIVER: "到付", Pays.FREE: "免费"}
STATE_NAMES = {
    State.PENDING: "待下单",
    State.ORDERING: "下单中",
    State.ORDERED: "待揽收",
    State.TRANSIT: "在途",
    State.SIGNED: "已签收",
    State.PROBLEM: "异常",
    State.CANCELLING: "取消中",
    State.CANCELLED: "已取消",
    State.CLOSED: "已了结",
}
TONES = {State.PENDING: "o", State.ORDERING: "b", State.ORDERED: "b", State.TRANSIT: "b", State.SIGNED: "g", State.PROBLEM: "r"}
TROUBLE_NAMES = {
    Trouble.ADDRESS: "没有收件地址",
    Trouble.FAILED: "派送不成功",
    Trouble.REFUSED: "拒收",
    Trouble.RETURNED: "退回",
    Trouble.STALLED: "久未移动",
    Trouble.DAMAGED: "破损",
    Trouble.LOST: "丢失",
    Trouble.OTHER: "其他",
}
REPORTABLE = (Trouble.REFUSED, Trouble.RETURNED, Trouble.STALLED, Trouble.DAMAGED, Trouble.LOST, Trouble.OTHER)
MOVE_NAMES = {
    Move.INFO: "信息",
    Move.PICKED: "已揽收",
    Move.MOVING: "运输中",
    Move.DELIVERING: "派送中",
    Move.FAILED: "派送不成功",
    Move.REFUSED: "拒收",
    Move.RETURNED: "退回",
    Move.SIGNED: "已签收",
}
HELD = frozenset({State.PENDING, State.ORDERING, State.CANCELLING})  # 轨迹先收着，等下单、取消有了结果再算
OVER = frozenset({State.CANCELLED, State.CLOSED})  # 不再占着办件的
TRACKED = frozenset({State.ORDERED, State.TRANSIT, State.PROBLEM})  # 还要跟踪轨迹的
OPEN_ADDRESS = frozenset({State.PENDING})  # 还能改收件地址的
STICKY = frozenset({Trouble.DAMAGED, Trouble.LOST, Trouble.OTHER})  # 人登记的异常：轨迹不能替人消掉，签收除外
STALL_AFTER = timedelta(days=3)  # 下单或最近一条轨迹之后多久没有动静算异常

_SIGNER = re.compile(r"签收人[是为]?\s*[：:]\s*([^\s，,。；;（）()\[\]【】]{1,20})")
_TROUBLES = {Move.FAILED: Trouble.FAILED, Move.REFUSED: Trouble.REFUSED, Move.RETURNED: Trouble.RETURNED}
_RANK = {move: place for place, move in enumerate(Move)}  # 同一时刻的几条，靠后的更说明问题


@dataclass(frozen=True, slots=True)
class Step:
    """一条轨迹里用来推状态的部分。`human` 是申请人或窗口亲自确认的。"""

    move: Move
    at: datetime
    human: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """由轨迹推出的样子。"""

    state: State
    trouble: str = ""
    picked_at: datetime | None = None
    signed_at: datetime | None = None
    moved_at: datetime | None = None


def outcome(steps: Iterable[Step]) -> Outcome:
    """全部轨迹推出的状态。

    有退回的，快递公司报的“签收”是寄件方收回，不是送达；派送不成功之后又派送的，以后来的为准。
    """
    rows = sorted((step for step in steps if step.move is not Move.INFO), key=lambda step: (step.at, _RANK[step.move]))
    if not rows:
        return Outcome(State.ORDERED)
    last = rows[-1]
    picked = next((step.at for step in rows), None)
    returned = any(step.move is Move.RETURNED for step in rows)
    signed = next((step.at for step in rows if step.move is Move.SIGNED and (step.human or not returned)), None)
    if signed:
        return Outcome(State.SIGNED, "", picked, signed, last.at)
    trouble = Trouble.RETURNED if returned else _TROUBLES.get(last.move, "")
    return Outcome(State.PROBLEM if trouble else State.TRANSIT, trouble, picked, None, last.at)


def stalled(since: datetime, now: datetime) -> bool:
    """从 `since`（最近一次动静）到现在是不是太久没有移动。"""
    return now - since > STALL_AFTER


def signer_of(remark: str) -> str:
    """签收说明里的签收人；没写的为空串。"""
    found = _SIGNER.search(remark)
    return found.group(1) if found else ""
