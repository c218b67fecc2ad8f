"""大厅、窗口组、窗口、当天的队列、号、履历、规则。"""

import uuid

from django.db import models
from django.db.models import Q

from shilong.foundation.gm.fields import EncryptedTextField
from shilong.foundation.records import AppendOnly
from shilong.service.queueing.rules import ACTIVE, State


class Hall(models.Model):
    """一个办事大厅。`devices` 是取号机授权的批次：加一，以前授权的取号机全部作废。"""

    key = models.SlugField("大厅键", max_length=32, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    address = models.CharField("地址", max_length=120, blank=True, default="")
    phone = models.CharField("电话", max_length=40, blank=True, default="")
    devices = models.PositiveIntegerField("取号机授权批次", default=1)
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """窗口组：一条队列。`letter` 是号的字头，全平台不重。"""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="groups")
    key = models.SlugField("窗口组键", max_length=32, unique=True)
    name = models.CharField("名称", max_length=40)
    letter = models.CharField("字头", max_length=2, unique=True)
    items = models.JSONField("单独指定的事项", default=list)
    departments = models.JSONField("受理的部门", default=list)
    fallback = models.BooleanField("综合", default=False)
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["hall_id", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["hall", "name"], name="queue_group_name_once")]

    def __str__(self) -> str:
        return self.name


class Window(models.Model):
    """窗口。`name` 与人员任职里的“窗口”一致，如“03 号窗口”，据此知道谁坐在哪。"""

    class Status(models.TextChoices):
        OPEN = "open", "正常"
        PAUSED = "paused", "暂停"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="windows")
    name = models.CharField("窗口", max_length=20, unique=True)
    groups = models.ManyToManyField(Group, verbose_name="叫哪些队列", related_name="windows")
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.OPEN)
    reason = models.CharField("暂停原因", max_length=60, blank=True, default="")
    order = models.PositiveIntegerField("排序", default=0)

    class Meta:
        ordering = ["hall_id", "order", "name"]

    def __str__(self) -> str:
        return self.name


class Line(models.Model):
    """一个窗口组一天的队列：发号与叫号都先锁这一行。`recent` 记最近叫过的类别，轮换用。"""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="lines")
    day = models.DateField("日期")
    issued = models.PositiveIntegerField("发到几号", default=0)
    calls = models.PositiveIntegerField("叫过几次", default=0)
    recent = models.CharField("最近叫的", max_length=20, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "day"], name="queue_line_once")]

    def __str__(self) -> str:
        return f"{self.group_id}:{self.day}"


class Ticket(models.Model):
    """一个号。姓名、证件、手机加密；屏上与列表里只见脱敏姓名。"""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="tickets")
    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    day = models.DateField("日期")
    number = models.CharField("号码", max_length=8)
    state = models.CharField("状态", max_length=10, default=State.WAITING)
    booked = models.BooleanField("预约号", default=False)
    booking_no = models.CharField("预约编号", max_length=32, blank=True, default="")
    slot_start = models.DateTimeField("预约时段", null=True)
    priority = models.CharField("优先", max_length=20, blank=True, default="")
    item_code = models.CharField("事项", max_length=50, blank=True, default="")
    item_name = models.CharField("事项名称", max_length=200, blank=True, default="")
    account_id = models.BigIntegerField("账号", null=True)
    agent_for = models.BigIntegerField("代理的法人", null=True)
    name = EncryptedTextField("姓名", blank=True, default="")
    id_no = EncryptedTextField("证件号", blank=True, default="")
    id_index = models.CharField(max_length=64, blank=True, default="")
    mobile = EncryptedTextField("手机", blank=True, default="")
    since = models.DateTimeField("排队起点")
    ready_after = models.PositiveIntegerField("找回后第几次叫号轮到", default=0)
    moved = models.BooleanField("转来的", default=False)
    only = models.ForeignKey(Window, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="指定窗口")
    window = models.ForeignKey(Window, null=True, on_delete=models.PROTECT, related_name="tickets")
    staff_id = models.BigIntegerField("窗口人员", null=True)
    returns = models.PositiveSmallIntegerField("找回次数", default=0)
    calls = models.PositiveSmallIntegerField("呼叫次数", default=0)
    case_no = models.CharField("办件编号", max_length=50, blank=True, default="")
    taken_at = models.DateTimeField("取号")
    called_at = models.DateTimeField("首次呼叫", null=True)
    serving_at = models.DateTimeField("开始办理", null=True)
    finished_at = models.DateTimeField("结束", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hall", "day", "number"], name="queue_number_once"),
            models.UniqueConstraint(fields=["window"], condition=Q(state__in=[state.value for state in ACTIVE]), name="queue_window_one"),
            models.UniqueConstraint(
                fields=["booking_no"],
                condition=~Q(booking_no="") & ~Q(state__in=[State.ABANDONED.value, State.EXPIRED.value]),
                name="queue_booking_once",
            ),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in State]), name="queue_state_known"),
        ]
        indexes = [
            models.Index(fields=["line", "state", "since"], name="queue_line_state"),
            models.Index(fields=["hall", "day", "state"], name="queue_hall_day"),
            models.Index(fields=["id_index", "day"], name="queue_holder_day"),
        ]

    def __str__(self) -> str:
        return self.number


class TicketEvent(AppendOnly):
    """号的履历。"""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")
    action = models.CharField("动作", max_length=12)
    state = models.CharField("之后的状态", max_length=10)
    window_name = models.CharField("窗口", max_length=20, blank=True, default="")
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField("操作人", max_length=60, blank=True, default="")
    note = models.CharField("说明", max_length=200, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["hall", "-id"], name="queue_hall_latest")]

    def __str__(self) -> str:
        return f"{self.ticket_id}:{self.action}"


class QueuePolicy(models.Model):
    """叫号规则（PD），只有一行。"""

    booked_share = models.PositiveSmallIntegerField("预约号连叫", default=2)
    walkin_share = models.PositiveSmallIntegerField("现场号连叫", default=1)
    priority_run = models.PositiveSmallIntegerField("优先号最多连叫", default=3)
    early_minutes = models.PositiveSmallIntegerField("预约提前可叫（分钟）", default=10)
    return_after = models.PositiveSmallIntegerField("找回后排到几位之后", default=3)
    returns = models.PositiveSmallIntegerField("可找回次数", default=1)
    senior_age = models.PositiveSmallIntegerField("老年人优先年龄", default=60)
    priorities = models.JSONField("优先对象", default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="queue_policy_single")]

    def __str__(self) -> str:
        return "叫号规则"
