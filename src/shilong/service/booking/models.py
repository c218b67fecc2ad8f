"""模板、停办、号源、预约、预约人（限制）、履历、规则。"""

from django.db import models
from django.db.models import F, Q

from shilong.foundation.gm.fields import EncryptedTextField
from shilong.foundation.records import AppendOnly
from shilong.service.booking.rules import HOLDING, State


class SlotTemplate(models.Model):
    """时段与容量模板。`item_code` 为空是整个窗口组共用。"""

    group = models.SlugField("窗口组", max_length=32, db_index=True)
    item_code = models.CharField("事项", max_length=50, blank=True, default="")
    name = models.CharField("名称", max_length=40)
    weekdays = models.CharField("周几", max_length=7, default="12345")
    start = models.TimeField("起")
    end = models.TimeField("止")
    minutes = models.PositiveSmallIntegerField("每段分钟", default=30)
    capacity = models.PositiveSmallIntegerField("每段名额", default=4)
    valid_from = models.DateField("起用", null=True, blank=True)
    valid_until = models.DateField("止用", null=True, blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["group", "item_code", "start"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="booking_template_span"),
            models.CheckConstraint(condition=Q(capacity__gte=1) & Q(minutes__gte=5), name="booking_template_size"),
        ]

    def __str__(self) -> str:
        return self.name


class Closure(models.Model):
    """临时停办。`group` 为空是整个大厅。撤销不删行。"""

    hall = models.SlugField("大厅", max_length=32)
    group = models.SlugField("窗口组", max_length=32, blank=True, default="")
    start = models.DateTimeField("起")
    end = models.DateTimeField("止")
    reason = models.CharField("原因", max_length=100)
    created_by = models.CharField("设置人", max_length=60)
    created_at = models.DateTimeField("设置时间")
    revoked_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        ordering = ["-start"]
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="booking_closure_span")]

    def __str__(self) -> str:
        return self.reason


class Slot(models.Model):
    """号源：一个窗口组（或单独放号的事项）的一个时段。不删，只停。"""

    group = models.SlugField("窗口组", max_length=32)
    item_code = models.CharField("事项", max_length=50, blank=True, default="")
    day = models.DateField("日期")
    start = models.DateTimeField("起")
    end = models.DateTimeField("止")
    capacity = models.PositiveSmallIntegerField("名额")
    booked = models.PositiveSmallIntegerField("已约", default=0)
    is_open = models.BooleanField("放号", default=True)
    reason = models.CharField("停放原因", max_length=100, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "item_code", "start"], name="booking_slot_once"),
            # 不超卖的最后一道：条件更新之外，数据库也不许已约超过名额。
            models.CheckConstraint(condition=Q(booked__lte=F("capacity")), name="booking_slot_not_oversold"),
        ]
        indexes = [models.Index(fields=["group", "day"], name="booking_slot_day")]

    def __str__(self) -> str:
        return f"{self.group} {self.start:%m-%d %H:%M}"


class Booker(models.Model):
    """预约人：按证件（个人或单位）认。写预约时锁这一行，每人上限才数得准；限制预约也记在这里。"""

    index = models.CharField(max_length=64, primary_key=True)
    name = EncryptedTextField("姓名或名称")
    blocked_until = models.DateField("限制到", null=True)
    reason = models.CharField("原因", max_length=200, blank=True, default="")
    forgiven_at = models.DateField("此前的爽约不再计", null=True)
    updated_at = models.DateTimeField("更新", auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["blocked_until"], name="booker_blocked", condition=Q(blocked_until__isnull=False))]

    def __str__(self) -> str:
        return self.index[:8]


class Booking(models.Model):
    """一个预约。`subject_index` 是为谁约（限额按它），`visitor_index` 是谁来（签到刷证按它）。"""

    number = models.CharField("预约编号", max_length=32, unique=True)
    token = models.CharField("核验码", max_length=12)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="bookings")
    group = models.SlugField("窗口组", max_length=32)
    hall = models.SlugField("大厅", max_length=32)
    day = models.DateField("日期")
    start = models.DateTimeField("起")
    end = models.DateTimeField("止")
    item_code = models.CharField("事项", max_length=50)
    item_name = models.CharField("事项名称", max_length=200)
    state = models.CharField("状态", max_length=10, default=State.BOOKED)
    account_id = models.BigIntegerField("账号")
    agent_for = models.BigIntegerField("代理的法人", null=True)
    subject_index = models.CharField(max_length=64)
    subject_name = EncryptedTextField("为谁约")
    visitor_index = models.CharField(max_length=64, blank=True, default="")
    visitor_name = EncryptedTextField("谁来")
    visitor_id_no = EncryptedTextField("来人证件", blank=True, default="")
    mobile = EncryptedTextField("手机", blank=True, default="")
    changes = models.PositiveSmallIntegerField("改约次数", default=0)
    created_at = models.DateTimeField("预约时间")
    reminded_at = models.DateTimeField("提醒时间", null=True)
    arrived_at = models.DateTimeField("签到时间", null=True)
    ended_at = models.DateTimeField("了结时间", null=True)
    ticket = models.CharField("签到取的号", max_length=8, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_index", "slot"], condition=Q(state__in=[state.value for state in HOLDING]), name="booking_once_per_slot"
            ),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in State]), name="booking_state_known"),
        ]
        indexes = [
            models.Index(fields=["account_id", "-start"], name="booking_mine"),
            models.Index(fields=["agent_for", "-start"], name="booking_firm", condition=Q(agent_for__isnull=False)),
            models.Index(fields=["subject_index", "state", "day"], name="booking_subject"),
            models.Index(fields=["visitor_index", "day"], name="booking_visitor"),
            models.Index(fields=["day", "group", "state"], name="booking_day"),
            models.Index(fields=["state", "end"], name="booking_due"),
        ]

    def __str__(self) -> str:
        return self.number


class BookingEvent(AppendOnly):
    """预约的履历。"""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField("时间")
    action = models.CharField("动作", max_length=12)
    state = models.CharField("之后的状态", max_length=10)
    start = models.DateTimeField("时段")
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField("操作人", max_length=60, blank=True, default="")
    note = models.CharField("说明", max_length=200, blank=True, default="")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.booking_id}:{self.action}"


class BookingPolicy(models.Model):
    """预约规则（PD），只有一行；含义见 `rules.Limits`。"""

    days_ahead = models.PositiveSmallIntegerField("可约多少个工作日", default=10)
    per_day = models.PositiveSmallIntegerField("每人每日上限", default=2)
    open_most = models.PositiveSmallIntegerField("未了结上限", default=5)
    cancel_minutes = models.PositiveSmallIntegerField("取消截止（分钟）", default=60)
    changes_most = models.PositiveSmallIntegerField("改约次数", default=2)
    early_minutes = models.PositiveSmallIntegerField("提前签到（分钟）", default=60)
    late_minutes = models.PositiveSmallIntegerField("迟到宽限（分钟）", default=15)
    missed_times = models.PositiveSmallIntegerField("爽约次数", default=3)
    missed_days = models.PositiveSmallIntegerField("计数期（天）", default=90)
    blocked_days = models.PositiveSmallIntegerField("限制期（天）", default=30)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="booking_policy_single")]

    def __str__(self) -> str:
        return "预约规则"
