"""汇总表。"""

from django.db import models


class DailyStat(models.Model):
    """一天、一个部门、一个事项、一个渠道的计数。

    计数列可为负：渠道更正先于原履历被消费时会短暂先减后加。
    """

    day = models.DateField("日期")
    department = models.CharField("部门键", max_length=20)
    item_code = models.CharField("事项编码", max_length=50)
    channel = models.CharField("渠道", max_length=2)
    submitted = models.IntegerField("申请", default=0)
    accepted = models.IntegerField("受理", default=0)
    rejected = models.IntegerField("不予受理", default=0)
    supplemented = models.IntegerField("补正告知", default=0)
    withdrawn = models.IntegerField("撤回", default=0)
    granted = models.IntegerField("准予", default=0)
    denied = models.IntegerField("不予", default=0)
    terminated = models.IntegerField("终止", default=0)
    delivered = models.IntegerField("送达", default=0)
    instant = models.IntegerField("即办件办结", default=0)
    in_promise = models.IntegerField("承诺时限内办结", default=0)
    over_promise = models.IntegerField("超承诺办结", default=0)
    over_legal = models.IntegerField("超法定办结", default=0)
    used_days = models.IntegerField("办结件已用工作日之和", default=0)
    promised_days = models.IntegerField("办结件承诺工作日之和", default=0)

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
