"""接力的表。"""

import uuid

from django.db import models

from shilong.foundation.gm.fields import EncryptedTextField


class Handoff(models.Model):
    """一次接力。`device` 是领走它的手机的凭据散列，空为还没有手机打开。"""

    class Kind(models.TextChoices):
        PHOTO = "photo", "拍照"
        SIGN = "sign", "签名"

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("做什么", max_length=8, choices=Kind.choices)
    digest = models.CharField("令牌散列", max_length=64, unique=True)
    account_id = models.BigIntegerField("出码人账号")
    agent_for = models.BigIntegerField("代理的法人账号", null=True)
    session_key = EncryptedTextField("出码的会话")
    draft_id = models.UUIDField("草稿")
    material_code = models.CharField("材料", max_length=20, blank=True, default="")
    title = models.CharField("材料名称", max_length=300)
    item_name = models.CharField("事项名称", max_length=200)
    device = models.CharField("手机凭据散列", max_length=64, blank=True, default="")
    user_agent = models.CharField("手机浏览器", max_length=200, blank=True, default="")
    ip = models.CharField("手机来源地址", max_length=45, blank=True, default="")
    created_at = models.DateTimeField("出码时间")
    expires_at = models.DateTimeField("失效时间")
    opened_at = models.DateTimeField("手机打开时间", null=True)
    revoked_at = models.DateTimeField("作废时间", null=True)
    done_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "手机接力"
        indexes = [models.Index(fields=["account_id", "draft_id"], name="handoff_of_draft")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.title}"


class Shot(models.Model):
    """拍的一页：原片、四角、转向，与放进草稿的成片。"""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="shots")
    original_id = models.UUIDField("原片")
    corners = models.JSONField("四角")
    turns = models.PositiveSmallIntegerField("顺时针转几个直角", default=0)
    file_id = models.UUIDField("成片")
    created_at = models.DateTimeField("拍摄时间")

    class Meta:
        verbose_name = "拍的一页"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.pk}"
