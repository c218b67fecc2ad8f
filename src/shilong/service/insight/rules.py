"""统计口径，纯函数：一个办件事件给哪些计数加多少。"""

from dataclasses import dataclass

COUNTERS = (
    "submitted",
    "accepted",
    "rejected",
    "supplemented",
    "withdrawn",
    "granted",
    "denied",
    "terminated",
    "delivered",
    "instant",
    "in_promise",
    "over_promise",
    "over_legal",
    "used_days",
    "promised_days",
)

ONE = {
    "submit": "submitted",
    "accept": "accepted",
    "auto_accept": "accepted",
    "reject": "rejected",
    "supplement": "supplemented",
    "withdraw": "withdrawn",
    "terminate": "terminated",
    "lapse": "terminated",
    "deliver": "delivered",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """决定那一刻的用时，单位工作日。"""

    granted: bool
    instant: bool
    used: int
    promised: int
    legal_used: int = 0
    legal: int | None = None


def increments(action: str, outcome: Outcome | None = None) -> dict[str, int]:
    """办件动作 → 计数增量。决定动作必须给出 `outcome`；不计数的动作得到空字典。"""
    if action == "decide" and outcome is not None:
        return _decided(outcome)
    name = ONE.get(action)
    return {name: 1} if name else {}


def _decided(outcome: Outcome) -> dict[str, int]:
    changes = {"granted" if outcome.granted else "denied": 1, "used_days": outcome.used, "promised_days": outcome.promised}
    if outcome.instant:
        changes["instant"] = 1
    changes["in_promise" if outcome.used <= outcome.promised else "over_promise"] = 1
    if outcome.legal is not None and outcome.legal_used > outcome.legal:
        changes["over_legal"] = 1
    return changes


def rate(part: int, whole: int) -> float | None:
    """百分比，一位小数；分母为 0 时没有意义，返回 None，页面显示“—”。"""
    return round(part * 100 / whole, 1) if whole else None
