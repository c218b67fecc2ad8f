"""消费事件：日历变了重算号源；预约的变化告诉预约人。"""

from django.utils import timezone

from shilong.foundation.events.registry import EventView, consumer
from shilong.foundation.notify import services as notify
from shilong.service.booking import policy, tasks
from shilong.service.booking.models import Booking
from shilong.service.booking.rules import cancel_deadline
from shilong.service.booking.services.seats import when
from shilong.service.queueing import selectors as queueing

_TEMPLATES = {
    "made": "booking_made",
    "changed": "booking_changed",
    "cancelled": "booking_cancelled",
    "suspended": "booking_suspended",
    "restored": "booking_restored",
    "reminded": "booking_reminder",
    "missed": "booking_missed",
}


@consumer("calendar.changed", name="booking.regenerate")
def on_calendar(event: EventView) -> None:
    """放假安排变了。"""
    tasks.regenerate.enqueue(key="booking.regenerate")


@consumer("booking.*", name="booking.notify")
def tell(event: EventView) -> None:
    """告诉预约人：站内信按账号，短信按手机。"""
    template = _TEMPLATES.get(event.topic.removeprefix("booking."))
    row = Booking.objects.select_related("slot").filter(number=event.payload["number"]).first()
    if template is None or row is None:
        return
    place = queueing.group(row.group)
    context = {
        "number": row.number,
        "item_name": row.item_name,
        "when": when(row.slot),
        "hall": place.hall.name,
        "address": place.hall.address,
        "group": place.name,
        "deadline": f"{timezone.localtime(cancel_deadline(row.start, policy.current())):%m月%d日 %H:%M}",
        "note": event.payload["note"],
    }
    notify.send(template, context=context, account_id=row.account_id, mobile=row.mobile, subject_no=row.number)
