"""运行作业与处理死信。"""

import logging
import os
import signal
import socket
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction

from shilong.foundation.jobs import queue, timers, wake
from shilong.foundation.jobs.models import Job, JobState, Outcome
from shilong.foundation.jobs.registry import FEEDERS, JOBS, GiveUp, TryLater
from shilong.foundation.refusals import Invalid, NotAllowed, NotFound

log = logging.getLogger(__name__)
T = TypeVar("T")
POLL = 1.0  # 秒；唤醒丢失时的兜底间隔
OUTAGE_PAUSE_MAX = 5.0  # 秒；数据库断开时重试间隔的上限
MANAGERS = ("sysadmin", "system")  # 地基不认识角色枚举，只认它的值


class StopEvent(Protocol):
    """停止信号；`threading.Event` 即可，测试可换成假的来快进等待。"""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float | None = None) -> bool: ...


class Worker:
    """一个工作线程：取一个、做一个、了结一个。"""

    def __init__(self, stop: StopEvent, lease: timedelta = queue.LEASE) -> None:
        self.stop = stop
        self.lease = lease
        self.owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.current: queue.Claim | None = None
        self._housekeeping_at = 0.0

    def run(self) -> None:
        """循环到要求停止；手头的作业做完才返回。"""
        idle = False
        while not self.stop.is_set():
            seen = self.steady(wake.mark)
            if self.steady(self.round):
                idle = False
                continue
            pause = POLL if idle else wake.LINGER
            idle = True
            self.steady(partial(wake.wait, pause, self.stop, seen or 0))
        connection.close()

    def round(self) -> bool:
        """一轮：定时、发件箱、一个作业。有活干返回真。"""
        self._housekeeping()
        fed = sum(feeder.feed() for feeder in FEEDERS)
        return self.work_one() or fed > 0

    def work_one(self) -> bool:
        """认领并执行一个作业。"""
        claimed = queue.claim(self.owner, self.lease)
        if claimed is None:
            return False
        self.current = claimed
        try:
            settle = execute(claimed)
            self.steady(settle)
        finally:
            self.current = None
        return True

    def steady(self, step: Callable[[], T]) -> T | None:
        """执行一步；数据库断开就换新连接重来，直到成功或要求停止。停止时放弃的作业由租约收回。"""
        pause = 0.2
        while True:
            try:
                return step()
            except (OperationalError, InterfaceError) as error:
                log.warning("数据库暂不可用，%.1f 秒后重试：%s", pause, str(error).strip().split("\n")[0])
                _drop_connection()
            if self.stop.wait(pause):
                return None
            pause = min(pause * 2, OUTAGE_PAUSE_MAX)

    def _housekeeping(self) -> None:
        if time.monotonic() < self._housekeeping_at:
            return
        self._housekeeping_at = time.monotonic() + min(POLL, self.lease.total_seconds() / 3)
        timers.tick()
        queue.reclaim()


def execute(claimed: queue.Claim) -> Callable[[], None]:
    """执行一个作业，返回“怎样了结”；了结单独做，数据库恰好断开时可以反复尝试。"""
    definition = JOBS.get(claimed.name)
    if definition is None:
        return lambda: queue.fail(claimed, f"这个版本的程序里没有名为“{claimed.name}”的作业")
    try:
        definition.run(*claimed.args, **claimed.kwargs)
    except GiveUp as error:
        reason = str(error)
        return lambda: queue.fail(claimed, reason, hopeless=True)
    except TryLater as error:
        log.warning("作业 %s#%s 第 %s 次没有做成：%s", claimed.name, claimed.id, claimed.attempts, error)
        expected = str(error)
        return lambda: queue.fail(claimed, expected)
    except (Exception, SystemExit) as error:
        if not isinstance(error, (OperationalError, InterfaceError)):
            log.exception("作业 %s#%s 第 %s 次执行失败", claimed.name, claimed.id, claimed.attempts)
        trace = traceback.format_exc()
        return lambda: queue.fail(claimed, trace)
    return lambda: queue.succeed(claimed)


def run_worker(stop_event: StopEvent, concurrency: int = 1, *, lease_seconds: float = 60) -> None:
    """运行工作进程，直到 `stop_event` 置位；手头的作业做完才返回。

    参数：
        stop_event: 停止信号，一般由 SIGTERM 处理函数置位。
        concurrency: 线程数；第一个线程就是调用者自己。
        lease_seconds: 租约秒数；每三分之一租约续一次，进程被杀后最多这么久由别的进程接手。
    """
    lease = timedelta(seconds=lease_seconds)
    workers = [Worker(stop_event, lease) for _ in range(max(1, concurrency))]
    workers[0].steady(timers.sync)
    over = threading.Event()
    pulse = threading.Thread(target=_pulse, args=(workers, lease, over), name="jobs-heartbeat", daemon=True)
    pulse.start()
    if connection.vendor == "postgresql":
        wake.Listener(stop_event).start()
    threads = [threading.Thread(target=worker.run, name=f"jobs-{n}") for n, worker in enumerate(workers[1:], 2)]
    for thread in threads:
        thread.start()
    workers[0].run()
    for thread in threads:
        thread.join()
    over.set()
    pulse.join(timeout=5)


def run_until_signalled(concurrency: int = 1, *, lease_seconds: float = 60) -> None:
    """命令行入口：SIGTERM/SIGINT 做完手头的再停；再来一次 SIGINT 立即退出。"""
    stop = threading.Event()

    def ask(_number: int, _frame: Any) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        stop.set()
        wake.LOCAL.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    run_worker(stop, concurrency, lease_seconds=lease_seconds)


def run_pending(limit: int | None = None) -> int:
    """同步把到期的事件与作业做完，返回执行的作业数；测试与维护脚本用，不触发定时。"""
    worker = Worker(threading.Event())
    done = 0
    while limit is None or done < limit:
        fed = sum(feeder.feed() for feeder in FEEDERS)
        claimed = queue.claim(worker.owner)
        if claimed is None and not fed:
            break
        if claimed is not None:
            execute(claimed)()
            done += 1
    return done


def replay(job_id: int, actor: Any) -> None:
    """把一封死信放回队列，从第一次算起。

    异常：
        NotAllowed: 不是系统管理员。
        NotFound: 没有这封死信（可能别人已处理）。
    """
    with transaction.atomic():
        row = _dead_letter(job_id, actor)
        row.attempts = 0
        _record("jobs.replay", actor, row)
        queue.requeue(row)


def discard(job_id: int, actor: Any, reason: str) -> None:
    """放弃一封死信，移入历史并记下理由。

    异常：
        NotAllowed、NotFound: 同 `replay`。
        Invalid: 没写理由。
    """
    if not reason.strip():
        raise Invalid("请写明放弃这个作业的理由。", fields={"reason": "不能为空"})
    with transaction.atomic():
        row = _dead_letter(job_id, actor)
        _record("jobs.discard", actor, row, reason=reason.strip())
        queue.retire(row, Outcome.DISCARDED, reason.strip())


def _dead_letter(job_id: int, actor: Any) -> Job:
    if not actor.has(*MANAGERS):
        raise NotAllowed("处理死信需要“系统管理员”角色。")
    row = Job.objects.select_for_update().filter(pk=job_id, state=JobState.DEAD).first()
    if row is None:
        raise NotFound("这封死信不存在，可能已被重放或放弃。")
    return row


def _record(action: str, actor: Any, row: Job, **detail: str) -> None:
    from shilong.foundation.audit.services import record  # 审计自己也有定时作业，放在顶层会互相等待

    record(action, actor=actor, object_type="job", object_id=str(row.pk), detail={"name": row.name, **detail})


def _pulse(workers: list[Worker], lease: timedelta, over: threading.Event) -> None:
    while not over.wait(lease.total_seconds() / 3):
        try:
            queue.renew([claimed for worker in workers if (claimed := worker.current) is not None], lease)
        except (OperationalError, InterfaceError):
            _drop_connection()
    connection.close()


def _drop_connection() -> None:
    try:
        connection.close()
    except (OperationalError, InterfaceError):
        connection.connection = None
