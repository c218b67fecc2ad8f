"""叫号：呼叫下一位、重呼、开始办理、过号、找回、转窗、弃号、办结、暂停。"""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.identity.roles.actor import SYSTEM, Actor, require
from shilong.service.queueing import permissions, policy, rules
from shilong.service.queueing.models import Group, Line, Ticket, Window
from shilong.service.queueing.refusals import (
    GroupNotFound,
    NobodyWaiting,
    NotYourTicket,
    NoWindow,
    ReturnsUsed,
    StillCalling,
    TicketNotFound,
    WindowPaused,
)
from shilong.service.queueing.rules import ACTIVE, Action, State, Waiting
from shilong.service.queueing.selectors.tickets import TicketView, view
from shilong.service.queueing.services import journal
from shilong.service.queueing.services.taking import today_line

RECENT = 20


def call_next(*, actor: Actor) -> TicketView:
    """呼叫下一位；正在办理的自动办结。先锁窗口，再按主键次序锁它叫的队列，所以一个号不会被两个窗口叫到。

    异常：
        NoWindow、NotAllowed: 不是窗口人员或没有窗口。WindowPaused: 窗口暂停中。
        StillCalling: 叫过的还没处理。NobodyWaiting: 没有人等。
    """
    mine = permissions.my_window(actor)
    with transaction.atomic():
        window = Window.objects.select_for_update().get(pk=mine.pk)
        if window.status != Window.Status.OPEN:
            raise WindowPaused
        _settle(window, actor)
        line, ticket = _pick(window)
        mark = _waiting(ticket).mark
        now = timezone.now()
        ticket.state = rules.move(State(ticket.state), Action.CALLED, ticket.number)
        ticket.window, ticket.staff_id, ticket.called_at = window, actor.account_id, ticket.called_at or now
        ticket.calls, ticket.moved, ticket.ready_after = ticket.calls + 1, False, 0
        ticket.save(update_fields=["state", "window", "staff_id", "called_at", "calls", "moved", "ready_after"])
        Line.objects.filter(pk=line.pk).update(calls=F("calls") + 1, recent=(line.recent + mark)[-RECENT:])
        journal.record(ticket, Action.CALLED, actor)
    return view(ticket)


def recall(uid: UUID | str, *, actor: Actor) -> TicketView:
    """再叫一遍。异常：NotYourTicket、NotPossible。"""
    return _act(uid, Action.RECALLED, actor, _called_again)


def serve(uid: UUID | str, *, actor: Actor) -> TicketView:
    """人到窗口了，开始办理。异常：NotYourTicket、NotPossible。"""
    return _act(uid, Action.SERVING, actor, _started)


def finish(uid: UUID | str, *, actor: Actor) -> TicketView:
    """办完了。异常：NotYourTicket、NotPossible。"""
    return _act(uid, Action.FINISHED, actor, _ended)


def miss(uid: UUID | str, *, actor: Actor) -> TicketView:
    """叫了没来，过号；可以找回有限次。异常：NotYourTicket、NotPossible。"""
    return _act(uid, Action.MISSED, actor, _left)


def abandon(uid: UUID | str, *, actor: Actor, note: str = "") -> TicketView:
    """不办了。窗口人员对本大厅的号、取号人对自己的号都可以。异常：NotYourTicket、NotPossible。"""
    with transaction.atomic():
        ticket = _locked(uid)
        if not (actor.account_id is not None and actor.account_id == ticket.account_id):
            _require_hall(ticket, actor)
        _apply(ticket, Action.ABANDONED, _ended)
        journal.record(ticket, Action.ABANDONED, actor, note=note)
    return view(ticket)


def give_back(number: str, *, actor: Actor | None = None, device: str = "") -> TicketView:
    """过号的找回：排到规则定的几位之后。窗口人员，或取号机上本人凭号。

    异常：
        TicketNotFound: 今天没有这个号。ReturnsUsed: 找回次数用完。NotPossible: 没有过号。
    """
    hall = permissions.device_hall(device) if device else permissions.my_window(actor or SYSTEM).hall
    known = policy.current()
    with transaction.atomic():
        found = Ticket.objects.filter(hall=hall, day=timezone.localdate(), number=number.strip().upper()).first()
        if found is None:
            raise TicketNotFound
        line = today_line(found.group)
        ticket = _locked(found.uid)
        target = rules.move(State(ticket.state), Action.RETURNED, ticket.number)
        if ticket.returns >= known.returns:
            raise ReturnsUsed(number=ticket.number, times=ticket.returns)
        ticket.state, ticket.returns, ticket.window = target, ticket.returns + 1, None
        ticket.ready_after = line.calls + known.return_after
        ticket.save(update_fields=["state", "returns", "ready_after", "window"])
        journal.record(ticket, Action.RETURNED, actor or SYSTEM)
    return view(ticket)


def transfer(uid: UUID | str, group: str, *, actor: Actor, window: str = "") -> TicketView:
    """转到同一大厅的另一个窗口组（可指定窗口），号码不变，排在最前。

    异常：
        GroupNotFound、NoWindow: 目标不在这个大厅，或指定的窗口不叫那条队。NotYourTicket、NotPossible。
    """
    mine = permissions.my_window(actor)
    with transaction.atomic():
        Window.objects.select_for_update().get(pk=mine.pk)  # 与 `call_next` 同一个加锁次序
        target = Group.objects.filter(key=group, hall=mine.hall, is_active=True).first()
        if target is None:
            raise GroupNotFound
        only = Window.objects.filter(name=window, groups=target).first() if window else None
        if window and only is None:
            raise NoWindow("这个窗口不办这一类业务，请另选。")
        line = today_line(target)
        ticket = _locked(uid)
        permissions.require_mine(ticket, mine)
        note = f"{mine.name} → {only.name if only else target.name}"
        ticket.state = rules.move(State(ticket.state), Action.TRANSFERRED, ticket.number)
        ticket.group, ticket.line, ticket.only, ticket.moved, ticket.window, ticket.staff_id = target, line, only, True, None, None
        ticket.serving_at = None
        ticket.save(update_fields=["state", "group", "line", "only", "moved", "window", "staff_id", "serving_at"])
        journal.record(ticket, Action.TRANSFERRED, actor, note=note)
    return view(ticket)


def pause(reason: str, *, actor: Actor) -> None:
    """窗口暂停：不再叫号，正在办的办完为止。"""
    _set_status(Window.Status.PAUSED, reason.strip()[:60] or "暂停服务", actor)


def resume(*, actor: Actor) -> None:
    """窗口恢复。"""
    _set_status(Window.Status.OPEN, "", actor)


def attach_case(item_code: str, case_no: str, *, actor: Actor) -> None:
    """窗口收件之后，把办件记到正在办理的号上；办的不是同一个事项也记，一个号可以换事项。没有正在办的号时什么也不做。"""
    name = permissions.window_name(actor)
    if name:
        Ticket.objects.filter(window__name=name, state=State.SERVING, staff_id=actor.account_id).update(
            case_no=case_no, item_code=item_code
        )


def expire_before(day: date) -> int:
    """清掉 `day` 之前没了结的号，返回个数；重复执行无害。"""
    done = 0
    for uid in Ticket.objects.filter(day__lt=day, state__in=[*ACTIVE, State.WAITING, State.MISSED]).values_list("uid", flat=True)[:2000]:
        with transaction.atomic():
            ticket = _locked(uid)
            if State(ticket.state) in (State.FINISHED, State.ABANDONED, State.EXPIRED):
                continue
            _apply(ticket, Action.EXPIRED, _ended)
            journal.record(ticket, Action.EXPIRED, SYSTEM)
            done += 1
    return done


def _set_status(status: Window.Status, reason: str, actor: Actor) -> None:
    mine = permissions.my_window(actor)
    with transaction.atomic():
        Window.objects.filter(pk=mine.pk).update(status=status, reason=reason)
        audit.record(f"queue.{status}", actor=actor, object_type="window", object_id=mine.name, detail={"reason": reason})


def _settle(window: Window, actor: Actor) -> None:
    """窗口上还有号：在办的办结，叫了没处理的要先处理。"""
    current = Ticket.objects.filter(window=window, state__in=ACTIVE).first()
    if current is None:
        return
    if current.state == State.CALLED:
        raise StillCalling(number=current.number)
    ticket = _locked(current.uid)
    _apply(ticket, Action.FINISHED, _ended)
    journal.record(ticket, Action.FINISHED, actor)


def _pick(window: Window) -> tuple[Line, Ticket]:
    """各条队列各推一个，转来的、优先的、等得久的在前。"""
    known, now = policy.order(policy.current()), timezone.now()
    found: list[tuple[Waiting, Line, Ticket]] = []
    for line in Line.objects.select_for_update().filter(group__in=window.groups.all(), day=timezone.localdate()).order_by("pk"):
        queue = Ticket.objects.select_related("hall", "group", "window").filter(
            Q(only=None) | Q(only=window), line=line, state=State.WAITING
        )
        rows = {row.pk: row for row in queue}
        chosen = rules.choose([_waiting(row) for row in rows.values()], line.recent, line.calls, known, now)
        if chosen:
            found.append((chosen, line, rows[chosen.id]))
    if not found:
        raise NobodyWaiting
    _, line, ticket = min(found, key=lambda one: (not one[0].moved, not one[0].priority, one[0].since, one[0].id))
    return line, ticket


def _waiting(row: Ticket) -> Waiting:
    return Waiting(row.pk, row.since, row.booked, bool(row.priority), row.slot_start, row.ready_after, row.moved)


def _act(uid: UUID | str, action: Action, actor: Actor, change: Callable[[Ticket], list[str]]) -> TicketView:
    mine = permissions.my_window(actor)
    with transaction.atomic():
        ticket = _locked(uid)
        permissions.require_mine(ticket, mine)
        _apply(ticket, action, change)
        journal.record(ticket, action, actor)
    return view(ticket)


def _apply(ticket: Ticket, action: Action, change: Callable[[Ticket], list[str]]) -> None:
    ticket.state = rules.move(State(ticket.state), action, ticket.number)
    ticket.save(update_fields=["state", *change(ticket)])


def _called_again(ticket: Ticket) -> list[str]:
    ticket.calls += 1
    return ["calls"]


def _started(ticket: Ticket) -> list[str]:
    ticket.serving_at = timezone.now()
    return ["serving_at"]


def _ended(ticket: Ticket) -> list[str]:
    ticket.finished_at = timezone.now()
    return ["finished_at"]


def _left(ticket: Ticket) -> list[str]:
    return []


def _locked(uid: UUID | str) -> Ticket:
    row = Ticket.objects.select_for_update(of=("self",)).select_related("hall", "group", "window").filter(uid=uid).first()
    if row is None:
        raise TicketNotFound
    return row


def _require_hall(ticket: Ticket, actor: Actor) -> None:
    require(actor, *permissions.CALLERS)
    if permissions.my_window(actor).hall_id != ticket.hall_id:
        raise NotYourTicket(number=ticket.number)
