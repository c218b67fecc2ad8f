"""码表的本地覆盖。"""

from django.db import models


class CodeEntry(models.Model):
    """管理员对 PD 码表的一项覆盖：改名、增加，或停用。"""

    table = models.CharField("码表", max_length=40)
    code = models.CharField("码", max_length=20)
    name = models.CharField("名称", max_length=100)
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "码表覆盖"
        constraints = [models.UniqueConstraint(fields=["table", "code"], name="code_entry_once")]

    def __str__(self) -> str:
        return f"{self.table}.{self.code}"
