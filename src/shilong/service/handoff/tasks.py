"""清除没有正常结束的接力留下的原片。"""

from datetime import timedelta

from django.utils import timezone

from shilong.foundation.jobs.registry import schedule
from shilong.service.handoff.models import Handoff
from shilong.service.handoff.services.shooting import clear

AFTER = timedelta(minutes=10)


@schedule("handoff.sweep", every=1800)
def sweep() -> None:
    """过期十分钟以上、还留着原片的：清除。重复执行无害。"""
    for row in Handoff.objects.filter(expires_at__lt=timezone.now() - AFTER, shots__isnull=False).distinct():
        clear(row)
