"""定时：到点把作业放进队列。多个工作进程同时看表也只放一次。"""

from django.db import transaction
from django.utils import timezone

from shilong.foundation.jobs import queue
from shilong.foundation.jobs.models import Schedule
from shilong.foundation.jobs.registry import TIMERS


def sync() -> None:
    """让表与代码里的定义一致：新增的登记，改了周期的重新排；代码里没有的不再触发。"""
    now = timezone.now()
    with transaction.atomic():
        known = {row.name: row for row in Schedule.objects.select_for_update()}
        missing = [Schedule(name=name, spec=t.spec, next_at=t.first(now)) for name, t in TIMERS.items() if name not in known]
        Schedule.objects.bulk_create(missing, ignore_conflicts=True)
        for name, row in known.items():
            timer = TIMERS.get(name)
            if timer is not None and row.spec != timer.spec:
                row.spec, row.next_at = timer.spec, timer.first(now)
                row.save(update_fields=["spec", "next_at"])


def tick() -> int:
    """把到点的定时入队，返回个数。停机期间错过多次的只补一次；上一次还在排队时不追加。"""
    now = timezone.now()
    due = Schedule.objects.filter(enabled=True, next_at__lte=now, name__in=list(TIMERS))
    if not due.exists():
        return 0
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True))
        for row in rows:
            queue.enqueue(row.name, (), {}, key=f"timer:{row.name}")
            row.last_at, row.next_at = now, TIMERS[row.name].after(now)
            row.save(update_fields=["last_at", "next_at"])
    return len(rows)
