"""审计表。"""

from typing import Any

from django.db import models


class AuditEntry(models.Model):
    """一条审计记录。`mac` 防单行改动，`digest` 串成链防增删与重排。"""

    at = models.DateTimeField("时间", db_index=True)
    action = models.CharField("动作", max_length=60, db_index=True)
    actor_id = models.BigIntegerField("账号", null=True, db_index=True)
    actor_name = models.CharField("操作人", max_length=100)
    ip = models.CharField("来源地址", max_length=45, blank=True, default="")
    object_type = models.CharField("对象类型", max_length=40, blank=True, default="")
    object_id = models.CharField("对象", max_length=80, blank=True, default="")
    result = models.CharField("结果", max_length=20, default="ok")
    detail = models.JSONField("详情", default=dict)
    mac = models.CharField("行校验", max_length=64)
    position = models.BigIntegerField("链序号", null=True, unique=True)
    digest = models.CharField("链摘要", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "审计记录"
        indexes = [models.Index(fields=["object_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """只许新增；改动会破坏证据。"""
        if not self._state.adding:
            raise TypeError("审计记录不可修改")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("审计记录不可删除")
