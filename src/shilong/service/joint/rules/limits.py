"""母件的时限。承诺 = 关键路径上子件承诺之和（standards §11.1）；许可类联合办理另有法定上限（行政许可法第四十二条第二款）。"""

from collections.abc import Iterable, Mapping
from math import ceil

from shilong.service.catalog.views import ItemView
from shilong.service.joint.rules.themes import Part

JOINT_DAYS = 45  # 行政许可法第四十二条第二款：统一、联合、集中办理不得超过四十五日（工作日，第八十二条）
EXTENSION_DAYS = 15  # 同款：经本级人民政府负责人批准可以延长十五日
LICENCE = "01"
_TO_WORKDAYS = {"1": 1.0, "2": 5 / 7, "3": 22.0}  # 自然日、月折成工作日，只用于合计；子件各按自己的单位计时


def workdays(item: ItemView) -> int:
    """一件的承诺，折成工作日，向上取整。"""
    return ceil(item.promise_days * _TO_WORKDAYS.get(item.promise_unit, 1.0))


def critical_path(parts: Iterable[Part], after: Mapping[str, Iterable[str]]) -> tuple[int, list[str]]:
    """关键路径：工作日合计与经过的各件，先办的在前。先后关系须无环。"""
    days = {row.key: workdays(row.item) for row in parts}
    best: dict[str, tuple[int, list[str]]] = {}

    def longest(key: str) -> tuple[int, list[str]]:
        if key not in best:
            before = max((longest(one) for one in after.get(key, ()) if one in days), default=(0, []), key=lambda row: row[0])
            best[key] = (before[0] + days[key], [*before[1], key])
        return best[key]

    return max((longest(key) for key in days), default=(0, []), key=lambda row: row[0])


def licence_days(parts: Iterable[Part], after: Mapping[str, Iterable[str]]) -> int:
    """许可类各件沿先后关系的最长承诺合计，不含非许可的。"""
    rows = list(parts)
    kept = [row for row in rows if row.item.type == LICENCE]
    days = {row.key: workdays(row.item) for row in kept}
    total: dict[str, int] = {}

    def longest(key: str) -> int:
        if key not in total:
            total[key] = days.get(key, 0) + max((longest(one) for one in after.get(key, ())), default=0)
        return total[key]

    return max((longest(row.key) for row in rows), default=0)
