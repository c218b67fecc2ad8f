"""办件的读。"""

from shilong.service.cases.selectors.lists import (
    CaseRow,
    PublicRow,
    mine,
    mine_counts,
    publicity,
    search,
    worklist,
    worklist_counts,
)
from shilong.service.cases.selectors.lookup import case, events, history, may_read, may_read_file
from shilong.service.cases.selectors.progress import ProgressView, progress
from shilong.service.cases.selectors.shift import ShiftView, awaiting_approval, decided_today, paused, shift
from shilong.service.cases.selectors.views import ActionView, CaseView, ClockView, EventRow, MaterialRow

__all__ = [
    "ActionView",
    "CaseRow",
    "CaseView",
    "ClockView",
    "EventRow",
    "MaterialRow",
    "ProgressView",
    "PublicRow",
    "ShiftView",
    "awaiting_approval",
    "case",
    "decided_today",
    "events",
    "history",
    "may_read",
    "may_read_file",
    "mine",
    "mine_counts",
    "paused",
    "progress",
    "publicity",
    "search",
    "shift",
    "worklist",
    "worklist_counts",
]
