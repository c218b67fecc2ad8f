"""登记：哪些函数是作业、哪些要定时执行、哪些来源会产生作业。"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Generic, ParamSpec, Protocol

from django.utils import timezone

P = ParamSpec("P")


class GiveUp(Exception):
    """作业内抛出：重试也没有用（如手机号不存在），直接进死信。消息给运维看。"""


class TryLater(Exception):
    """作业内抛出：料到的失败（对方不通），过一会儿再试。消息给运维看，不留程序堆栈。"""


@dataclass(frozen=True, slots=True)
class Backoff:
    """重试规则：第 n 次失败后等 base×2ⁿ⁻¹ 秒，封顶 cap，再乘 0.5–1 的随机数错开。"""

    retries: int = 8
    base: float = 30
    cap: float = 3600

    def delay(self, attempts: int) -> timedelta:
        """第 `attempts` 次失败后的等待时间。"""
        ceiling = min(self.cap, self.base * 2 ** min(max(attempts, 1) - 1, 40))
        return timedelta(seconds=ceiling * random.uniform(0.5, 1))  # noqa: S311 只为错开，不涉安全


@dataclass(frozen=True)
class JobDefinition(Generic[P]):
    """登记过的作业；直接调用即同步执行。"""

    name: str
    run: Callable[P, object]
    backoff: Backoff = Backoff()

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> object:
        return self.run(*args, **kwargs)

    def enqueue(self, *args: Any, run_at: datetime | None = None, key: str | None = None, **kwargs: Any) -> int:
        """入队，与当前事务同生死；返回作业编号。

        参数：
            run_at: 最早执行时间，默认现在。
            key: 去重键；排队中已有同键作业时返回那一个的编号，不再新增。
        """
        from shilong.foundation.jobs import queue  # 登记先于应用就绪，不能在模块顶层碰模型

        return queue.enqueue(self.name, args, kwargs, run_at=run_at, key=key or "")


@dataclass(frozen=True, slots=True)
class Timer:
    """定时规则：每 `every` 秒，或每天 `at`（Asia/Shanghai）。"""

    every: float = 0
    at: time | None = None

    @property
    def spec(self) -> str:
        return f"每天 {self.at:%H:%M}" if self.at else f"每 {self.every:g} 秒"

    def after(self, moment: datetime) -> datetime:
        """`moment` 之后的下一次；停机期间错过的只补一次。"""
        if self.at is None:
            return moment + timedelta(seconds=self.every)
        local = timezone.localtime(moment)
        candidate = local.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        return candidate if candidate > local else candidate + timedelta(days=1)

    def first(self, now: datetime) -> datetime:
        """新登记的定时第一次何时执行：周期性的马上，每日的等到点。"""
        return now if self.at is None else self.after(now)


class Feeder(Protocol):
    """作业的来源（如事件发件箱）；工作进程每一轮先问它有没有新作业。"""

    def feed(self) -> int:
        """把积压变成作业，返回处理条数。"""

    def health(self) -> str:
        """`"ok"` 或一句说明。"""


JOBS: dict[str, JobDefinition] = {}
TIMERS: dict[str, Timer] = {}
FEEDERS: list[Feeder] = []


def job(name: str, *, retries: int = 8, base: float = 30, cap: float = 3600) -> Callable[[Callable[P, object]], JobDefinition[P]]:
    """登记一个作业。

    参数：
        name: 全局唯一的名字，`模块.动作`；改名会让已入队的作业找不到函数。
        retries: 失败后再试几次，之后进死信。
        base, cap: 退避的起始与封顶秒数。
    """

    def register(function: Callable[P, object]) -> JobDefinition[P]:
        known = JOBS.get(name)
        if known is not None and _origin(known.run) != _origin(function):
            raise ValueError(f"作业名“{name}”已被 {_origin(known.run)} 使用")
        definition = JobDefinition(name, function, Backoff(retries, base, cap))
        JOBS[name] = definition
        return definition

    return register


def schedule(
    name: str, *, every: float = 0, at: str = "", retries: int = 2, base: float = 30, cap: float = 600
) -> Callable[[Callable[[], object]], JobDefinition[[]]]:
    """登记一个定时作业：`every=60`（秒）或 `at="00:05"`（本地时间），二选一。上一次还在排队时不再追加。"""
    if bool(every) == bool(at) or (at and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", at)):
        raise ValueError(f"定时“{name}”须给出 every=秒 或 at='时:分' 之一")

    def register(function: Callable[[], object]) -> JobDefinition[[]]:
        definition = job(name, retries=retries, base=base, cap=cap)(function)
        TIMERS[name] = Timer(at=time.fromisoformat(at)) if at else Timer(every=every)
        return definition

    return register


def _origin(function: Callable) -> str:
    return f"{function.__module__}.{getattr(function, '__qualname__', '?')}"
