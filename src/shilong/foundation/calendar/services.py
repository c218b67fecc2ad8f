"""日历的读取、播种与年度导入。"""

import threading
import time
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import chinese_calendar
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from shilong.foundation.audit import services as audit
from shilong.foundation.calendar.models import WorkDay, WorkYear
from shilong.foundation.calendar.rules import Calendar
from shilong.foundation.events import services as events
from shilong.foundation.refusals import Invalid

OFFICIAL = "国务院办公厅放假安排（随系统自带）"
RECHECK = 0 if settings.MODE == "test" else 5  # 秒；别的进程导入新年度后最多这么久看到
_lock = threading.Lock()
_cache: dict[str, Any] = {"stamp": None, "calendar": None, "checked": 0.0}


def load() -> Calendar:
    """当前日历。进程内缓存，每几秒用一条查询看看别的进程有没有导入新年度。"""
    now = time.monotonic()
    if _cache["calendar"] is not None and now - _cache["checked"] < RECHECK:
        return _cache["calendar"]
    stamp = WorkYear.objects.aggregate(last=Max("updated_at"))["last"]
    with _lock:
        if _cache["calendar"] is None or _cache["stamp"] != stamp:
            _cache.update(stamp=stamp, calendar=_read())
        _cache["checked"] = now
    return _cache["calendar"]


def _read() -> Calendar:
    exceptions = dict(WorkDay.objects.values_list("date", "is_workday"))
    official = frozenset(WorkYear.objects.filter(official=True).values_list("year", flat=True))
    return Calendar(exceptions, official)


@transaction.atomic
def seed(first_year: int, last_year: int) -> int:
    """播种若干年度，已有的年度不动。返回新建的年度数。

    chinesecalendar 没有的年份建成“暂定”：只有周末休息。
    """
    existing = set(WorkYear.objects.filter(year__range=(first_year, last_year)).values_list("year", flat=True))
    years = [year for year in range(first_year, last_year + 1) if year not in existing]
    for year in years:
        days = _published(year)
        WorkYear.objects.create(year=year, official=days is not None, source=OFFICIAL if days else "周末规则（暂定）")
        WorkDay.objects.bulk_create([WorkDay(date=day, is_workday=works, name=name) for day, works, name in days or []])
    return len(years)


def _published(year: int) -> list[tuple[date, bool, str]] | None:
    """这一年与周末规则不同的日子；库里还没有这一年时为 None。"""
    days = []
    day = date(year, 1, 1)
    while day.year == year:
        try:
            works = chinese_calendar.is_workday(day)
            _, name = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return None
        if works != (day.weekday() < 5) or name:
            days.append((day, works, HOLIDAY_NAMES.get(name or "", name or "")))
        day += timedelta(days=1)
    return days


HOLIDAY_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


@transaction.atomic
def import_year(year: int, days: Iterable[tuple[date, bool, str]], *, actor: Any, source: str = "") -> int:
    """按国务院办公厅的通知导入一个年度，整年替换并标为正式；发出 `calendar.changed`，在办件随后重算。

    参数：
        days: 每项为（日期、是否上班、名称）。只需列出放假与调休上班的日子。

    返回：
        导入的天数。

    异常：
        Invalid: 日期不在该年、重复，或一天都没有。
    """
    rows = list(days)
    check_year(year, rows)
    WorkDay.objects.filter(date__year=year).delete()
    WorkDay.objects.bulk_create([WorkDay(date=day, is_workday=works, name=name) for day, works, name in rows])
    WorkYear.objects.update_or_create(year=year, defaults={"official": True, "source": source or "管理员导入"})
    audit.record("calendar.import", actor=actor, object_type="calendar", object_id=str(year), detail={"days": len(rows)})
    events.emit("calendar.changed", key=str(year), year=year)
    _cache["checked"] = 0.0
    return len(rows)


def check_year(year: int, rows: list[tuple[date, bool, str]]) -> None:
    """一个年度的安排是否完整。异常：`Invalid`，同 `import_year`；预检也用它。"""
    dates = [day for day, _, _ in rows]
    wrong = [day for day in dates if day.year != year]
    if not rows:
        raise Invalid("没有可导入的日期：请列出该年的放假日与调休上班日。")
    if wrong:
        raise Invalid(f"{wrong[0]:%Y-%m-%d} 不在 {year} 年，请检查文件。")
    if len(set(dates)) != len(dates):
        raise Invalid("同一天出现了两次，请检查文件。")
    if sum(not works for _, works, _ in rows) < 13:
        raise Invalid("放假日不足 13 天（全国年节及纪念日放假办法规定全年 13 天），请检查文件是否完整。")
