"""时限计算，纯函数，不碰数据库。依据：行政许可法第八十二条（工作日）、民法典第二百零一至二百零三条（期间）。"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
END_OF_DAY = time(23, 59, 59)
OPENING, CLOSING = time(9, 0), time(17, 0)
ONE = timedelta(days=1)


class Unit(StrEnum):
    """时限单位。"""

    WORKDAY = "1"  # 工作日
    DAY = "2"  # 自然日
    MONTH = "3"  # 月


@dataclass(frozen=True, slots=True)
class Calendar:
    """工作日历，不可变。

    参数：
        exceptions: 与“周一至周五上班”不同的日子，值为当天是否上班。
        official: 国务院办公厅已公布安排的年份；其余年份的结果是暂定的。
    """

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    official: frozenset[int] = frozenset()

    def is_workday(self, day: date) -> bool:
        """当天是否上班。"""
        known = self.exceptions.get(day)
        return day.weekday() < 5 if known is None else known

    def is_provisional(self, day: date) -> bool:
        """这一年的放假安排是否还没有公布。"""
        return day.year not in self.official

    def roll(self, day: date) -> date:
        """末日是法定休假日的，顺延到休假日结束的次日（民法典第二百零三条）。"""
        while not self.is_workday(day):
            day += ONE
        return day

    def add_workdays(self, start: date, count: int) -> date:
        """从起点起第 `count` 个工作日；开始的当日不计（民法典第二百零一条）。0 表示当日。

        异常：
            ValueError: `count` 为负。
        """
        if count < 0:
            raise ValueError("工作日数不能为负")
        day = start
        while count:
            day += ONE
            count -= self.is_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """(start, end] 内的工作日数；终点不晚于起点时为 0。"""
        if end <= start:
            return 0
        weeks, rest = divmod((end - start).days, 7)
        total = weeks * 5 + sum((start + timedelta(days=offset)).weekday() < 5 for offset in range(1, rest + 1))
        return total + sum(self._shift(day) for day in self._exceptions_between(start, end))

    def _shift(self, day: date) -> int:
        """例外日相对于“周一至五”规则的增减。"""
        return int(self.exceptions[day]) - int(day.weekday() < 5)

    def _exceptions_between(self, start: date, end: date) -> list[date]:
        return [day for day in self.exceptions if start < day <= end]


def due(start: date, amount: int, unit: Unit, calendar: Calendar) -> datetime:
    """到期时刻（末日 23:59:59）。开始当日不计；按日、按月计的末日逢休假日顺延；按月计无对应日取月末。

    参数：
        start: 起点日期，如受理日。
        amount: 数量；0 表示当日。
        unit: 工作日、自然日或月。
    """
    if unit is Unit.WORKDAY:
        last = calendar.add_workdays(start, amount)
    elif unit is Unit.DAY:
        last = calendar.roll(start + timedelta(days=amount)) if amount else start
    else:
        last = calendar.roll(add_months(start, amount)) if amount else start
    return datetime.combine(last, END_OF_DAY, ZONE)


def add_months(day: date, months: int) -> date:
    """加若干个月；没有对应日的取月末（民法典第二百零二条）。"""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - ONE)


def effective_start(at: datetime, calendar: Calendar) -> date:
    """收到申请的日期：工作日下班以后、休假日提交的视为下一个工作日收到（须公告；standards §2.5 第 7 点）。"""
    local = at.astimezone(ZONE)
    day = local.date()
    if calendar.is_workday(day) and local.time() <= CLOSING:
        return day
    return calendar.roll(day + ONE)
