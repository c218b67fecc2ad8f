"""日历查询。"""

from dataclasses import dataclass
from datetime import date

from shilong.foundation.calendar.models import WorkDay, WorkYear
from shilong.foundation.calendar.services import OFFICIAL


@dataclass(frozen=True, slots=True)
class YearView:
    """一个年度：正式与否、来源、例外日。"""

    year: int
    official: bool
    source: str
    days: tuple[tuple[date, bool, str], ...]


def years() -> list[YearView]:
    """全部年度，由近到远，不含明细。"""
    return [YearView(row.year, row.official, _source(row.source), ()) for row in WorkYear.objects.order_by("-year")]


def year_view(year: int) -> YearView | None:
    """一个年度的明细；没有则为 None。"""
    row = WorkYear.objects.filter(year=year).first()
    if row is None:
        return None
    days = tuple(WorkDay.objects.filter(date__year=year).values_list("date", "is_workday", "name"))
    return YearView(row.year, row.official, _source(row.source), days)


def _source(stored: str) -> str:
    """早先播种的年度记的是软件包的名字，换成看得懂的来源。"""
    return OFFICIAL if stored == "chinesecalendar" else stored
