"""上门取件的时段：明天起七天内，每天四段。"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

SLOTS = {"1": (time(8), time(10)), "2": (time(10), time(12)), "3": (time(14), time(16)), "4": (time(16), time(18))}
DAYS = 7


@dataclass(frozen=True, slots=True)
class Slot:
    """一个可选时段。"""

    value: str
    start: datetime
    end: datetime

    @property
    def label(self) -> str:
        week = "一二三四五六日"[self.start.weekday()]
        return f"{self.start:%m月%d日} 周{week} {self.start:%H:%M}–{self.end:%H:%M}"


def slots(today: date) -> list[Slot]:
    """从 `today` 的次日起可选的全部时段，值形如 `2026-11-25/2`。"""
    zone = timezone.get_current_timezone()
    found = []
    for offset in range(1, DAYS + 1):
        day = today + timedelta(days=offset)
        for key, (start, end) in SLOTS.items():
            begin, finish = (datetime.combine(day, one, zone) for one in (start, end))
            found.append(Slot(f"{day}/{key}", begin, finish))
    return found


def find(value: str, today: date) -> Slot | None:
    """按值取一个时段；过期或写错的没有。"""
    return next((slot for slot in slots(today) if slot.value == value), None)
