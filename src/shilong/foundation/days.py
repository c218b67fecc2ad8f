"""按日期筛选：把页面上选的“从哪天到哪天”变成时刻。各列表共用。"""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)  # 更早更晚的日期换算时区会溢出，业务上也没有


def day_start(day: date) -> datetime:
    """当天零点（当地时间）。"""
    return timezone.make_aware(datetime.combine(min(max(day, EARLIEST), LATEST), time.min))


def day_end(day: date) -> datetime:
    """次日零点：筛选“到这一天为止”时用小于。"""
    return day_start(min(max(day, EARLIEST), LATEST) + timedelta(days=1))
