"""到期无人评价的，记系统默认评价（standards §3.5 P04）。"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from shilong.service.ratings.models import Occasion
from shilong.service.ratings.services import opinions

BATCH = 500


def fill(now: datetime | None = None) -> int:
    """补记到期的默认评价，返回条数。由定时作业调用；重复执行不会多记。"""
    moment = now or timezone.now()
    due = Occasion.objects.filter(rated=0, default_due__lte=moment).order_by("default_due")[:BATCH]
    made = 0
    for row in list(due):
        with transaction.atomic():
            made += opinions.rate_by_system(row, at=row.default_due or moment) is not None
    return made
