"""申请表的表：一份表有若干不可变版本，草稿只有一份。"""

from django.db import models


class Form(models.Model):
    """一份申请表。`current` 是发布版号，0 为还没发布。"""

    code = models.CharField("代码", max_length=60, unique=True)
    title = models.CharField("名称", max_length=120)
    current = models.PositiveIntegerField("发布版", default=0)
    draft = models.JSONField("草稿定义", null=True, blank=True)
    draft_version = models.PositiveIntegerField("草稿修订号", default=0)
    editor_name = models.CharField("最后编辑人", max_length=60, blank=True)
    updated_at = models.DateTimeField("最后修改", auto_now=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.title}（{self.code}）"


class FormVersion(models.Model):
    """一个发布版；发布后不改，在办件按提交时的版本显示。"""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版本号")
    definition = models.JSONField("定义")
    note = models.CharField("修改说明", max_length=200, blank=True)
    publisher_name = models.CharField("发布人", max_length=60, blank=True)
    published_at = models.DateTimeField("发布时间")

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=["form", "number"], name="form_version_once"),)

    def __str__(self) -> str:
        return f"{self.form_id} 第 {self.number} 版"
