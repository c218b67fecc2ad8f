"""预约的业务动作。"""

from shilong.service.booking.services.arriving import check_in, check_in_by_staff
from shilong.service.booking.services.booking import book, cancel, change
from shilong.service.booking.services.following import mark_missed, remind
from shilong.service.booking.services.managing import block, close, reopen, save_policy, save_template, unblock
from shilong.service.booking.services.supply import generate

__all__ = [
    "block",
    "book",
    "cancel",
    "change",
    "check_in",
    "check_in_by_staff",
    "close",
    "generate",
    "mark_missed",
    "remind",
    "reopen",
    "save_policy",
    "save_template",
    "unblock",
]
