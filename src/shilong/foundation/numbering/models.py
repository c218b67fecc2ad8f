"""编号规则与计数。"""

from django.db import models


class NumberRule(models.Model):
    """编号规则。`template` 用 Python 格式串，可用 `{seq}` `{date}` `{year}` 与调用方给出的上下文。"""

    class Reset(models.TextChoices):
        NEVER = "never", "不重置"
        DAY = "day", "按日"
        YEAR = "year", "按年"

    key = models.CharField("规则", max_length=32, primary_key=True)
    name = models.CharField("名称", max_length=60)
    template = models.CharField("模板", max_length=120)
    width = models.PositiveSmallIntegerField("流水宽度", default=6)
    reset = models.CharField("重置", max_length=8, choices=Reset, default=Reset.YEAR)
    scope = models.CharField("分组", max_length=60, blank=True, default="", help_text="同组共用一个流水，如 {word}")
    check_digit = models.BooleanField("末位校验（MOD 11-2）", default=False)

    class Meta:
        verbose_name = "编号规则"

    def __str__(self) -> str:
        return self.key


class Counter(models.Model):
    """SQLite 上的计数行。"""

    name = models.CharField("序列", max_length=80, primary_key=True)
    value = models.BigIntegerField("当前值", default=0)

    class Meta:
        verbose_name = "编号计数"

    def __str__(self) -> str:
        return self.name
