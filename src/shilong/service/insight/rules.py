"""统计口径，纯函数：一个办件事件给哪些计数加多少。"""

from dataclasses import dataclass
from datetime import date, timedelta

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


def unit(first: date, last: date) -> str:
    """趋势图的粒度：不超过 31 天按日，不超过半年按周，更长按月。"""
    span = (last - first).days
    return "day" if span <= 31 else "week" if span <= 183 else "month"


def bucket(day: date, unit: str) -> date:
    """某天所在格的第一天；周从周一起。"""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def buckets(first: date, last: date, unit: str) -> list[date]:
    """[first, last] 覆盖的各格，按先后。"""
    starts, day = [], bucket(first, unit)
    while day <= last:
        starts.append(day)
        step = {"day": 1, "week": 7, "month": 32}[unit]
        day = bucket(day + timedelta(days=step), unit)
    return starts
