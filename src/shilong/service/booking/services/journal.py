"""每一步：预约履历、领域事件、审计，同一个事务。"""

from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.events import services as events
from shilong.identity.roles.actor import Actor
from shilong.service.booking.models import Booking, BookingEvent
from shilong.service.booking.rules import Action


def record(booking: Booking, action: Action, actor: Actor, *, note: str = "") -> None:
    """记一步。`booking` 已是做完之后的样子。"""
    BookingEvent.objects.create(
        booking=booking,
        at=timezone.now(),
        action=action,
        state=booking.state,
        start=booking.start,
        actor_id=actor.account_id,
        actor_name=actor.name[:60] if actor.is_staff else "",
        note=note[:200],
    )
    events.emit(
        f"booking.{action}",
        key=booking.number,
        number=booking.number,
        item_code=booking.item_code,
        slot=booking.slot_id,
        ticket=booking.ticket,
        note=note[:200],
    )
    if actor.account_id is not None:
        audit.record(f"booking.{action}", actor=actor, object_type="booking", object_id=booking.number)
