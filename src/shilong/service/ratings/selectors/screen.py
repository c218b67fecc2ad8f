"""评价器要显示的：现在该弹哪一次服务；以及系统管理里的评价器列表。"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from shilong.identity.roles.actor import Actor, require
from shilong.service.ratings.models import Occasion, Terminal
from shilong.service.ratings.permissions import INSTALLERS
from shilong.service.ratings.selectors.rows import node_name
from shilong.service.ratings.services import policies

ONLINE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Prompt:
    """要弹出的一次服务；不含服务对象是谁。`signable` 为真时可以实名评。"""

    uid: UUID
    title: str
    node: str
    staff: str
    at: datetime
    signable: bool


@dataclass(frozen=True, slots=True)
class TerminalRow:
    """系统管理里的一台。"""

    id: int
    name: str
    window: str
    department: str
    active: bool
    online: bool
    seen_at: datetime | None
    registered_at: datetime
    registered_by: str


def next_prompt(terminal: Terminal) -> Prompt | None:
    """这个窗口最近结束、还没有评的服务；过了规定分钟数就不再弹，只弹最近一次。"""
    since = timezone.now() - timedelta(minutes=policies.current()["prompt_minutes"])
    row = Occasion.objects.filter(window=terminal.window, prompted_at__gte=since).order_by("-prompted_at").first()
    if row is None or row.rated:
        return None
    return Prompt(
        row.uid, row.item_name or "窗口服务", node_name(row.node), row.staff_name, row.prompted_at or row.opened_at, bool(row.case_no)
    )


def terminals(actor: Actor) -> list[TerminalRow]:
    """全部评价器。异常：NotAllowed。"""
    require(actor, *INSTALLERS)
    now = timezone.now()
    return [
        TerminalRow(
            row.pk,
            row.name,
            row.window,
            row.department,
            row.active,
            bool(row.active and row.seen_at and now - row.seen_at < ONLINE),
            row.seen_at,
            row.registered_at,
            row.registered_by,
        )
        for row in Terminal.objects.order_by("window", "name")
    ]
