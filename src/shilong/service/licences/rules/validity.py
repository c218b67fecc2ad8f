"""有效期：规则怎样写，起止怎样算。"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from shilong.foundation.refusals import Invalid

KINDS = {"years": "若干年", "long": "长期有效"}
MAX_YEARS = 50


def check(validity: Mapping[str, Any]) -> dict[str, Any]:
    """核对有效期规则，返回规范写法。异常：Invalid。"""
    kind = validity.get("kind")
    if kind == "long":
        return {"kind": "long"}
    years = validity.get("years")
    if kind == "years" and isinstance(years, int) and 1 <= years <= MAX_YEARS:
        return {"kind": "years", "years": years}
    raise Invalid("有效期填写有误。", fields={"years": f"请填写 1 到 {MAX_YEARS} 年，或选择长期有效"})


def end_of(validity: Mapping[str, Any], start: date) -> date | None:
    """截止日（含当日）；长期为 None。五年期从 2026-11-24 起到 2031-11-23 止。"""
    if validity.get("kind") != "years":
        return None
    return _anniversary(start, int(validity["years"])) - timedelta(days=1)


def renewed(validity: Mapping[str, Any], previous_end: date | None, today: date) -> tuple[date, date | None]:
    """延续后的起止：没过期的接着原截止日，过了期的从今天起。"""
    start = previous_end + timedelta(days=1) if previous_end and previous_end >= today else today
    return start, end_of(validity, start)


def text(start: date | None, end: date | None) -> str:
    """照面上的有效期限。"""
    if end is None:
        return "长期"
    return f"{chinese(start)}至{chinese(end)}" if start else f"至{chinese(end)}"


def chinese(day: date | None) -> str:
    """2026年11月24日。"""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 闰日
        return date(day.year + years, 3, 1)
