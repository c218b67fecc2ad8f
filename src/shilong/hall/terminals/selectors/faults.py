"""故障单的读。管理人员看全部，其他人看派给自己的。"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from shilong.foundation.pages import Page, paginate
from shilong.hall.terminals import permissions, rules
from shilong.hall.terminals.models import Fault
from shilong.hall.terminals.refusals import FaultNotFound
from shilong.hall.terminals.rules import FaultState
from shilong.hall.terminals.services.faults import SOURCES
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, require
from shilong.identity.roles.selectors import roles_of


@dataclass(frozen=True, slots=True)
class FaultRow:
    """列表的一行。`lasted` 是到恢复（或到现在）的时长。"""

    number: str
    terminal: str
    terminal_name: str
    place: str
    category: str
    description: str
    state: str
    state_name: str
    tone: str
    source: str
    assignee_id: int | None
    assignee: str
    reported_at: datetime
    started_at: datetime | None
    resolved_at: datetime | None
    lasted: str
    waited: str
    solution: str
    version: int


@dataclass(frozen=True, slots=True)
class FaultStep:
    action: str
    state: str
    note: str
    actor_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FaultView:
    """一张故障单：履历与此人能做的步骤。"""

    row: FaultRow
    history: list[FaultStep]
    steps: list[str]


def faults(actor: Actor, chosen: Mapping[str, str], page: int = 1, size: int = 20) -> Page[FaultRow]:
    """按条件列。chosen：q state category terminal。"""
    return paginate(_filtered(actor, chosen), page, size, _row)


def fault_rows(actor: Actor, chosen: Mapping[str, str], most: int = 5000) -> Iterator[FaultRow]:
    """同样条件的全部，供导出。"""
    return (_row(row) for row in _filtered(actor, chosen)[:most])


def fault(number: str, *, actor: Actor) -> FaultView:
    """一张。异常：FaultNotFound（不是自己的与没有说同一句话）。"""
    row = _visible(actor).filter(number=number).first()
    if row is None:
        raise FaultNotFound
    history = [
        FaultStep(
            "报修" if one.action == "report" else rules.STEPS[one.action].name,
            rules.FAULT_NAMES[FaultState(one.target)],
            one.note,
            one.actor_name,
            one.at,
        )
        for one in row.history.all()
    ]
    steps = rules.steps_for(row.state, keeper=permissions.is_keeper(actor), assignee=row.assignee_id == actor.account_id)
    return FaultView(_row(row), history, steps)


def fault_counts(actor: Actor) -> dict[str, int]:
    """各状态的张数。"""
    found = dict(_visible(actor).order_by().values_list("state").annotate(n=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in FaultState}


def repairers() -> list[tuple[int, str]]:
    """能派给谁：系统管理员、审批局、窗口人员。"""
    people = organizations.all_staff()
    roles = roles_of([one.account_id for one in people])
    wanted = set(permissions.REPAIRERS)
    return [
        (one.account_id, f"{one.name}（{one.position or one.department_name}）") for one in people if wanted & set(roles[one.account_id])
    ]


def _visible(actor: Actor) -> QuerySet[Fault]:
    require(actor, *permissions.REPAIRERS)
    rows = Fault.objects.select_related("terminal")
    return rows if permissions.is_keeper(actor) else rows.filter(assignee_id=actor.account_id)


def _filtered(actor: Actor, chosen: Mapping[str, str]) -> QuerySet[Fault]:
    rows = _visible(actor)
    state = chosen.get("state")
    if state == "pending":
        rows = rows.filter(state__in=sorted(rules.PENDING))
    elif state:
        rows = rows.filter(state=state)
    for key, column in (("category", "category"), ("terminal", "terminal__number")):
        if value := chosen.get(key):
            rows = rows.filter(**{column: value})
    if q := chosen.get("q"):
        rows = rows.filter(number__startswith=q.upper()) | rows.filter(terminal__name__contains=q)
    return rows.order_by("-reported_at", "-pk")


def _row(row: Fault) -> FaultRow:
    end = row.resolved_at or timezone.now()
    waited = rules.duration((row.started_at - row.reported_at).total_seconds()) if row.started_at else ""
    return FaultRow(
        number=row.number,
        terminal=row.terminal.number,
        terminal_name=row.terminal.name,
        place=row.terminal.hall + row.terminal.place,
        category=rules.CATEGORIES[row.category],
        description=row.description,
        state=row.state,
        state_name=rules.FAULT_NAMES[FaultState(row.state)],
        tone=rules.FAULT_TONES[FaultState(row.state)],
        source=SOURCES.get(row.source, row.source),
        assignee_id=row.assignee_id,
        assignee=row.assignee_name,
        reported_at=row.reported_at,
        started_at=row.started_at,
        resolved_at=row.resolved_at,
        lasted="" if row.state == FaultState.CANCELLED else rules.duration((end - row.reported_at).total_seconds()),
        waited=waited,
        solution=row.solution,
        version=row.version,
    )
