"""读号源、预约、限制名单与爽约率。"""

from shilong.service.booking.selectors.bookings import BookingView, booking, bookings, history, latest, mine, qr_text
from shilong.service.booking.selectors.managing import BlockedView, blocked, closures, rates, slot_rows, templates
from shilong.service.booking.selectors.supply import DayView, SlotView, calendar, slots

__all__ = [
    "BlockedView",
    "BookingView",
    "DayView",
    "SlotView",
    "blocked",
    "booking",
    "bookings",
    "calendar",
    "closures",
    "history",
    "latest",
    "mine",
    "qr_text",
    "rates",
    "slot_rows",
    "slots",
    "templates",
]
