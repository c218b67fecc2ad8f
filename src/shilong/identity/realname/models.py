"""实名等级变更的履历。"""

from django.db import models
from django.utils import timezone


class Verification(models.Model):
    """一次核验：从几级到几级、用什么办法、谁核的。只追加。"""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="verifications")
    before = models.PositiveSmallIntegerField("原等级")
    level = models.PositiveSmallIntegerField("新等级")
    method = models.CharField("核验方式", max_length=32)
    operator_id = models.BigIntegerField("核验人账号", null=True)
    note = models.CharField("说明", max_length=200, blank=True, default="")
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=models.Q(level__lte=4, before__lte=4), name="realname_level_range")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.before}→{self.level}"
