"""写入领域事件。"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.utils import timezone

from shilong.foundation.events.models import Event
from shilong.foundation.jobs import wake

_RECORD_ONLY: ContextVar[bool] = ContextVar("events_record_only", default=False)


@contextmanager
def record_only() -> Iterator[None]:
    """只记不发：装入历史数据时用。事件照样留痕，但不再投递给消费者，不会为去年的办件补发短信。"""
    token = _RECORD_ONLY.set(True)
    try:
        yield
    finally:
        _RECORD_ONLY.reset(token)


def emit(topic: str, *, key: str = "", **payload: Any) -> int:
    """写一个领域事件，与业务同一事务；返回事件编号。

    参数：
        topic: 主题，`模块.动作`，如 `case.accept`。
        key: 业务键（如办件号），便于查某一件的全部事件。
        payload: 可存 JSON 的内容；只放编号与版本，不放个人信息。

    异常：
        RuntimeError: 不在事务里。那样业务回滚了事件还在，等于对外说谎。
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"emit({topic!r}) 必须在 transaction.atomic() 里调用")
    now = timezone.now()
    quiet = _RECORD_ONLY.get()
    event = Event.objects.create(topic=topic, key=key, payload=payload, occurred_at=now, dispatched_at=now if quiet else None)
    if not quiet:
        wake.after_commit()
    return int(event.pk)
