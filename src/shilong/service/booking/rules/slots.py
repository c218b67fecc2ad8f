"""号源怎样排：模板 × 工作日历 − 停办。午休是两个模板之间的空档。"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shilong.foundation.calendar.rules import ZONE, Calendar


@dataclass(frozen=True, slots=True)
class Template:
    """时段与容量模板。

    参数：
        item_code: 为空是整个窗口组共用；否则这个事项单独放号，不占共用的。
        weekdays: 周几放号，如 "12345"；逢法定节假日不放，调休上班日（周末）按放号处理。
        minutes: 每个时段多少分钟；末尾不足一个时段的不放。
        capacity: 每个时段几个名额。
    """

    id: int
    group: str
    start: time
    end: time
    minutes: int
    capacity: int
    item_code: str = ""
    weekdays: str = "12345"
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Shut:
    """临时停办；`group` 为空是整个大厅（由调用方展开成窗口组）。"""

    group: str
    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Planned:
    """应有的一个时段。"""

    group: str
    item_code: str
    start: datetime
    end: datetime
    capacity: int
    template: int
    shut: str = ""

    @property
    def key(self) -> tuple[str, str, datetime]:
        return self.group, self.item_code, self.start


def plan(day: date, templates: Iterable[Template], calendar: Calendar, shuts: Sequence[Shut] = ()) -> list[Planned]:
    """这一天应有的时段；不上班为空。同一时段有几个模板时名额相加。"""
    found: dict[tuple[str, str, datetime], Planned] = {}
    for template in templates:
        if not _applies(template, day, calendar):
            continue
        for start, end in _spans(template, day):
            reason = next((row.reason for row in shuts if row.group == template.group and row.start < end and start < row.end), "")
            one = Planned(template.group, template.item_code, start, end, template.capacity, template.id, reason)
            same = found.get(one.key)
            found[one.key] = one if same is None else Planned(*_sum(one, same))
    return sorted(found.values(), key=lambda row: (row.start, row.group, row.item_code))


def _applies(template: Template, day: date, calendar: Calendar) -> bool:
    if not calendar.is_workday(day):
        return False
    if (template.valid_from and day < template.valid_from) or (template.valid_until and day > template.valid_until):
        return False
    return str(day.isoweekday()) in template.weekdays or day.isoweekday() > 5


def _spans(template: Template, day: date) -> list[tuple[datetime, datetime]]:
    step = timedelta(minutes=template.minutes)
    start, close = datetime.combine(day, template.start, ZONE), datetime.combine(day, template.end, ZONE)
    spans = []
    while start + step <= close:
        spans.append((start, start + step))
        start += step
    return spans


def _sum(one: Planned, same: Planned) -> tuple[str, str, datetime, datetime, int, int, str]:
    return one.group, one.item_code, one.start, max(one.end, same.end), one.capacity + same.capacity, same.template, one.shut or same.shut
