"""好差评的表。评价一经提交不改不删；工单履历只追加；统计读 `Tally`。"""

import uuid

from django.db import models
from django.db.models import Q

from shilong.foundation.gm.fields import EncryptedTextField
from shilong.foundation.records import AppendOnly
from shilong.service.ratings.rules.tickets import Stage


class Occasion(models.Model):
    """一次可评的服务。`person` 是服务对象证件号的索引，现场不知道是谁时为空。"""

    uid = models.UUIDField("内部编号", default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("服务编号", max_length=32, unique=True)
    source = models.CharField("去重键", max_length=100, unique=True)
    case_no = models.CharField("办件编号", max_length=50, blank=True, default="")
    node = models.CharField("服务环节", max_length=2)
    item_code = models.CharField("事项", max_length=50, blank=True, default="")
    item_name = models.CharField("事项名称", max_length=200, blank=True, default="")
    department = models.CharField("责任部门", max_length=32)
    department_name = models.CharField("责任部门名称", max_length=120, blank=True, default="")
    window = models.CharField("窗口", max_length=20, blank=True, default="")
    staff_id = models.BigIntegerField("办理人账号", null=True)
    staff_name = models.CharField("办理人", max_length=100, blank=True, default="")
    onsite = models.BooleanField("现场", default=False)
    required = models.BooleanField("应评", default=True)
    person = models.CharField("服务对象索引", max_length=64, blank=True, default="")
    person_kind = models.CharField("服务对象类型", max_length=2, blank=True, default="")
    account_id = models.BigIntegerField("服务对象账号", null=True)
    opened_at = models.DateTimeField("服务时间")
    prompted_at = models.DateTimeField("请评价器弹出的时间", null=True)
    default_due = models.DateTimeField("默认评价时间", null=True)
    rated = models.PositiveSmallIntegerField("已评到第几次", default=0)
    counted = models.JSONField("已计入统计的内容", default=list)

    class Meta:
        verbose_name = "可评的服务"
        indexes = [
            models.Index(fields=["case_no", "node"], name="occasion_case"),
            models.Index(fields=["window", "-prompted_at"], condition=Q(prompted_at__isnull=False), name="occasion_window"),
            models.Index(fields=["default_due"], condition=Q(rated=0, default_due__isnull=False), name="occasion_default_due"),
            models.Index(fields=["account_id", "-opened_at"], name="occasion_mine"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.item_name}"


class Token(models.Model):
    """评价页的一次性令牌：服务编号加随机数，只存摘要；默认 30 日失效（standards §3.5 P05）。"""

    digest = models.CharField("令牌摘要", max_length=64, unique=True)
    occasion = models.ForeignKey(Occasion, models.CASCADE, related_name="tokens")
    pf = models.CharField("渠道", max_length=2)
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        verbose_name = "评价令牌"

    def __str__(self) -> str:
        return f"{self.occasion_id} {self.pf}"


class Rating(models.Model):
    """一条评价。`satisfaction` 为好差评口径，5 最好；`number` 首评 1、追评 2（assessNumber）。"""

    uid = models.UUIDField("内部编号", default=uuid.uuid4, unique=True, editable=False)
    occasion = models.ForeignKey(Occasion, models.PROTECT, related_name="ratings")
    number = models.PositiveSmallIntegerField("第几次")
    satisfaction = models.PositiveSmallIntegerField("级别")
    tags = models.JSONField("标签码", default=list)
    text = EncryptedTextField("评价文字", blank=True, default="")
    shown = models.TextField("公开的文字（已脱敏）", blank=True, default="")
    pf = models.CharField("渠道", max_length=2)
    anonymous = models.BooleanField("匿名", default=True)
    automatic = models.BooleanField("系统默认评价", default=False)
    client_id = models.UUIDField("客户端编号", null=True, unique=True, help_text="评价器离线补传按它去重")
    recorded_by = models.BigIntegerField("电话代录人账号", null=True)
    rated_at = models.DateTimeField("评价时间")
    received_at = models.DateTimeField("收到时间", auto_now_add=True)
    excluded = models.CharField("不计入统计的原因", max_length=10, blank=True, default="")
    excluded_at = models.DateTimeField("认定时间", null=True)

    department = models.CharField("责任部门", max_length=32)
    item_code = models.CharField("事项", max_length=50, blank=True, default="")
    window = models.CharField("窗口", max_length=20, blank=True, default="")
    person = models.CharField("评价人索引", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "评价"
        constraints = [
            models.UniqueConstraint(fields=["occasion", "number"], name="rating_once_each"),
            models.CheckConstraint(condition=Q(satisfaction__gte=1, satisfaction__lte=5), name="rating_level_known"),
            models.CheckConstraint(condition=Q(number__in=[1, 2]), name="rating_at_most_twice"),
            models.CheckConstraint(condition=Q(excluded__in=["", "mistaken", "malicious", "test"]), name="rating_excluded_known"),
        ]
        indexes = [
            models.Index(fields=["-rated_at", "-id"], name="rating_latest"),
            models.Index(fields=["department", "-rated_at"], name="rating_department"),
            models.Index(fields=["item_code", "-rated_at"], name="rating_item"),
            models.Index(fields=["person", "-rated_at"], condition=~Q(person=""), name="rating_person"),
        ]

    def __str__(self) -> str:
        return f"{self.occasion_id} {self.satisfaction}"


class RatingFile(models.Model):
    """评价附的图片、视频。视频由后台转成各浏览器都能放的 MP4，没有转码软件时原样存并说明。"""

    rating = models.ForeignKey(Rating, models.PROTECT, related_name="files")
    video = models.BooleanField("视频", default=False)
    file_id = models.UUIDField("文件")
    playable_id = models.UUIDField("转码后的文件", null=True)
    note = models.CharField("转码说明", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "评价附件"

    def __str__(self) -> str:
        return f"{self.rating_id} {self.file_id}"


class Ticket(models.Model):
    """差评工单。一条实名差评一张。"""

    number = models.CharField("工单编号", max_length=32, unique=True)
    rating = models.OneToOneField(Rating, models.PROTECT, related_name="ticket")
    stage = models.CharField("状态", max_length=2, default=Stage.WAITING)
    version = models.PositiveIntegerField("版本", default=1)
    department = models.CharField("责任部门", max_length=32)
    staff_id = models.BigIntegerField("被评人账号", null=True)
    handler_id = models.BigIntegerField("承办人账号", null=True)
    handler_name = models.CharField("承办人", max_length=100, blank=True, default="")
    created_at = models.DateTimeField("立单时间")
    contact_due = models.DateTimeField("联系核实期限")
    contacted_at = models.DateTimeField("联系核实时间", null=True)
    rectify_due = models.DateTimeField("整改期限", null=True)
    rectified_at = models.DateTimeField("整改完成时间", null=True)
    rectification = models.TextField("整改情况", blank=True, default="")
    reply = models.CharField("公开答复", max_length=500, blank=True, default="")
    visit = models.CharField("回访结果", max_length=12, blank=True, default="")
    visited_at = models.DateTimeField("回访时间", null=True)
    visited_by_id = models.BigIntegerField("回访人账号", null=True)
    appeal_kind = models.CharField("申诉类型", max_length=10, blank=True, default="")
    appealed_by_id = models.BigIntegerField("申诉人账号", null=True)
    closed_at = models.DateTimeField("了结时间", null=True)
    warned = models.JSONField("已发的超期预警", default=list)

    class Meta:
        verbose_name = "差评工单"
        constraints = [models.CheckConstraint(condition=Q(stage__in=sorted(Stage)), name="rating_ticket_stage_known")]
        indexes = [
            models.Index(fields=["department", "stage", "-created_at"], name="rating_ticket_dept"),
            models.Index(fields=["stage", "contact_due"], name="rating_ticket_contact"),
            models.Index(fields=["-created_at", "-id"], name="rating_ticket_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.stage}"


class TicketEvent(AppendOnly):
    """工单履历。"""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="history")
    seq = models.PositiveIntegerField("序号")
    action = models.CharField("动作", max_length=12)
    source = models.CharField("来源状态", max_length=2, blank=True, default="")
    target = models.CharField("目标状态", max_length=2)
    note = models.TextField("说明", blank=True, default="")
    actor_id = models.BigIntegerField("账号", null=True)
    actor_name = models.CharField("操作人", max_length=100)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "差评工单履历"
        constraints = [models.UniqueConstraint(fields=["ticket", "seq"], name="rating_ticket_event_in_order")]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class Terminal(models.Model):
    """窗口上的评价器。令牌只存摘要，登记属于哪个窗口。"""

    name = models.CharField("名称", max_length=60, unique=True)
    window = models.CharField("窗口", max_length=20)
    department = models.CharField("部门", max_length=32)
    digest = models.CharField("令牌摘要", max_length=64, unique=True)
    active = models.BooleanField("启用", default=True)
    registered_at = models.DateTimeField("登记时间")
    registered_by = models.CharField("登记人", max_length=100)
    seen_at = models.DateTimeField("最近在线", null=True)

    class Meta:
        verbose_name = "评价器"
        indexes = [models.Index(fields=["window"], name="rating_terminal_window")]

    def __str__(self) -> str:
        return f"{self.name} {self.window}"


class Policy(models.Model):
    """好差评规则，只有一行；键见 `rules.policy`。"""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    values = models.JSONField("规则", default=dict)
    version = models.PositiveIntegerField("修订号", default=1)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    updated_by = models.CharField("修改人", max_length=100, blank=True, default="")

    class Meta:
        verbose_name = "好差评规则"

    def __str__(self) -> str:
        return f"{self.version}"


class Tally(models.Model):
    """汇总：一天、一个部门、（事项）、一个方面的计数；一天指服务发生的那天。

    `facet`：all 按事项；tag 差评标签；praise 好评标签（按月，记在一号）；
    window 窗口；staff 人员；pf 渠道；node 环节；hour 时段。后几种不带事项，行数才少。
    a1–a5 是主动评价各级数，d1–d5 是默认评价各级数。
    """

    day = models.DateField("日期")
    department = models.CharField("部门", max_length=32)
    item_code = models.CharField("事项", max_length=50, blank=True, default="")
    facet = models.CharField("方面", max_length=8)
    key = models.CharField("值", max_length=40, blank=True, default="")
    due = models.IntegerField("应评服务数", default=0)
    a1 = models.IntegerField(default=0)
    a2 = models.IntegerField(default=0)
    a3 = models.IntegerField(default=0)
    a4 = models.IntegerField(default=0)
    a5 = models.IntegerField(default=0)
    d1 = models.IntegerField(default=0)
    d2 = models.IntegerField(default=0)
    d3 = models.IntegerField(default=0)
    d4 = models.IntegerField(default=0)
    d5 = models.IntegerField(default=0)
    named = models.IntegerField("实名差评", default=0)
    excluded = models.IntegerField("认定不计入", default=0)
    loss = models.IntegerField("标签拉低的分（百分之一分）", default=0)

    class Meta:
        verbose_name = "好差评汇总"
        constraints = [models.UniqueConstraint(fields=["day", "department", "item_code", "facet", "key"], name="rating_tally_once")]
        indexes = [models.Index(fields=["facet", "day"], name="rating_tally_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.department} {self.facet} {self.key}"
