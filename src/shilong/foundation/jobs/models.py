"""作业、定时、历史三张表。`Job` 只放未完成的，认领时不必越过几百万行旧账。"""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class JobState(models.TextChoices):
    WAITING = "waiting", "排队"
    RUNNING = "running", "执行中"
    DEAD = "dead", "死信"


class Job(models.Model):
    """一个未完成的作业。"""

    name = models.CharField("作业名", max_length=80)
    args = models.JSONField("参数", default=dict, encoder=DjangoJSONEncoder)
    key = models.CharField("去重键", max_length=160, blank=True, default="")
    state = models.CharField("状态", max_length=8, choices=JobState.choices, default=JobState.WAITING)
    run_at = models.DateTimeField("最早执行时间")
    attempts = models.PositiveIntegerField("已执行次数", default=0)
    owner = models.CharField("租约持有者", max_length=80, blank=True, default="")
    lease_until = models.DateTimeField("租约到期", null=True, blank=True)
    error = models.TextField("最近一次错误", blank=True, default="")
    created_at = models.DateTimeField("入队时间")

    class Meta:
        verbose_name = "作业"
        constraints = [
            # 只对排队中的去重：执行中的那一份可能已经读过旧数据，新的请求不能并到它身上。
            models.UniqueConstraint(fields=["key"], condition=models.Q(state="waiting") & ~models.Q(key=""), name="job_waiting_key"),
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_known"),
        ]
        indexes = [
            models.Index(fields=["run_at", "id"], condition=models.Q(state="waiting"), name="job_waiting"),
            models.Index(fields=["lease_until"], condition=models.Q(state="running"), name="job_running"),
            models.Index(fields=["id"], condition=models.Q(state="dead"), name="job_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.name}#{self.pk}"


class Outcome(models.TextChoices):
    DONE = "done", "完成"
    MERGED = "merged", "并入同键作业"
    DISCARDED = "discarded", "人工放弃"


class JobHistory(models.Model):
    """已了结的作业；保留 30 天。主键沿用作业编号。"""

    id = models.BigIntegerField("作业编号", primary_key=True)
    name = models.CharField("作业名", max_length=80)
    args = models.JSONField("参数", default=dict, encoder=DjangoJSONEncoder)
    key = models.CharField("去重键", max_length=160, blank=True, default="")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices)
    attempts = models.PositiveIntegerField("执行次数")
    note = models.TextField("说明", blank=True, default="")
    created_at = models.DateTimeField("入队时间")
    finished_at = models.DateTimeField("了结时间", db_index=True)

    class Meta:
        verbose_name = "作业历史"

    def __str__(self) -> str:
        return f"{self.name}#{self.pk} {self.outcome}"


class Schedule(models.Model):
    """一个定时；定义在代码里，这里只记下次时间与是否停用。"""

    name = models.CharField("作业名", max_length=80, primary_key=True)
    spec = models.CharField("周期", max_length=40)
    next_at = models.DateTimeField("下次执行")
    last_at = models.DateTimeField("上次触发", null=True, blank=True)
    enabled = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "定时"

    def __str__(self) -> str:
        return f"{self.name} {self.spec}"
