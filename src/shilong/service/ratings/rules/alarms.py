"""差评异常上升的统计方法。

把最近一段（缺省 7 日）与之前 4 倍长的一段（28 日）比。以之前的差评率（加半平滑：（差评 + 0.5）÷（评价 + 1），不低于全体差评率的一半）为
“平常的概率” p，问：如果还是平常，最近 n 条评价里出现不少于 k 条差评的可能有多大（二项分布单侧尾概率 P(X ≥ k | n, p)）。
同时满足三条才预警：k 不少于规定条数（缺省 3）、最近差评率不低于平常的 1.5 倍、尾概率 < 0.01。
小样本也适用（没有用正态近似）；同一批比较很多对象会有少量误报，所以只提示，不自动处理。
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

SIGNIFICANT = 0.01
RISE = 1.5
BASELINE_TIMES = 4


@dataclass(frozen=True, slots=True)
class Window:
    """一个对象在最近与之前两段里的评价数、差评数。"""

    key: str
    total: int
    bad: int
    before_total: int
    before_bad: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """一条预警。率为百分数；`chance` 是平常情况下出现这么多差评的概率。"""

    key: str
    total: int
    bad: int
    rate: float
    usual: float
    chance: float


def tail(total: int, least: int, p: float) -> float:
    """二项分布单侧尾概率 P(X ≥ least)，X ~ B(total, p)。"""
    if least <= 0:
        return 1.0
    if least > total or p <= 0:
        return 0.0
    if p >= 1:
        return 1.0
    return min(1.0, sum(exp(_log_choose(total, k) + k * log(p) + (total - k) * log1p(-p)) for k in range(least, total + 1)))


def find(windows: Iterable[Window], *, least: int) -> list[Alarm]:
    """哪些对象的差评异常上升，最不寻常的在前。

    参数：
        least: 最近一段至少几条差评才看。
    """
    rows = list(windows)
    overall = _smooth(sum(row.before_bad for row in rows), sum(row.before_total for row in rows))
    found = [alarm for row in rows if (alarm := _judge(row, overall, least)) is not None]
    return sorted(found, key=lambda one: (one.chance, one.key))


def _judge(row: Window, overall: float, least: int) -> Alarm | None:
    if row.bad < least or not row.total:
        return None
    usual = max(_smooth(row.before_bad, row.before_total) if row.before_total else overall, overall / 2)
    rate = row.bad / row.total
    chance = tail(row.total, row.bad, usual)
    if rate < usual * RISE or chance >= SIGNIFICANT:
        return None
    return Alarm(row.key, row.total, row.bad, round(rate * 100, 1), round(usual * 100, 1), chance)


def _smooth(bad: int, total: int) -> float:
    return (bad + 0.5) / (total + 1)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
