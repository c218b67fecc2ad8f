"""办件的写操作。公开的只有这些名字。"""

from shilong.service.cases.rules import Action, State
from shilong.service.cases.services.auto import accept_overdue, lapse_overdue, late_overdue, recalculate
from shilong.service.cases.services.commands import MaterialInput, SubmitCommand
from shilong.service.cases.services.engine import act
from shilong.service.cases.services.records import correct, reveal
from shilong.service.cases.services.submit import duplicates, submit

__all__ = [
    "Action",
    "MaterialInput",
    "State",
    "SubmitCommand",
    "accept_overdue",
    "act",
    "correct",
    "duplicates",
    "lapse_overdue",
    "late_overdue",
    "recalculate",
    "reveal",
    "submit",
]
