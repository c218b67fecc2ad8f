"""取一台终端来改：锁住这一行，停用的不给。"""

from shilong.hall.terminals.models import Terminal
from shilong.hall.terminals.refusals import TerminalNotFound, TerminalRetired
from shilong.hall.terminals.rules import State


def locked(number: str) -> Terminal:
    """锁住一台，须在事务里。异常：TerminalNotFound、TerminalRetired。"""
    row = Terminal.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise TerminalNotFound
    if row.state == State.RETIRED:
        raise TerminalRetired
    return row
