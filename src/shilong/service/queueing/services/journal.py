"""每一步：号的履历、领域事件、（有人操作时）审计，同一个事务。"""

from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.events import services as events
from shilong.identity.roles.actor import Actor
from shilong.service.queueing.models import Ticket, TicketEvent
from shilong.service.queueing.rules import Action


def record(ticket: Ticket, action: Action, actor: Actor, *, note: str = "") -> None:
    """记一步。`ticket` 已是做完之后的样子，且取过 hall、group、window。"""
    window = ticket.window.name if ticket.window else ""
    TicketEvent.objects.create(
        ticket=ticket,
        hall_id=ticket.hall_id,
        at=timezone.now(),
        action=action,
        state=ticket.state,
        window_name=window,
        actor_id=actor.account_id,
        actor_name=actor.name[:60] if actor.is_staff else "",
        note=note[:200],
    )
    events.emit(f"queueing.{action}", key=str(ticket.uid), **_payload(ticket, window))
    if actor.is_staff:
        audit.record(f"queue.{action}", actor=actor, object_type="ticket", object_id=f"{ticket.day:%Y%m%d}-{ticket.number}")


def _payload(ticket: Ticket, window: str) -> dict[str, str | int | None]:
    return {
        "ticket": str(ticket.uid),
        "number": ticket.number,
        "hall": ticket.hall.key,
        "group": ticket.group.key,
        "window": window,
        "staff": ticket.staff_id,
        "account_id": ticket.account_id,
        "agent_for": ticket.agent_for,
        "item_code": ticket.item_code,
        "case_no": ticket.case_no,
        "booking_no": ticket.booking_no,
    }
