"""使用统计：按终端、日期、功能汇总。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from shilong.hall.terminals import permissions, rules
from shilong.hall.terminals.models import Usage
from shilong.identity.roles.actor import Actor, require


@dataclass(frozen=True, slots=True)
class UsageRow:
    """某终端在期间内各功能的次数，次序同 `rules.FEATURES`。"""

    number: str
    name: str
    hall: str
    counts: tuple[int, ...]
    total: int


def usage(actor: Actor, first: date, last: date, chosen: Mapping[str, str]) -> list[UsageRow]:
    """期间内各终端用了多少；没用过的不列。chosen：hall terminal。"""
    rows = _filtered(actor, first, last, chosen)
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for number, name, hall, feature, total in rows.values_list("terminal__number", "terminal__name", "terminal__hall", "feature").annotate(
        total=Sum("count")
    ):
        found.setdefault((number, name, hall), {})[feature] = total
    listed = []
    for (number, name, hall), values in sorted(found.items()):
        counts = tuple(values.get(key, 0) for key in rules.FEATURES)
        listed.append(UsageRow(number, name, hall, counts, sum(counts)))
    return listed


def by_day(actor: Actor, first: date, last: date, chosen: Mapping[str, str]) -> list[tuple[date, int]]:
    """每天的总次数。"""
    rows = _filtered(actor, first, last, chosen).order_by("day").values_list("day").annotate(total=Sum("count"))
    return [(day, total) for day, total in rows]


def by_feature(actor: Actor, first: date, last: date, chosen: Mapping[str, str]) -> list[tuple[str, int]]:
    """各功能的总次数，多的在前。"""
    found = dict(_filtered(actor, first, last, chosen).order_by().values_list("feature").annotate(total=Sum("count")))
    listed = [(name, found.get(key, 0)) for key, name in rules.FEATURES.items()]
    return sorted(listed, key=lambda row: -row[1])


def _filtered(actor: Actor, first: date, last: date, chosen: Mapping[str, str]) -> QuerySet[Usage]:
    require(actor, *permissions.KEEPERS)
    rows = Usage.objects.filter(day__gte=first, day__lte=last, feature__in=list(rules.FEATURES))
    for key, column in (("hall", "terminal__hall"), ("terminal", "terminal__number")):
        if value := chosen.get(key):
            rows = rows.filter(**{column: value})
    return rows
