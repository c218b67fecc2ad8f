"""终端的表：终端、履历、截屏、故障单及其履历、使用统计、打印留痕、指导视频。"""

import uuid

from django.db import models
from django.db.models import Q

from shilong.foundation.records import AppendOnly
from shilong.hall.terminals.rules import FaultState, Kind, Reader, State


class Terminal(models.Model):
    """一台终端。令牌与激活码只存 SM3 散列；最近一次心跳的内容就放在这一行。"""

    number = models.CharField("终端编号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    kind = models.CharField("类型", max_length=8, choices=[(one.value, one.value) for one in Kind])
    hall = models.CharField("大厅", max_length=60)
    place = models.CharField("位置", max_length=100, blank=True, default="")
    window = models.CharField("所属窗口", max_length=20, blank=True, default="")
    state = models.CharField("状态", max_length=8, choices=[(one.value, one.value) for one in State], default=State.WAITING)
    reader = models.CharField("读卡器", max_length=10, choices=[(one.value, one.value) for one in Reader], default=Reader.NONE)
    config = models.JSONField("页面配置", default=dict)
    config_version = models.PositiveIntegerField("配置版本", default=1)
    version = models.PositiveIntegerField("修订号", default=1)
    code_digest = models.CharField("激活码散列", max_length=64, blank=True, default="", db_index=True)
    code_expires_at = models.DateTimeField("激活码有效期", null=True)
    token_digest = models.CharField("令牌散列", max_length=64, blank=True, default="", db_index=True)
    activated_at = models.DateTimeField("激活时间", null=True)
    online = models.BooleanField("在线", default=False)
    seen_at = models.DateTimeField("最近心跳", null=True)
    offline_at = models.DateTimeField("离线时间", null=True)
    ip = models.GenericIPAddressField("来源地址", null=True)
    page_version = models.CharField("页面版本", max_length=40, blank=True, default="")
    page_url = models.CharField("页面地址", max_length=200, blank=True, default="")
    screen = models.CharField("屏幕", max_length=20, blank=True, default="")
    printer = models.CharField("打印机", max_length=12, blank=True, default="")
    card = models.CharField("读卡器状态", max_length=12, blank=True, default="")
    latency = models.PositiveIntegerField("网络时延（毫秒）", null=True)
    shot_wanted = models.UUIDField("要的截屏", null=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "终端"
        constraints = [
            models.UniqueConstraint(fields=["token_digest"], condition=~Q(token_digest=""), name="terminal_token_once"),
            models.UniqueConstraint(fields=["code_digest"], condition=~Q(code_digest=""), name="terminal_code_once"),
            models.CheckConstraint(condition=Q(state=State.ACTIVE) | Q(token_digest=""), name="terminal_token_only_active"),
        ]
        indexes = [models.Index(fields=["online", "seen_at"], name="terminal_seen")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class TerminalEvent(AppendOnly):
    """终端履历：登记、激活、吊销、下发、截屏、刷卡、上下线。刷卡只记有没有匹配到账号，不记号码。"""

    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="history")
    action = models.CharField("动作", max_length=12)
    note = models.CharField("说明", max_length=300, blank=True, default="")
    actor_id = models.BigIntegerField("操作人账号", null=True)
    actor_name = models.CharField("操作人", max_length=100)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "终端履历"
        indexes = [models.Index(fields=["terminal", "-at"], name="terminal_event_at")]

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.action}"


class Screenshot(models.Model):
    """一次截屏请求的结果：图，或没有截的原因。"""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="screenshots")
    file_id = models.UUIDField("图", null=True)
    reason = models.CharField("没有截的原因", max_length=100, blank=True, default="")
    page_url = models.CharField("页面地址", max_length=200, blank=True, default="")
    requested_by = models.CharField("请求人", max_length=100)
    requested_at = models.DateTimeField("请求时间")
    taken_at = models.DateTimeField("截屏时间", null=True)

    class Meta:
        verbose_name = "终端截屏"
        indexes = [models.Index(fields=["terminal", "-requested_at"], name="terminal_shot_at")]

    def __str__(self) -> str:
        return str(self.id)


class Fault(models.Model):
    """一张故障单。"""

    number = models.CharField("故障单号", max_length=20, unique=True)
    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="faults")
    category = models.CharField("类别", max_length=10)
    description = models.CharField("说明", max_length=500, blank=True, default="")
    state = models.CharField("状态", max_length=10, choices=[(one.value, one.value) for one in FaultState], default=FaultState.OPEN)
    source = models.CharField("来源", max_length=10)
    assignee_id = models.BigIntegerField("处理人账号", null=True, db_index=True)
    assignee_name = models.CharField("处理人", max_length=100, blank=True, default="")
    reported_at = models.DateTimeField("报修时间")
    started_at = models.DateTimeField("开始处理", null=True)
    resolved_at = models.DateTimeField("恢复时间", null=True)
    solution = models.CharField("处理结果", max_length=500, blank=True, default="")
    version = models.PositiveIntegerField("修订号", default=1)

    class Meta:
        verbose_name = "故障单"
        constraints = [
            # 同一台终端同一类故障没恢复之前只开一张单：现场的人会连着点报修。
            models.UniqueConstraint(
                fields=["terminal", "category"],
                condition=Q(state__in=[FaultState.OPEN, FaultState.ASSIGNED, FaultState.WORKING]),
                name="fault_open_once",
            )
        ]
        indexes = [models.Index(fields=["state", "-reported_at"], name="fault_state")]

    def __str__(self) -> str:
        return self.number


class FaultEvent(AppendOnly):
    """故障单履历。"""

    fault = models.ForeignKey(Fault, models.PROTECT, related_name="history")
    action = models.CharField("动作", max_length=10)
    target = models.CharField("之后的状态", max_length=10)
    note = models.CharField("说明", max_length=500, blank=True, default="")
    actor_id = models.BigIntegerField("操作人账号", null=True)
    actor_name = models.CharField("操作人", max_length=100)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "故障单履历"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.fault_id} {self.action}"


class Usage(models.Model):
    """某终端某天某功能用了几次。"""

    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="usage")
    day = models.DateField("日期")
    feature = models.CharField("功能", max_length=12)
    count = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "使用统计"
        constraints = [models.UniqueConstraint(fields=["terminal", "day", "feature"], name="usage_once")]
        indexes = [models.Index(fields=["day"], name="usage_day")]

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.day} {self.feature}"


class PrintRecord(AppendOnly):
    """一次自助打印。编号印在水印里，凭它能查到谁、何时、在哪台终端打的。"""

    serial = models.CharField("打印编号", max_length=24, unique=True)
    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="prints")
    kind = models.CharField("打印内容", max_length=10)
    reference = models.CharField("文号或编号", max_length=80)
    title = models.CharField("标题", max_length=200)
    pages = models.PositiveSmallIntegerField("页数")
    account_id = models.BigIntegerField("打印人账号", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "打印记录"
        indexes = [models.Index(fields=["terminal", "-at"], name="print_terminal_at")]

    def __str__(self) -> str:
        return self.serial


class Video(models.Model):
    """一段使用指导视频。"""

    title = models.CharField("标题", max_length=60)
    file_id = models.UUIDField("文件")
    size = models.PositiveIntegerField("字节数")
    order = models.PositiveSmallIntegerField("次序", default=1)
    uploaded_by = models.CharField("上传人", max_length=100)
    uploaded_at = models.DateTimeField("上传时间")
    removed_at = models.DateTimeField("撤下时间", null=True)

    class Meta:
        verbose_name = "使用指导视频"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.title
