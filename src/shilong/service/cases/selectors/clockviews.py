"""各只钟的只读视图：由账本与日历算出已用、剩余、到期、颜色。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shilong.foundation.calendar import services as calendars
from shilong.service.cases import ledger
from shilong.service.cases.models import Case, ClockSegment
from shilong.service.cases.rules import clocks
from shilong.service.cases.rules.clocks import KIND_NAMES, Kind, Mode

UNIT_NAMES = {"1": "工作日", "2": "自然日", "3": "月"}


@dataclass(frozen=True, slots=True)
class ClockView:
    """一只钟。`used`、`left` 的单位：工作日钟为工作日，其余为自然日；停表时 `due` 为空。"""

    kind: str
    name: str
    total: int
    unit: str
    unit_name: str
    used: int
    left: int
    due: datetime | None
    state: str
    tone: str
    percent: int


def clock_views(case: Case, rows: Sequence[ClockSegment], now: datetime) -> list[ClockView]:
    """由账本算出各只钟；没有起走的不列。"""
    calendar = calendars.load()
    segments = ledger.as_segments(rows)
    dues = ledger.dues(case, rows, now, calendar, case.state)
    views = []
    for kind in Kind:
        mine = [s for s in segments if s.kind == kind]
        bound = ledger.total(case, kind)
        if not mine or bound is None:
            continue
        recent = [s for s in mine if s.started >= _latest_start(mine)] if kind is Kind.NOTICE else mine
        total, unit = bound
        spent = clocks.used(recent, kind, unit, now, calendar)
        due = dues[f"{kind.value}_due"]
        state = _clock_state(mine, due, now)
        whole = total if unit == "1" else max(spent, (clocks.local_day(due) - clocks.local_day(mine[0].started)).days if due else total)
        left = (
            min(total, clocks.days_left(due, now, calendar)) if due and unit == "1" and state in ("running", "overdue") else whole - spent
        )
        views.append(
            ClockView(
                kind=kind.value,
                name=KIND_NAMES[kind],
                total=total,
                unit=str(unit),
                unit_name=UNIT_NAMES[str(unit)],
                used=spent,
                left=left,
                due=due,
                state=state,
                tone=clocks.tone(left, whole),
                percent=min(100, round(100 * spent / whole)) if whole else 100,
            )
        )
    return views


def _latest_start(mine: Sequence[clocks.Segment]) -> datetime:
    return max(s.started for s in mine if s.mode == Mode.RUN)


def _clock_state(mine: Sequence[clocks.Segment], due: datetime | None, now: datetime) -> str:
    running = [s for s in mine if s.mode == Mode.RUN]
    if all(s.ended is not None for s in running):
        return "stopped"
    if any(s.mode == Mode.PAUSE and s.ended is None for s in mine):
        return "paused"
    return "overdue" if due is not None and now > due else "running"
