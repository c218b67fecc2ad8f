"""读大厅、队列、号与统计。"""

from shilong.service.queueing.selectors.boards import BenchView, Board, bench, board, stamp
from shilong.service.queueing.selectors.halls import GroupView, HallView, WindowView, group, groups, hall, halls, place_of, windows
from shilong.service.queueing.selectors.statistics import BY, statistics
from shilong.service.queueing.selectors.tickets import TicketView, by_booking, intake, serving_case, spoken, ticket

__all__ = [
    "BY",
    "BenchView",
    "Board",
    "GroupView",
    "HallView",
    "TicketView",
    "WindowView",
    "bench",
    "board",
    "by_booking",
    "group",
    "groups",
    "hall",
    "halls",
    "intake",
    "place_of",
    "serving_case",
    "spoken",
    "stamp",
    "statistics",
    "ticket",
    "windows",
]
