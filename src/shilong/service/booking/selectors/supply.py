"""可约的日子与时段。"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, F, IntegerField, Q, QuerySet, Sum, When
from django.utils import timezone

from shilong.foundation.calendar import services as calendars
from shilong.service.booking import policy, rules
from shilong.service.booking.models import Slot
from shilong.service.catalog import selectors as catalog
from shilong.service.queueing import selectors as queueing
from shilong.service.queueing.selectors import GroupView


@dataclass(frozen=True, slots=True)
class DayView:
    """一天还剩几个名额。"""

    day: date
    left: int
    total: int

    @property
    def weekday(self) -> str:
        return "一二三四五六日"[self.day.weekday()]

    @property
    def full(self) -> bool:
        return self.left <= 0


@dataclass(frozen=True, slots=True)
class SlotView:
    """一个时段。`reason` 是不放号的原因。"""

    id: int
    day: date
    start: datetime
    end: datetime
    capacity: int
    left: int
    is_open: bool
    reason: str

    @property
    def full(self) -> bool:
        return self.left <= 0 or not self.is_open

    @property
    def few(self) -> bool:
        """快满了，界面提示抓紧。"""
        return 0 < self.left <= 2


def calendar(item_code: str) -> tuple[GroupView, list[DayView]]:
    """一个事项在哪个窗口组办、哪些日子可约（含已约满的），近的在前。异常：ItemUnavailable、GroupNotFound。"""
    item = catalog.item(item_code)
    place = queueing.place_of(item.code, item.department)
    rows = _bookable(place.key, item.code)
    left = Case(When(is_open=True, then=F("capacity") - F("booked")), default=0, output_field=IntegerField())
    days = rows.order_by("day").values("day").annotate(left=Sum(left), total=Sum("capacity"))
    return place, [DayView(row["day"], max(0, row["left"]), row["total"]) for row in days]


def slots(item_code: str, day: date) -> list[SlotView]:
    """一个事项某天的时段，含已约满与停办的。异常：ItemUnavailable、GroupNotFound。"""
    item = catalog.item(item_code)
    place = queueing.place_of(item.code, item.department)
    return [view(row) for row in _bookable(place.key, item.code).filter(day=day).order_by("start")]


def view(row: Slot) -> SlotView:
    """号源的只读样子。"""
    return SlotView(
        row.pk,
        row.day,
        timezone.localtime(row.start),
        timezone.localtime(row.end),
        row.capacity,
        max(0, row.capacity - row.booked),
        row.is_open,
        row.reason,
    )


def _bookable(group: str, item_code: str) -> QuerySet[Slot]:
    """还没开始、在可约范围里的；单独放号的日子只看单独的。"""
    now = timezone.now()
    last = rules.last_day(timezone.localdate(now), policy.current(), calendars.load())
    rows = Slot.objects.filter(group=group, item_code__in=["", item_code], start__gt=now, day__lte=last)
    alone = Slot.objects.filter(group=group, item_code=item_code, is_open=True, start__gt=now, day__lte=last).values("day")
    return rows.exclude(Q(item_code="") & Q(day__in=alone))
