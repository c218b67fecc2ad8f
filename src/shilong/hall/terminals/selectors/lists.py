"""终端列表、详情、履历、截屏、打印记录。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from shilong.foundation.pages import Page, paginate
from shilong.hall.terminals import permissions, rules
from shilong.hall.terminals.models import Fault, PrintRecord, Screenshot, Terminal, TerminalEvent
from shilong.hall.terminals.refusals import NoSuchShot, TerminalNotFound
from shilong.hall.terminals.rules import State
from shilong.hall.terminals.selectors.rows import TerminalView, view_of
from shilong.hall.terminals.services.usage import PRINT_KINDS
from shilong.identity.roles.actor import Actor, require

STATUSES = {"online": "在线", "offline": "离线", "waiting": "待激活", "revoked": "已吊销", "retired": "已停用"}


@dataclass(frozen=True, slots=True)
class EventRow:
    """一条履历。"""

    action: str
    note: str
    actor_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShotRow:
    """一次截屏。`ready` 为真才有图。"""

    id: UUID
    ready: bool
    reason: str
    page_url: str
    requested_by: str
    requested_at: datetime
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class PrintRow:
    """一条打印记录；打印人只给有没有登录，身份凭打印编号查审计。"""

    serial: str
    terminal: str
    kind_name: str
    reference: str
    title: str
    pages: int
    signed_in: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class TerminalDetail:
    """一台终端的全部。"""

    row: TerminalView
    events: list[EventRow]
    shots: list[ShotRow]
    prints: list[PrintRow]
    open_faults: list[str]


def terminals(actor: Actor, chosen: Mapping[str, str], page: int = 1, size: int = 20) -> Page[TerminalView]:
    """按条件列终端。chosen：q kind hall status。"""
    require(actor, *permissions.KEEPERS)
    return paginate(_filtered(chosen).order_by("hall", "number"), page, size, view_of)


def counts(actor: Actor) -> dict[str, int]:
    """各状态的台数。"""
    require(actor, *permissions.KEEPERS)
    found = Terminal.objects.aggregate(**{f"n_{key}": Count("pk", filter=_status(key)) for key in STATUSES})
    return {key: found[f"n_{key}"] for key in STATUSES}


def halls() -> list[str]:
    """出现过的大厅。"""
    return list(Terminal.objects.order_by("hall").values_list("hall", flat=True).distinct())


def detail(number: str, *, actor: Actor) -> TerminalDetail:
    """一台。异常：TerminalNotFound。"""
    require(actor, *permissions.KEEPERS)
    row = Terminal.objects.filter(number=number).first()
    if row is None:
        raise TerminalNotFound
    events = TerminalEvent.objects.filter(terminal=row).order_by("-at", "-pk")[:30]
    shots = Screenshot.objects.filter(terminal=row).order_by("-requested_at")[:6]
    return TerminalDetail(
        row=view_of(row),
        events=[EventRow(rules.ACTIONS.get(one.action, one.action), one.note, one.actor_name, one.at) for one in events],
        shots=[_shot(one) for one in shots],
        prints=[_print(one, row.name) for one in PrintRecord.objects.filter(terminal=row).order_by("-at")[:10]],
        open_faults=list(Fault.objects.filter(terminal=row, state__in=sorted(rules.PENDING)).values_list("number", flat=True)),
    )


def shot_file(shot_id: UUID, *, actor: Actor) -> UUID:
    """截屏的文件编号。异常：NoSuchShot。"""
    require(actor, *permissions.KEEPERS)
    found = Screenshot.objects.filter(pk=shot_id).exclude(file_id=None).values_list("file_id", flat=True).first()
    if found is None:
        raise NoSuchShot
    return found


def prints(actor: Actor, page: int = 1, size: int = 20, q: str = "") -> Page[PrintRow]:
    """打印记录，新的在前；`q` 是打印编号或文号。"""
    require(actor, *permissions.KEEPERS)
    rows = PrintRecord.objects.select_related("terminal").order_by("-at", "-pk")
    if q:
        rows = rows.filter(Q(serial=q) | Q(reference=q))
    return paginate(rows, page, size, lambda row: _print(row, row.terminal.name))


def _filtered(chosen: Mapping[str, str]) -> QuerySet[Terminal]:
    rows = Terminal.objects.all()
    if q := chosen.get("q"):
        rows = rows.filter(Q(number__startswith=q.upper()) | Q(name__contains=q) | Q(window__contains=q) | Q(place__contains=q))
    if kind := chosen.get("kind"):
        rows = rows.filter(kind=kind)
    if hall := chosen.get("hall"):
        rows = rows.filter(hall=hall)
    if status := chosen.get("status"):
        rows = rows.filter(_status(status))
    return rows


def _status(key: str) -> Q:
    if key in ("online", "offline"):
        return Q(state=State.ACTIVE, online=key == "online")
    return Q(state=key)


def _shot(row: Screenshot) -> ShotRow:
    return ShotRow(row.pk, row.file_id is not None, row.reason, row.page_url, row.requested_by, row.requested_at, row.taken_at)


def _print(row: PrintRecord, terminal: str) -> PrintRow:
    kind = PRINT_KINDS.get(row.kind, row.kind)
    return PrintRow(row.serial, terminal, kind, row.reference, row.title, row.pages, row.account_id is not None, row.at)
