"""发件箱与消费回执。"""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Event(models.Model):
    """一个已发生的事实。只增不改，`dispatched_at` 只从空填一次。

    用“未派发”标记而不用编号水位：并发写入者提交的先后与编号不一致，水位会漏（spec/exchange.md §2）。
    """

    topic = models.CharField("主题", max_length=80)
    key = models.CharField("业务键", max_length=80, blank=True, default="")
    payload = models.JSONField("内容", default=dict, encoder=DjangoJSONEncoder)
    occurred_at = models.DateTimeField("发生时间")
    dispatched_at = models.DateTimeField("派发时间", null=True, blank=True)

    class Meta:
        verbose_name = "领域事件"
        indexes = [
            models.Index(fields=["id"], condition=models.Q(dispatched_at__isnull=True), name="event_pending"),
            models.Index(fields=["key", "id"], condition=~models.Q(key=""), name="event_key"),
        ]

    def __str__(self) -> str:
        return f"{self.topic}#{self.pk}"


class Receipt(models.Model):
    """消费回执：与消费者的写入在同一事务，（事件，消费者）唯一，所以重复投递不会重复生效。"""

    event_id = models.BigIntegerField("事件编号")
    consumer = models.CharField("消费者", max_length=80)
    consumed_at = models.DateTimeField("消费时间")

    class Meta:
        verbose_name = "消费回执"
        constraints = [models.UniqueConstraint(fields=["event_id", "consumer"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.consumer}#{self.event_id}"
