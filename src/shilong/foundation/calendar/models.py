"""日历表。"""

from django.db import models


class WorkYear(models.Model):
    """一个年度的安排：正式（国务院办公厅已公布）或暂定。"""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    official = models.BooleanField("已正式公布", default=False)
    source = models.CharField("来源", max_length=200, blank=True, default="")
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = "日历年度"

    def __str__(self) -> str:
        return str(self.year)


class WorkDay(models.Model):
    """与“周一至周五上班”不同的日子，以及有名字的日子。"""

    date = models.DateField("日期", primary_key=True)
    is_workday = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40, blank=True, default="")

    class Meta:
        verbose_name = "放假与调休"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}"
