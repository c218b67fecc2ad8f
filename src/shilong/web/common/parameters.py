"""从请求里取一个参数：去掉数据库不收的空字符与首尾空白，限长；数字不合理就用缺省值。"""

from collections.abc import Mapping
from datetime import date, datetime, time

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from shilong.foundation.refusals import BadRequest

_BIGGEST = 18  # 位数；再长的超出大整数，几千位的还会让转换本身出错


class VersionMissing(BadRequest):
    """没有版本号就判断不了页面是不是旧的：不能当成最新的放过去，否则会盖掉别人刚做的处理。"""

    code = "version_missing"
    message = "页面缺少版本号，不能确认您看到的是不是最新内容。请刷新页面后再提交。"


def text(source: Mapping[str, str], name: str, longest: int = 60) -> str:
    """一个文字参数；没有给出空串。

    参数：
        source: `request.GET` 或 `request.POST`。
        longest: 最多取多少个字，多的截掉。
    """
    return clean(source.get(name, ""), longest)


def clean(value: object, longest: int = 200) -> str:
    """同上，值已在手里时用。"""
    return str(value).replace("\x00", "").strip()[:longest]


def texts(source: Mapping[str, str]) -> dict[str, str]:
    """全部参数，供表单校验；长度由表单判。"""
    return {name: str(value).replace("\x00", "").strip() for name, value in source.items()}


def whole(source: Mapping[str, str], name: str, default: int, digits: int = _BIGGEST) -> int:
    """一个非负整数参数（页码、主键、版本号）；不是数字或超过 `digits` 位就用 `default`。"""
    raw = source.get(name, "")
    return int(raw) if raw.isdecimal() and len(raw) <= digits else default


def day(source: Mapping[str, str], name: str) -> date | None:
    """一个日期参数（2026-11-25）；没有给出、写错或没有这一天为 None。"""
    try:
        return parse_date(text(source, name, 10))
    except ValueError:
        return None


def clock(source: Mapping[str, str], name: str) -> time | None:
    """一个钟点参数（09:00）；同上。"""
    try:
        return parse_time(text(source, name, 8))
    except ValueError:
        return None


def moment(source: Mapping[str, str], name: str) -> datetime | None:
    """一个时刻参数（2026-11-25T09:00，当地时间）；同上。"""
    try:
        found = parse_datetime(text(source, name, 30))
    except ValueError:
        return None
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found


def version(request: HttpRequest) -> int:
    """提交的页面带来的版本号；认不出的给 -1，按过期处理。

    异常：
        VersionMissing: 没有带（400）。
    """
    if not request.POST.get("version", "").strip():
        raise VersionMissing
    return whole(request.POST, "version", -1, digits=9)
