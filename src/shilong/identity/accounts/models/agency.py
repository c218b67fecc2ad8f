"""法人授权经办人：法定代表人 → 授权书 → 经办人（范围、期限、可撤销），standards §6.2。"""

from django.db import models
from django.utils import timezone

from shilong.foundation.gm.fields import EncryptedTextField
from shilong.identity.accounts.models.account import Account


class Agency(models.Model):
    """一份授权。经办人按证件盲索引认定，因此可以先授权、后注册。

    `scope` 为空列表表示全部事项；否则每一项是部门键或业务办理项编码。
    """

    enterprise = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="agencies")
    agent_name = EncryptedTextField("经办人姓名")
    agent_id_no = EncryptedTextField("经办人证件号")
    agent_index = models.CharField(max_length=64, db_index=True)
    scope = models.JSONField("范围", default=list)
    valid_from = models.DateField("起")
    valid_until = models.DateField("止")
    letter_file = models.UUIDField("授权书文件", null=True)
    created_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField("撤销时间", null=True)
    revoked_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    revoke_reason = models.CharField("撤销原因", max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "agent_index"], condition=models.Q(revoked_at=None), name="agency_active_once"),
            models.CheckConstraint(condition=models.Q(valid_until__gte=models.F("valid_from")), name="agency_period"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id}→{self.pk}"
