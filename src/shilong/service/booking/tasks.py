"""后台作业：滚动生成号源、提醒、记爽约。都可重复执行。"""

from shilong.foundation.jobs.registry import job, schedule
from shilong.service.booking import services


@schedule("booking.generate", at="00:10")
def generate() -> None:
    """每天补出最远的一天。"""
    services.generate()


@job("booking.regenerate", retries=5, base=10, cap=300)
def regenerate() -> None:
    """日历变了，重算。"""
    services.generate()


@schedule("booking.remind", at="16:00")
def remind() -> None:
    """提醒明天到厅的人。"""
    services.remind()


@schedule("booking.missed", every=300)
def missed() -> None:
    """记爽约。"""
    services.mark_missed()
