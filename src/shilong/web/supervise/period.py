"""日期区间：快捷与自定义，各页共用。"""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date

NAMES = {"today": "今日", "week": "本周", "month": "本月", "year": "近 12 月", "custom": "自定义"}
LONGEST = 366 * 5


@dataclass(frozen=True, slots=True)
class Period:
    """一段日期，含两端。`error` 不为空表示自定义的日期不对，已改按近 12 月显示。"""

    key: str
    first: date
    last: date
    error: str = ""

    @property
    def label(self) -> str:
        """给人看的区间。"""
        return f"{self.first:%Y-%m-%d}" if self.first == self.last else f"{self.first:%Y-%m-%d} 至 {self.last:%Y-%m-%d}"

    @property
    def query(self) -> str:
        """带到别的统计页的查询串。"""
        if self.key != "custom":
            return urlencode({"period": self.key})
        return urlencode({"period": "custom", "since": self.first, "until": self.last})

    @property
    def choices(self) -> list[tuple[str, str]]:
        """快捷按钮。"""
        return [(key, name) for key, name in NAMES.items() if key != "custom"]


def of(request: HttpRequest) -> Period:
    """从查询串读日期区间，默认近 12 个整月（含本月）。"""
    today = timezone.localdate()
    key = request.GET.get("period", "")
    first, last = day(request.GET.get("since", "")), day(request.GET.get("until", ""))
    if key == "custom" or (not key and (first or last)):
        return _custom(first, last, today)
    starts = {"today": today, "week": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}
    return Period(key, starts[key], today) if key in starts else Period("year", year_ago(today), today)


def day(text: str) -> date | None:
    """一个日期；空的、不成日期的为 None。"""
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


def year_ago(today: date) -> date:
    """十一个月前的一号：连本月共十二个月。"""
    months = today.year * 12 + today.month - 1 - 11
    return date(months // 12, months % 12 + 1, 1)


def _custom(first: date | None, last: date | None, today: date) -> Period:
    if first is None or last is None:
        error = "请把开始和结束日期都填成 2026-01-31 这样的日期"
    elif first > last:
        error = "开始日期不能晚于结束日期"
    elif (last - first).days > LONGEST:
        error = "一次最多统计五年，请缩短区间"
    else:
        return Period("custom", first, last)
    return Period("year", year_ago(today), today, error + "；现在显示的是近 12 月。")
