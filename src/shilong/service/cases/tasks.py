"""定时：到点自动发生的法律后果。函数可重复执行，状态在 `act` 里核对。"""

from datetime import timedelta

from shilong.foundation.jobs.registry import job, schedule
from shilong.service.cases import clock
from shilong.service.cases.models import CodeAttempt
from shilong.service.cases.services import auto


@schedule("cases.accept_overdue", every=60)
def accept_overdue() -> None:
    """五个工作日未告知的自动转受理（行政许可法第三十二条）。"""
    auto.accept_overdue()


@schedule("cases.lapse_overdue", every=300)
def lapse_overdue() -> None:
    """补正逾期终止。"""
    auto.lapse_overdue()


@schedule("cases.late_overdue", every=300)
def late_overdue() -> None:
    """容缺逾期先催告、再终止。"""
    auto.late_overdue()


@schedule("cases.forget_attempts", at="03:20")
def forget_attempts() -> None:
    """清掉过期的查询码失败计数，表不会无限增长。"""
    CodeAttempt.objects.filter(since__lt=clock.now() - timedelta(days=1)).delete()


@job("cases.recalculate", retries=5, base=30)
def recalculate() -> None:
    """工作日历变更后重算在办件到期日；由 `calendar.changed` 事件触发，重复执行无害。"""
    auto.recalculate()
