"""个人偏好：保存的列表视图、常用意见。"""

from django.db import models


class Preference(models.Model):
    """一个人的一条偏好。`kind` 如 view:window、phrase；`value` 是查询串或一句话。"""

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    kind = models.CharField("种类", max_length=40)
    name = models.CharField("名称", max_length=40)
    value = models.CharField("内容", max_length=2000)

    class Meta:
        verbose_name = "个人偏好"
        constraints = [models.UniqueConstraint(fields=["account", "kind", "name"], name="one_preference_per_name")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
