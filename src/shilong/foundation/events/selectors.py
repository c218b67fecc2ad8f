"""读事件：积压数、某业务键的事件、回执。"""

from shilong.foundation.events.models import Event, Receipt
from shilong.foundation.events.registry import EventView


def pending() -> int:
    """还没派发的事件数。"""
    return Event.objects.filter(dispatched_at__isnull=True).count()


def for_key(key: str) -> list[EventView]:
    """某业务键的全部事件，按发生先后。"""
    rows = Event.objects.filter(key=key).order_by("id")
    return [EventView(row.pk, row.topic, row.key, row.payload, row.occurred_at) for row in rows]


def consumed_by(event_id: int) -> list[str]:
    """已经处理过某事件的消费者。"""
    return list(Receipt.objects.filter(event_id=event_id).order_by("consumer").values_list("consumer", flat=True))
