"""文件登记：一次上传一行；内容相同的共用一份落盘文件。"""

import uuid

from django.db import models


class StoredFile(models.Model):
    """一个已核验的文件。登记后不改。"""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("文件名", max_length=140)
    size = models.PositiveIntegerField("字节数")
    mime = models.CharField("内容类型", max_length=80)
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    pages = models.PositiveIntegerField("页数", default=1)
    owner_id = models.BigIntegerField("上传者账号", null=True, db_index=True)
    created_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "文件"
        indexes = [models.Index(fields=["created_at"], name="file_created")]

    def __str__(self) -> str:
        return self.name
