"""把时钟动作写进账本，并由账本推算各到期日。"""

from collections.abc import Iterable
from datetime import datetime

from shilong.service.cases.ledger import dues, limit, start_moment
from shilong.service.cases.models import ClockSegment
from shilong.service.cases.rules import ClockOp
from shilong.service.cases.rules.clocks import HANDLING_KINDS, Kind, Mode
from shilong.service.cases.services.work import Work


def apply(work: Work) -> None:
    """执行 `work.ops`，落账本并更新到期日投影。"""
    if not work.ops:
        return
    if fresh := _run(work):
        ClockSegment.objects.bulk_create(fresh)
        work.segments.extend(fresh)
    refresh(work)


def begin(work: Work) -> list[ClockSegment]:
    """办件还没入库时起钟：算出到期日，返回的账本行由调用人在办件入库之后落库。"""
    work.segments = _run(work)
    refresh(work)
    return work.segments


def _run(work: Work) -> list[ClockSegment]:
    fresh: list[ClockSegment] = []
    for op in work.ops:
        _STEPS[op](work, fresh)
    return fresh


def refresh(work: Work) -> None:
    """由账本重算到期日列；值没变的列不写。"""
    for column, value in dues(work.case, work.segments, work.now, work.calendar, work.target).items():
        if getattr(work.case, column) != value:
            work.set(**{column: value})


def _start(work: Work, fresh: list[ClockSegment], kind: Kind, moment: datetime) -> None:
    if limit(work.case, kind) is not None:
        fresh.append(ClockSegment(case=work.case, kind=kind, mode=Mode.RUN, started_at=moment, basis=work.basis[:200]))


def _close(work: Work, kinds: Iterable[Kind], mode: Mode | None = None) -> None:
    wanted = {str(kind) for kind in kinds}
    ending = [row for row in work.segments if row.ended_at is None and row.kind in wanted and mode in (None, row.mode)]
    for row in ending:
        # 休假日收到的，起算时刻在下一个工作日：还没起走就停下，止等于起。
        row.ended_at = max(work.now, row.started_at)
    for moment in {row.ended_at for row in ending}:
        ClockSegment.objects.filter(pk__in=[row.pk for row in ending if row.ended_at == moment]).update(ended_at=moment)


def _start_notice(work: Work, fresh: list[ClockSegment]) -> None:
    _start(work, fresh, Kind.NOTICE, start_moment(work.now, work.calendar))


def _start_handling(work: Work, fresh: list[ClockSegment]) -> None:
    moment = work.clock_start or work.now
    for kind in HANDLING_KINDS:
        _start(work, fresh, kind, moment)


def _pause(work: Work, fresh: list[ClockSegment]) -> None:
    paused = {row.kind for row in work.segments if row.mode == Mode.PAUSE and row.ended_at is None}
    for kind in HANDLING_KINDS:
        if limit(work.case, kind) is not None and kind not in paused:
            fresh.append(ClockSegment(case=work.case, kind=kind, mode=Mode.PAUSE, started_at=work.now, basis=work.basis[:200]))


_STEPS = {
    ClockOp.START_NOTICE: _start_notice,
    ClockOp.STOP_NOTICE: lambda work, fresh: _close(work, (Kind.NOTICE,)),
    ClockOp.START_HANDLING: _start_handling,
    ClockOp.PAUSE_HANDLING: _pause,
    ClockOp.RESUME_HANDLING: lambda work, fresh: _close(work, HANDLING_KINDS, Mode.PAUSE),
    ClockOp.STOP_HANDLING: lambda work, fresh: _close(work, HANDLING_KINDS),
    ClockOp.START_DELIVERY: lambda work, fresh: _start(work, fresh, Kind.DELIVERY, work.now),
    ClockOp.STOP_DELIVERY: lambda work, fresh: _close(work, (Kind.DELIVERY,)),
}
