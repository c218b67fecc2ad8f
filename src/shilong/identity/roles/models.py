"""角色授予记录。撤销不删行：谁在什么时候有过什么权限，永远查得到。"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from shilong.identity.roles.actor import EXCLUSIVE_ADMINS, STAFF_ROLES


class Grant(models.Model):
    """一次授予。`revoked_at` 为空表示正在生效。"""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="grants")
    role = models.CharField("角色", max_length=12)
    granted_by = models.ForeignKey("accounts.Account", null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField("授予时间", default=timezone.now)
    revoked_by = models.ForeignKey("accounts.Account", null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField("撤销时间", null=True)
    reason = models.CharField("理由", max_length=200, blank=True, default="")

    class Meta:
        ordering = ["account_id", "granted_at"]
        constraints = [
            models.UniqueConstraint(fields=["account", "role"], condition=Q(revoked_at=None), name="grant_active_once"),
            # 三员互斥（等保三级）：即使服务层被绕过，数据库也不允许一个账号同时是两员。
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(revoked_at=None, role__in=sorted(role.value for role in EXCLUSIVE_ADMINS)),
                name="grant_one_exclusive_admin",
            ),
            models.CheckConstraint(condition=Q(role__in=sorted(role.value for role in STAFF_ROLES)), name="grant_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}:{self.role}"
