"""能约多远、何时不能再取消、何时能签到、爽约几次限制多久。数值都是自定（PD），页面可配置。"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shilong.foundation.calendar.rules import Calendar


@dataclass(frozen=True, slots=True)
class Limits:
    """预约规则。

    参数：
        days_ahead: 可约今天起多少个工作日。
        per_day: 同一人同一天最多几个。
        open_most: 同一人没了结的最多几个。
        cancel_minutes: 开始前多少分钟截止改约、取消。
        changes_most: 一个预约最多改几次。
        early_minutes, late_minutes: 开始前、结束后多少分钟可以签到。
        missed_times, missed_days, blocked_days: 多少天内爽约几次，限制预约多少天。
    """

    days_ahead: int = 10
    per_day: int = 2
    open_most: int = 5
    cancel_minutes: int = 60
    changes_most: int = 2
    early_minutes: int = 60
    late_minutes: int = 15
    missed_times: int = 3
    missed_days: int = 90
    blocked_days: int = 30


def last_day(today: date, limits: Limits, calendar: Calendar) -> date:
    """最远能约到哪天。"""
    return calendar.add_workdays(today, limits.days_ahead)


def cancel_deadline(start: datetime, limits: Limits) -> datetime:
    """改约、取消截止时刻。"""
    return start - timedelta(minutes=limits.cancel_minutes)


def may_check_in(start: datetime, end: datetime, now: datetime, limits: Limits) -> int:
    """现在能不能签到：0 能，-1 太早，1 已过。"""
    if now < start - timedelta(minutes=limits.early_minutes):
        return -1
    return 1 if now > end + timedelta(minutes=limits.late_minutes) else 0


def blocked_until(missed: Iterable[date], today: date, limits: Limits) -> date | None:
    """爽约够次数时限制预约到哪天（含当天）；不够为 None。"""
    since = today - timedelta(days=limits.missed_days)
    recent = [day for day in missed if day > since]
    if not limits.missed_times or len(recent) < limits.missed_times:
        return None
    return today + timedelta(days=limits.blocked_days)
