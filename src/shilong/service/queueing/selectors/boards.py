"""等候屏与窗口工作台。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from shilong.foundation.codes.masks import mask_name
from shilong.identity.roles.actor import Actor
from shilong.service.queueing import permissions
from shilong.service.queueing.models import Group, Ticket, TicketEvent, Window
from shilong.service.queueing.refusals import HallNotFound
from shilong.service.queueing.rules import ACTIVE, Action, State
from shilong.service.queueing.selectors.halls import GroupView, HallView, WindowView, groups, hall, windows
from shilong.service.queueing.selectors.tickets import TicketView, view
from shilong.service.queueing.voice import sentence

SHOWN = 200
CALLS = 6


@dataclass(frozen=True, slots=True)
class Call:
    """屏上的一次呼叫；`serial` 每次呼叫、重呼都不同，屏据此决定要不要念。"""

    serial: int
    uid: str
    number: str
    name: str
    window: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """屏上的一个窗口。"""

    window: str
    number: str
    name: str
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class Board:
    """一个大厅的等候屏。"""

    hall: HallView
    stamp: int
    calls: Sequence[Call]
    rows: Sequence[Row]
    queues: Sequence[tuple[str, int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class BenchView:
    """窗口人员的叫号台。"""

    window: WindowView
    current: TicketView | None
    waiting: Sequence[TicketView]
    missed: Sequence[TicketView]
    groups: Sequence[GroupView]
    served: int
    waiting_total: int


def stamp(hall_key: str) -> int:
    """大厅有没有新动静：最后一条履历的主键，一条索引查询。异常：HallNotFound。"""
    last = TicketEvent.objects.filter(hall__key=hall_key).order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        hall(hall_key)
        return 0
    return int(last)


def board(hall_key: str) -> Board:
    """等候屏的内容。姓名脱敏，不出现证件与事项。异常：HallNotFound。"""
    place = hall(hall_key)
    mark = stamp(hall_key)
    today = timezone.localdate()
    active = {row.window_id: row for row in Ticket.objects.filter(hall__key=hall_key, day=today, state__in=ACTIVE).select_related("window")}
    rows = [_row(window, active.get(window.pk)) for window in Window.objects.filter(hall__key=hall_key)]
    return Board(place, mark, _calls(hall_key), rows, _queues(hall_key))


def bench(actor: Actor) -> BenchView:
    """我的窗口：现在的号、等候的人、过号的人。异常：NoWindow、NotAllowed。"""
    mine = permissions.my_window(actor)
    today = timezone.localdate()
    served = Group.objects.filter(windows=mine)
    base = Ticket.objects.select_related("hall", "group", "window").filter(day=today)
    current = base.filter(window=mine, state__in=ACTIVE).first()
    queue = base.filter(group__in=served, state=State.WAITING).order_by("since", "pk")
    missed = base.filter(group__in=served, state=State.MISSED).order_by("-called_at")
    card = next((row for row in windows(mine.hall.key) if row.name == mine.name), None)
    if card is None:
        raise HallNotFound
    return BenchView(
        window=card,
        current=view(current) if current else None,
        waiting=[view(row) for row in queue[:SHOWN]],
        missed=[view(row) for row in missed[:SHOWN]],
        groups=groups(mine.hall.key),
        served=Ticket.objects.filter(day=today, window=mine, staff_id=actor.account_id, state=State.FINISHED).count(),
        waiting_total=queue.count(),
    )


def _calls(hall_key: str) -> list[Call]:
    """最近的呼叫，新的在前；同一个号只留最近一次。"""
    recent = TicketEvent.objects.select_related("ticket").filter(hall__key=hall_key, action__in=[Action.CALLED, Action.RECALLED])
    found: dict[str, Call] = {}
    for row in recent.filter(ticket__day=timezone.localdate()).order_by("-pk")[: CALLS * 3]:
        one = row.ticket
        call = Call(row.pk, str(one.uid), one.number, mask_name(one.name), row.window_name, sentence(one.number, row.window_name), row.at)
        found.setdefault(one.number, call)
    return list(found.values())[:CALLS]


def _row(window: Window, current: Ticket | None) -> Row:
    if current is not None:
        return Row(window.name, current.number, mask_name(current.name), current.state, "")
    if window.status == Window.Status.PAUSED:
        return Row(window.name, "", "", "paused", window.reason)
    return Row(window.name, "", "", "free", "")


def _queues(hall_key: str) -> list[tuple[str, int, list[str]]]:
    waiting = Ticket.objects.filter(hall__key=hall_key, day=timezone.localdate(), state=State.WAITING)
    counts = dict(waiting.order_by().values_list("group__name").annotate(total=Count("pk")))
    names = Group.objects.filter(hall__key=hall_key, is_active=True).values_list("name", flat=True)
    lines: dict[str, list[str]] = {}
    for name, number in waiting.order_by("since", "pk").values_list("group__name", "number")[:SHOWN]:
        lines.setdefault(name, []).append(number)
    return [(name, counts.get(name, 0), lines.get(name, [])[:8]) for name in names]
