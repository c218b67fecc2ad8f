"""适配器配置表。"""

from django.db import models

from shilong.foundation.gm.fields import EncryptedTextField


class AdapterConfig(models.Model):
    """一个适配器的配置与最近状态。`values` 是加密的 JSON。"""

    key = models.CharField("适配器", max_length=40, primary_key=True)
    enabled = models.BooleanField("启用", default=False)
    values = EncryptedTextField("配置", blank=True, default="")
    last_ok_at = models.DateTimeField("最近成功", null=True)
    last_error = models.CharField("最近错误", max_length=500, blank=True, default="")
    last_error_at = models.DateTimeField("最近错误时间", null=True)

    class Meta:
        verbose_name = "适配器配置"

    def __str__(self) -> str:
        return self.key
