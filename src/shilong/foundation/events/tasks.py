"""清理旧事件。办件履历在 cases 里另有一份，这里只是投递记录。"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from shilong.foundation.events.models import Event, Receipt
from shilong.foundation.jobs.registry import schedule

KEEP = timedelta(days=180)


@schedule("events.prune", at="03:20")
def prune() -> None:
    """删去 180 天前已派发的事件及其回执；死信最迟在此之前处理。"""
    horizon = timezone.now() - KEEP
    with transaction.atomic():
        Receipt.objects.filter(consumed_at__lt=horizon).delete()
        Event.objects.filter(dispatched_at__isnull=False, occurred_at__lt=horizon).delete()
