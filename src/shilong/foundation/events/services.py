"""写入领域事件。"""

from typing import Any

from django.db import connection
from django.utils import timezone

from shilong.foundation.events.models import Event
from shilong.foundation.jobs import wake


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
    event = Event.objects.create(topic=topic, key=key, payload=payload, occurred_at=timezone.now())
    wake.after_commit()
    return int(event.pk)
