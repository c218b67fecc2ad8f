"""事项归哪个窗口组：单独指定的优先，其次按部门，再次是综合窗口。"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """一个窗口组受理什么。`fallback` 是综合：没有别处受理的都到这里。"""

    key: str
    items: Sequence[str] = ()
    departments: Sequence[str] = ()
    fallback: bool = False


def place_for(item_code: str, department: str, places: Sequence[Place]) -> str:
    """事项到哪个窗口组办，返回它的键；哪里都不受理为空串。"""
    tests = (
        lambda place: item_code in place.items,
        lambda place: bool(department) and department in place.departments,
        lambda place: place.fallback,
    )
    for fits in tests:
        for place in places:
            if fits(place):
                return place.key
    return ""
