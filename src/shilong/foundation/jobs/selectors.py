"""读：积压、死信、历史、定时。"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from shilong.foundation.jobs.models import Job, JobHistory, JobState, Outcome, Schedule
from shilong.foundation.jobs.registry import FEEDERS, TIMERS
from shilong.foundation.pages import Page, paginate

STALLED = timedelta(minutes=5)
_EXCEPTION_NAME = re.compile(r"^[A-Za-z_][\w.]*(:\s*|$)")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class JobView:
    """作业列表的一行。`error` 只在死信与重试中有。"""

    id: int
    name: str
    state: str
    state_name: str
    attempts: int
    run_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    error: str
    arguments: str

    @property
    def summary(self) -> str:
        """列表上的一句话：错误的最后一行去掉程序里的异常名；没有中文说明的只说程序出错，堆栈另看。"""
        last = self.error.strip().rsplit("\n", 1)[-1]
        text = _EXCEPTION_NAME.sub("", last)
        return (text if _CHINESE.search(text) else "程序出错，展开看技术详情")[:200]


@dataclass(frozen=True, slots=True)
class ScheduleView:
    name: str
    spec: str
    next_at: datetime
    last_at: datetime | None
    enabled: bool


def health() -> str:
    """作业系统是否在正常消化：`"ok"` 或一句说明。死信不算停摆，由 `counts()` 给出个数。"""
    late = timezone.now() - STALLED
    oldest = Job.objects.filter(state=JobState.WAITING, run_at__lt=late).order_by("run_at").values_list("run_at", flat=True).first()
    if oldest is not None:
        return f"作业积压：最早的一个已等待 {_minutes(oldest)} 分钟，请检查作业进程是否在运行"
    if Job.objects.filter(state=JobState.RUNNING, lease_until__lt=late).exists():
        return "有作业的执行者失联且无人接手，请检查作业进程是否在运行"
    return next((problem for feeder in FEEDERS if (problem := feeder.health()) != "ok"), "ok")


def counts() -> dict[str, int]:
    """各状态个数：`waiting` `running` `dead`。"""
    found = dict(Job.objects.values_list("state").annotate(n=Count("id")).order_by())
    return {state: found.get(state, 0) for state in JobState.values}


def dead(page: int = 1, size: int = 20, q: str = "") -> Page[JobView]:
    """死信，新的在前；`q` 按作业名或错误内容筛。"""
    return jobs(JobState.DEAD, page, size, q)


def jobs(state: str, page: int = 1, size: int = 20, q: str = "") -> Page[JobView]:
    """某状态的作业，新的在前。"""
    rows = Job.objects.filter(state=state).order_by("-id")
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(error__icontains=q))
    return paginate(rows, page, size, _view)


def history(page: int = 1, size: int = 20, q: str = "") -> Page[JobView]:
    """已了结的作业，新的在前；`q` 按作业名筛。"""
    rows = JobHistory.objects.order_by("-finished_at", "-id")
    return paginate(rows.filter(name__icontains=q) if q else rows, page, size, _past)


def schedules() -> list[ScheduleView]:
    """代码里登记的全部定时。"""
    rows = Schedule.objects.filter(name__in=list(TIMERS)).order_by("name")
    return [ScheduleView(row.name, row.spec, row.next_at, row.last_at, row.enabled) for row in rows]


def _view(row: Job) -> JobView:
    state = JobState(row.state)
    return JobView(
        row.pk, row.name, row.state, str(state.label), row.attempts, row.run_at, row.created_at, None, row.error, _text(row.args)
    )


def _past(row: JobHistory) -> JobView:
    outcome = Outcome(row.outcome)
    return JobView(
        row.pk, row.name, row.outcome, str(outcome.label), row.attempts, None, row.created_at, row.finished_at, row.note, _text(row.args)
    )


def _text(args: dict[str, Any]) -> str:
    named = [f"{key}={value}" for key, value in args.get("kwargs", {}).items()]
    return "，".join([*(str(value) for value in args.get("args", ())), *named])[:200]


def _minutes(moment: datetime) -> int:
    return int((timezone.now() - moment).total_seconds() // 60)
