"""交接班与当日数字：按办理人统计履历，走 `event_by_actor` 索引；当日办结走决定时间索引（W06）。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from shilong.foundation.days import day_end, day_start
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.cases import clock, permissions
from shilong.service.cases.models import CaseEvent, Task
from shilong.service.cases.rules import DECIDED, INTAKE, OPEN, Action, State, clocks
from shilong.service.cases.selectors.lists import CaseRow, rows_of

COUNTED: Mapping[str, str] = {
    Action.RECEIVE: "收件",
    Action.ACCEPT: "受理",
    Action.SUPPLEMENT: "告知补正",
    Action.REJECT: "不予受理",
    Action.TRANSFER: "退件转办",
    Action.DELIVER: "送达",
    Action.ARCHIVE: "归档",
}
LIST_LIMIT = 200
_LEFT = INTAKE | DECIDED | {State.SUPPLEMENTING, State.DELIVERED}


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """一个人一天的件数；`counts` 的键为动作名。"""

    account_id: int
    name: str
    counts: dict[str, int]

    @property
    def cells(self) -> list[int]:
        """按 `COUNTED` 的次序。"""
        return [self.counts.get(action, 0) for action in COUNTED]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class ShiftView:
    """一个班次：各人件数、合计、还没办完要交给下一班的办件（脱敏）。"""

    day: date
    rows: list[ShiftRow]
    handed: list[CaseRow] = field(default_factory=list)

    @property
    def heads(self) -> list[str]:
        return list(COUNTED.values())

    @property
    def totals(self) -> list[int]:
        return [sum(row.counts.get(action, 0) for row in self.rows) for action in COUNTED]


def shift(actor: Actor, *, day: date, people: Sequence[int] = ()) -> ShiftView:
    """某一天的交接班统计。

    参数：
        day: 日期（当地时间零点到次日零点）。
        people: 要统计的账号；空为本人。只统计各人自己留下的履历。

    异常：NotSignedIn、NotAllowed（只有综合窗口人员可用）。
    """
    require(actor, Role.WINDOW)
    ids = list(people) or ([actor.account_id] if actor.account_id else [])
    found = CaseEvent.objects.filter(actor_id__in=ids, at__gte=day_start(day), at__lt=day_end(day), action__in=list(COUNTED))
    people_rows: dict[int, ShiftRow] = {}
    for account_id, name, action, count in (
        found.order_by()
        .values_list("actor_id", "actor_name", "action")
        .annotate(n=Count("id"))
        .values_list("actor_id", "actor_name", "action", "n")
    ):
        row = people_rows.setdefault(int(account_id or 0), ShiftRow(int(account_id or 0), name, {}))
        row.counts[action] = row.counts.get(action, 0) + count
    touched = found.order_by().values("case_id")
    left = permissions.visible(actor).filter(pk__in=touched, state__in=sorted(_LEFT)).order_by("due_at", "id")[:LIST_LIMIT]
    return ShiftView(day, sorted(people_rows.values(), key=lambda row: (-row.total, row.account_id)), rows_of(left))


def decided_today(actor: Actor) -> int:
    """今天作出决定的件数（数据范围内）。"""
    return permissions.visible(actor).filter(decided_at__gte=day_start(clocks.local_day(clock.now()))).order_by().count()


def awaiting_approval(actor: Actor) -> list[CaseRow]:
    """等我批准的延期、再次补正（负责人）。"""
    require(actor, Role.LEADER)
    tasks = Task.objects.filter(status=Task.Status.OPEN, stage=Task.Stage.APPROVE, role=Role.LEADER)
    cases = permissions.visible(actor).filter(pk__in=tasks.values("case_id"), state__in=sorted(OPEN))
    return rows_of(cases.order_by("due_at", "id")[:LIST_LIMIT])


def paused(actor: Actor, limit: int = LIST_LIMIT) -> int:
    """数据范围内停着表的件数：特别程序与中止。"""
    return permissions.visible(actor).filter(state__in=(State.SPECIAL, State.SUSPENDED)).order_by()[:limit].count()


__all__ = ["COUNTED", "ShiftRow", "ShiftView", "awaiting_approval", "decided_today", "paused", "shift"]
