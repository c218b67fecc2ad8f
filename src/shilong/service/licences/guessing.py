"""限频：同一来源猜错太多次就等一会儿。"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from shilong.service.licences.models import Attempt
from shilong.service.licences.refusals import Guessing

LIMIT, WINDOW, LOCK = 10, timedelta(minutes=10), timedelta(minutes=15)


def refuse_locked(key: str) -> None:
    """异常：Guessing（429）——还在等待时间里。"""
    row = Attempt.objects.filter(pk=key[:80]).first()
    now = timezone.now()
    if row is not None and row.locked_until and row.locked_until > now:
        raise Guessing(minutes=int((row.locked_until - now).total_seconds() // 60) + 1)


def failed(key: str, *, limit: int = LIMIT) -> None:
    """记一次没猜中；`limit` 次之后要等一会儿。"""
    now = timezone.now()
    with transaction.atomic():
        Attempt.objects.get_or_create(pk=key[:80], defaults={"since": now})
        row = Attempt.objects.select_for_update().get(pk=key[:80])
        if now - row.since > WINDOW:
            row.failures, row.since = 0, now
        row.failures += 1
        row.locked_until = now + LOCK if row.failures >= limit else None
        if row.locked_until:
            row.failures, row.since = 0, now
        row.save()
