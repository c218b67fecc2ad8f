"""定时：隔天清掉没了结的号。"""

from django.utils import timezone

from shilong.foundation.jobs.registry import schedule
from shilong.service.queueing import services


@schedule("queueing.expire", at="00:30")
def expire() -> None:
    """清号；可重复执行。"""
    services.expire_before(timezone.localdate())
