"""汇总表。"""

from django.db import models


class DailyStat(models.Model):
    """一天、一个部门、一个事项、一个渠道的计数。"""

    day = models.DateField("日期")
    department = models.CharField("部门键", max_length=20)
    item_code = models.CharField("事项编码", max_length=50)
    channel = models.CharField("渠道", max_length=2)
    submitted = models.PositiveIntegerField("申请", default=0)
    accepted = models.PositiveIntegerField("受理", default=0)
    rejected = models.PositiveIntegerField("不予受理", default=0)
    supplemented = models.PositiveIntegerField("补正告知", default=0)
    withdrawn = models.PositiveIntegerField("撤回", default=0)
    granted = models.PositiveIntegerField("准予", default=0)
    denied = models.PositiveIntegerField("不予", default=0)
    terminated = models.PositiveIntegerField("终止", default=0)
    delivered = models.PositiveIntegerField("送达", default=0)
    instant = models.PositiveIntegerField("即办件办结", default=0)
    in_promise = models.PositiveIntegerField("承诺时限内办结", default=0)
    over_promise = models.PositiveIntegerField("超承诺办结", default=0)
    over_legal = models.PositiveIntegerField("超法定办结", default=0)
    used_days = models.PositiveIntegerField("办结件已用工作日之和", default=0)
    promised_days = models.PositiveIntegerField("办结件承诺工作日之和", default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "department", "item_code", "channel"], name="one_daily_stat")]
        indexes = [models.Index(fields=["department", "day"]), models.Index(fields=["item_code", "day"])]
        verbose_name = "办件日统计"

    def __str__(self) -> str:
        return f"{self.day} {self.department} {self.item_code}"


class Watermark(models.Model):
    """已计入汇总的最大履历编号（重建时）。不大于它的事件再来就跳过；这一行也是计数与重建互斥的锁。"""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    event_id = models.BigIntegerField("履历编号", default=0)

    class Meta:
        verbose_name = "统计水位"

    def __str__(self) -> str:
        return str(self.event_id)
