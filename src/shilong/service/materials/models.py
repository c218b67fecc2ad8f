"""草稿的表。"""

import uuid

from django.db import models
from django.db.models import Q

from shilong.foundation.gm.fields import EncryptedTextField


class Draft(models.Model):
    """一次申报。`subject` 区分同一账号替谁办：`self`、`agent:<法人账号>`、`w:<证件盲索引>`。"""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account_id = models.BigIntegerField("建立人账号")
    agent_for = models.BigIntegerField("代理的法人账号", null=True)
    subject = models.CharField("替谁办", max_length=80)
    item_code = models.CharField("事项", max_length=40)
    item_version = models.PositiveIntegerField("事项版本")
    item_name = models.CharField("事项名称", max_length=200)
    channel = models.CharField("渠道", max_length=4)
    situation = models.JSONField("情形", default=dict)
    form = EncryptedTextField("填写内容", default="")
    applicant = EncryptedTextField("代填申请人", default="")
    step = models.CharField("走到哪一步", max_length=12, default="situation")
    late_promise = models.BooleanField("已签容缺承诺", default=False)
    submitted_case_no = models.CharField("办件编号", max_length=40, blank=True, default="")
    version = models.PositiveIntegerField("修订号", default=1)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    updated_at = models.DateTimeField("最后保存", auto_now=True)

    class Meta:
        ordering = ("-updated_at",)
        indexes = (models.Index(fields=["account_id", "submitted_case_no", "-updated_at"], name="draft_mine"),)
        constraints = (
            models.UniqueConstraint(
                fields=["account_id", "item_code", "subject"], condition=Q(submitted_case_no=""), name="draft_one_open_per_subject"
            ),
        )

    def __str__(self) -> str:
        return f"{self.item_name}（{self.pk}）"


class DraftMaterial(models.Model):
    """草稿里的一个文件，或一份容缺、共享、纸质声明（没有文件）。"""

    class Source(models.TextChoices):
        UPLOAD = "upload", "上传"
        CAMERA = "camera", "拍照"
        LICENCE = "licence", "证照库"
        LIBRARY = "library", "材料库"
        PROOF = "proof", "我的证明"
        SCAN = "scan", "高拍仪"
        FORM = "form", "填报生成"
        SHARE = "share", "共享取得"
        PAPER = "paper", "窗口收取纸质"

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="materials")
    material_code = models.CharField("材料", max_length=20)
    file_id = models.UUIDField("文件", null=True)
    order = models.PositiveIntegerField("次序", default=0)
    source = models.CharField("来源", max_length=12, choices=Source.choices, default=Source.UPLOAD)
    late = models.BooleanField("容缺后补", default=False)
    added_at = models.DateTimeField("加入时间", auto_now_add=True)

    class Meta:
        ordering = ("material_code", "order", "id")
        constraints = (models.UniqueConstraint(fields=["draft", "material_code", "file_id"], name="draft_file_once"),)

    def __str__(self) -> str:
        return f"{self.material_code} {self.file_id or self.source}"


class DraftSignature(models.Model):
    """提交前签好的字。提交时成为办件的签名对象（service.seals），这里随即清掉。"""

    draft = models.OneToOneField(Draft, on_delete=models.CASCADE, related_name="signature")
    strokes = EncryptedTextField("轨迹")
    device = models.JSONField("设备", default=dict)
    content = models.CharField("签名时申请内容的 SM3", max_length=64)
    signed_at = models.DateTimeField("签名时间")

    class Meta:
        verbose_name = "草稿签名"

    def __str__(self) -> str:
        return f"{self.draft_id} {self.signed_at:%Y-%m-%d %H:%M}"
