"""寄递的写。公开的只有这些名字。"""

from shilong.service.delivery.services.addresses import add_address, change_address, remove_address, set_default
from shilong.service.delivery.services.choices import check_choice, choose, settle_case
from shilong.service.delivery.services.creating import prepare, request_pickup, reship
from shilong.service.delivery.services.handling import handle, report
from shilong.service.delivery.services.ordering import cancel, place, run_cancel, run_order, set_fee
from shilong.service.delivery.services.papers import label, reveal
from shilong.service.delivery.services.receipt import confirm, write_back
from shilong.service.delivery.services.tracking import add_track, pull, pull_due, receive_push, record_routes, stall_due

__all__ = [
    "add_address",
    "add_track",
    "cancel",
    "change_address",
    "check_choice",
    "choose",
    "confirm",
    "handle",
    "label",
    "place",
    "prepare",
    "pull",
    "pull_due",
    "receive_push",
    "record_routes",
    "remove_address",
    "report",
    "request_pickup",
    "reship",
    "reveal",
    "run_cancel",
    "run_order",
    "set_default",
    "set_fee",
    "settle_case",
    "stall_due",
    "write_back",
]
