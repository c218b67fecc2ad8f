"""派发：把未派发的事件变成作业；消费：回执与消费者的写入同一事务。"""

from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from shilong.foundation.events.models import Event, Receipt
from shilong.foundation.events.registry import EventView, subscribers
from shilong.foundation.jobs.models import Job

BATCH = 200
STALLED = timedelta(minutes=5)


class Outbox:
    """作业来源之一：事件发件箱。"""

    def feed(self) -> int:
        """派发一批：插入作业与标记事件在同一事务，中途被杀则整批重来。"""
        pending = Event.objects.filter(dispatched_at__isnull=True)
        if not pending.exists():
            return 0
        now = timezone.now()
        with transaction.atomic():
            rows = list(pending.order_by("id").select_for_update(skip_locked=True)[:BATCH])
            Job.objects.bulk_create(
                Job(name=entry.job.name, args={"args": [row.pk]}, key=f"event:{row.pk}:{entry.name}", run_at=now, created_at=now)
                for row in rows
                for entry in subscribers(row.topic)
            )
            Event.objects.filter(pk__in=[row.pk for row in rows]).update(dispatched_at=now)
        return len(rows)

    def health(self) -> str:
        late = timezone.now() - STALLED
        if Event.objects.filter(dispatched_at__isnull=True, occurred_at__lt=late).exists():
            return "有事件超过 5 分钟没有派发，请检查作业进程是否在运行"
        return "ok"


def consume(event_id: int, name: str, function: Callable[[EventView], None]) -> None:
    """让一个消费者处理一个事件；已有回执则什么也不做。消费者抛错时回执一并回滚。"""
    with transaction.atomic():
        if not _sign(event_id, name):
            return
        row = Event.objects.get(pk=event_id)
        function(EventView(row.pk, row.topic, row.key, row.payload, row.occurred_at))


def _sign(event_id: int, name: str) -> bool:
    """写回执；写入成功才轮到我。PG 上若别人正在处理同一事件，这里会等它提交或回滚。"""
    table = connection.ops.quote_name(Receipt._meta.db_table)
    sql = f"INSERT INTO {table} (event_id, consumer, consumed_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"  # noqa: S608 表名来自模型
    with connection.cursor() as cursor:
        cursor.execute(sql, [event_id, name, connection.ops.adapt_datetimefield_value(timezone.now())])
        return cursor.rowcount == 1
