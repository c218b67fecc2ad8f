"""等待统计：人数、平均与 90 分位。单位都是分钟。"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """一个号：等了多久、办了多久（秒）；没叫到或没办完为 None。"""

    key: str
    waited: float | None
    served: float | None
    finished: bool = False
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """一组号的统计。`wait_p90` 是 90 分位等待。"""

    key: str
    taken: int
    called: int
    finished: int
    lost: int
    wait_mean: float | None
    wait_p90: float | None
    serve_mean: float | None


def percentile(values: Sequence[float], share: float) -> float | None:
    """分位数，最近秩法：至少 `share` 的样本不超过它。没有样本为 None。"""
    if not values:
        return None
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[int(rank) - 1]


def summarise(samples: Iterable[Sample]) -> list[Summary]:
    """按 `key` 分组统计，组按键排序。"""
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.key, []).append(sample)
    return [_one(key, groups[key]) for key in sorted(groups)]


def _one(key: str, rows: list[Sample]) -> Summary:
    waits = [row.waited / 60 for row in rows if row.waited is not None]
    serves = [row.served / 60 for row in rows if row.served is not None]
    p90 = percentile(waits, 0.9)
    return Summary(
        key=key,
        taken=len(rows),
        called=len(waits),
        finished=sum(row.finished for row in rows),
        lost=sum(row.lost for row in rows),
        wait_mean=_mean(waits),
        wait_p90=None if p90 is None else round(p90, 1),
        serve_mean=_mean(serves),
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 1) if values else None
