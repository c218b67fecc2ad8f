"""消息、投递、开发信箱。"""

from django.db import models

from shilong.foundation.gm.fields import EncryptedTextField


class Channel(models.TextChoices):
    SMS = "sms", "短信"
    EMAIL = "email", "邮件"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    RETRYING = "retrying", "重试中"
    FAILED = "failed", "发送失败"


class Message(models.Model):
    """一条消息；有账号的进收件箱。"""

    template = models.CharField("模板", max_length=40)
    account_id = models.BigIntegerField("收件账号", null=True, blank=True)
    subject_no = models.CharField("相关编号", max_length=40, blank=True, default="")
    title = models.CharField("标题", max_length=80)
    body = EncryptedTextField("正文")
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    class Meta:
        verbose_name = "消息"
        indexes = [
            models.Index(fields=["account_id", "-id"], condition=models.Q(account_id__isnull=False), name="message_inbox"),
            models.Index(fields=["account_id"], condition=models.Q(read_at__isnull=True), name="message_unread"),
            models.Index(fields=["subject_no"], condition=~models.Q(subject_no=""), name="message_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.title}#{self.pk}"


class Delivery(models.Model):
    """一条消息经一个渠道的投递。编号同时是对网关的去重号。"""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    target = EncryptedTextField("号码或地址")
    masked = models.CharField("脱敏号码", max_length=80)
    content = EncryptedTextField("投递内容")
    state = models.CharField("状态", max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    adapter = models.CharField("经由", max_length=20, blank=True, default="")
    receipt = models.CharField("网关回执号", max_length=80, blank=True, default="")
    attempts = models.PositiveIntegerField("已尝试次数", default=0)
    error = models.CharField("最近一次错误", max_length=300, blank=True, default="")
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)

    class Meta:
        verbose_name = "投递"
        indexes = [models.Index(fields=["state", "-id"], name="delivery_state")]

    def __str__(self) -> str:
        return f"{self.channel}:{self.masked}"


class DevMessage(models.Model):
    """开发信箱：没有接真实网关时，短信与邮件落在这里，管理页面可看。"""

    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    target = EncryptedTextField("号码或地址")
    masked = models.CharField("脱敏号码", max_length=80)
    title = models.CharField("标题", max_length=80)
    body = EncryptedTextField("内容")
    created_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "开发信箱"

    def __str__(self) -> str:
        return f"{self.channel}:{self.masked}"
