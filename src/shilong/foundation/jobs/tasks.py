"""清理历史。"""

from datetime import timedelta

from django.utils import timezone

from shilong.foundation.jobs.models import JobHistory
from shilong.foundation.jobs.registry import schedule

KEEP = timedelta(days=30)


@schedule("jobs.prune", at="03:10")
def prune() -> None:
    """删去 30 天前了结的作业；死信不动。"""
    JobHistory.objects.filter(finished_at__lt=timezone.now() - KEEP).delete()
