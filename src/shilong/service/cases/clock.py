"""可注入的当前时间：演示数据要在过去的时间里走真实引擎，不能用只供测试的冻结库。"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_MOMENT: ContextVar[datetime | None] = ContextVar("cases_moment", default=None)


def now() -> datetime:
    """引擎的当前时间：优先取 `at()` 给定的时刻。"""
    return _MOMENT.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """在给定时刻（带时区）里执行引擎动作；只影响本线程/协程。"""
    if timezone.is_naive(moment):
        raise ValueError("时刻必须带时区")
    token = _MOMENT.set(moment)
    try:
        yield
    finally:
        _MOMENT.reset(token)
