"""队列：入队、认领、了结、收回。每个函数一个短事务；PG 用 SKIP LOCKED，SQLite 的 IMMEDIATE 事务天然互斥。"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.jobs import wake
from shilong.foundation.jobs.models import Job, JobHistory, JobState, Outcome
from shilong.foundation.jobs.registry import JOBS, Backoff

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
ERROR_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class Claim:
    """认领到的作业。`attempts` 兼作栅栏：租约被收回后，旧持有者的了结不再生效。"""

    id: int
    name: str
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    attempts: int
    owner: str


def enqueue(name: str, args: Sequence[Any], kwargs: Mapping[str, Any], *, run_at: Any = None, key: str = "") -> int:
    """插入一个作业；同键的已在排队则返回它。"""
    if name not in JOBS:
        raise LookupError(f"没有登记名为“{name}”的作业")
    now = timezone.now()
    row = Job(name=name, args={"args": list(args), "kwargs": dict(kwargs)}, key=key, run_at=run_at or now, created_at=now)
    number = _insert_once(row) if key else _insert(row)
    if row.run_at <= now:
        wake.after_commit()
    return number


def _insert(row: Job) -> int:
    row.save(force_insert=True)
    return int(row.pk)


def _insert_once(row: Job) -> int:
    while True:
        waiting = Job.objects.filter(key=row.key, state=JobState.WAITING).values_list("pk", flat=True).first()
        if waiting is not None:
            return int(waiting)
        try:
            with transaction.atomic():
                return _insert(row)
        except IntegrityError:
            row.pk = None  # 刚被别人插入；再看一次，它可能也已被取走


def claim(owner: str, lease: timedelta = LEASE) -> Claim | None:
    """认领一个到期作业；没有则返回 None。"""
    now = timezone.now()
    due = Job.objects.filter(state=JobState.WAITING, run_at__lte=now)
    if not due.exists():  # 空闲时只读，不去抢写锁
        return None
    with transaction.atomic():
        row = due.order_by("run_at", "id").select_for_update(skip_locked=True).first()
        if row is None:
            return None
        row.state, row.owner, row.lease_until = JobState.RUNNING, owner, now + lease
        row.attempts += 1
        row.save(update_fields=["state", "owner", "lease_until", "attempts"])
    return Claim(row.pk, row.name, row.args.get("args", ()), row.args.get("kwargs", {}), row.attempts, owner)


def renew(claims: Sequence[Claim], lease: timedelta = LEASE) -> None:
    """心跳：延长正在执行的作业的租约。"""
    until = timezone.now() + lease
    for claimed in claims:
        _mine(claimed).update(lease_until=until)


def succeed(claimed: Claim) -> None:
    """了结：移入历史表。租约已被收回时什么也不做。"""
    with transaction.atomic():
        row = _mine(claimed).select_for_update().first()
        if row is None:
            log.warning("作业 %s#%s 完成时租约已被收回", claimed.name, claimed.id)
            return
        _retire(row, Outcome.DONE)


def fail(claimed: Claim, error: str, *, hopeless: bool = False) -> None:
    """记下错误：还有次数就退避重试，否则进死信。"""
    with transaction.atomic():
        row = _mine(claimed).select_for_update().first()
        if row is not None:
            _after_failure(row, error, hopeless=hopeless)


def reclaim() -> int:
    """收回租约过期的作业（工作进程被杀或失联），返回条数。反复中途退出的一样会进死信。"""
    with transaction.atomic():
        expired = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=timezone.now())
        rows = list(expired.select_for_update(skip_locked=True)[:100]) if expired.exists() else []
        for row in rows:
            _after_failure(row, f"工作进程 {row.owner} 中途退出或失联，租约到期", immediate=True)
    return len(rows)


def requeue(row: Job) -> None:
    """放回队列马上执行；已有同键作业在排队时并入它。须在事务里。"""
    row.run_at = timezone.now()
    _back_to_waiting(row)
    wake.after_commit()


def _mine(claimed: Claim) -> Any:
    return Job.objects.filter(pk=claimed.id, state=JobState.RUNNING, owner=claimed.owner, attempts=claimed.attempts)


def _after_failure(row: Job, error: str, *, hopeless: bool = False, immediate: bool = False) -> None:
    backoff = JOBS[row.name].backoff if row.name in JOBS else Backoff()
    row.error = error.replace("\x00", "")[-ERROR_LIMIT:]
    if hopeless or row.attempts > backoff.retries:
        row.state, row.owner, row.lease_until = JobState.DEAD, "", None
        row.save()
        log.error("作业 %s#%s 进入死信：%s", row.name, row.pk, row.error.strip().rsplit("\n", 1)[-1])
        return
    row.run_at = timezone.now() + (timedelta() if immediate else backoff.delay(row.attempts))
    _back_to_waiting(row)


def _back_to_waiting(row: Job) -> None:
    row.state, row.owner, row.lease_until = JobState.WAITING, "", None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        _retire(row, Outcome.MERGED)


def _retire(row: Job, outcome: Outcome, note: str = "") -> None:
    JobHistory.objects.create(
        id=row.pk,
        name=row.name,
        args=row.args,
        key=row.key,
        outcome=outcome,
        attempts=row.attempts,
        note=note,
        created_at=row.created_at,
        finished_at=timezone.now(),
    )
    row.delete()


def retire(row: Job, outcome: Outcome, note: str) -> None:
    """人工了结一个作业，移入历史表。须在事务里。"""
    _retire(row, outcome, note)
