"""一个字段的值怎样清洗：类型、长度、范围、证件校验。返回值都能直接存成 JSON。"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils import timezone

from shilong.foundation.codes import checks
from shilong.foundation.refusals import Refused

Spec = Mapping[str, Any]
TEXT_LENGTH = {"text": 200, "textarea": 2000}
DECIMALS = 4
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,6})?")


class Bad(Exception):
    """这个值不行；消息直接显示在字段下面。"""


def clean_value(spec: Spec, value: Any) -> Any:
    """清洗一个值；没填返回空串或空列表。

    异常：
        Bad: 类型、长度、范围或校验位不对。
    """
    return CLEANERS[spec["type"]](spec, value)


def options(spec: Spec) -> list[tuple[str, str]]:
    """选项的（值, 显示名）；选项可写成文字或 `{"value","label"}`。"""
    rows = spec.get("options") or []
    return [(row["value"], row.get("label") or row["value"]) if isinstance(row, Mapping) else (str(row), str(row)) for row in rows]


def _text(spec: Spec, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Bad(f"{spec['label']}应是文字")
    text = value.strip()
    longest = int(spec.get("maxlength") or TEXT_LENGTH.get(spec["type"], 200))
    if len(text) > longest:
        raise Bad(f"最多 {longest} 个字，现在有 {len(text)} 个字")
    if _CONTROL.search(text):
        raise Bad("含有不能显示的字符，请重新输入")
    if text and spec.get("minlength") and len(text) < int(spec["minlength"]):
        raise Bad(f"至少 {spec['minlength']} 个字")
    if text and spec.get("pattern") and not _pattern(spec["pattern"]).fullmatch(text):
        raise Bad(spec.get("pattern_message") or "格式不正确，请按说明填写")
    return text


@lru_cache(maxsize=512)
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source)


def _number(spec: Spec, value: Any) -> int | float | str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Bad(f"{spec['label']}应是数字")
    text = str(value).strip()
    if not _NUMBER.fullmatch(text):
        raise Bad("请只填数字，例如 86")
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise Bad("请只填数字，例如 86") from error
    places = int(spec["decimals"]) if "decimals" in spec else DECIMALS
    if number != round(number, places):
        raise Bad("请填整数" if places == 0 else f"最多 {places} 位小数")
    for name, outside, words in (("min", number.__lt__, "不能小于"), ("max", number.__gt__, "不能大于")):
        if spec.get(name) is not None and outside(Decimal(str(spec[name]))):
            raise Bad(f"{words} {spec[name]}")
    return int(number) if number == number.to_integral_value() else float(number)


def _date(spec: Spec, value: Any) -> str:
    if value is None or value == "":
        return ""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise Bad("请填写日期，例如 2026-11-24")
    if spec.get("min") and day < _bound(spec["min"]):
        raise Bad(f"不能早于 {_bound(spec['min'])}")
    if spec.get("max") and day > _bound(spec["max"]):
        raise Bad(f"不能晚于 {_bound(spec['max'])}")
    return day.isoformat()


def _bound(text: str) -> date:
    return timezone.localdate() if text == "today" else date.fromisoformat(text)


def _choice(spec: Spec, value: Any) -> str:
    if value is None or value == "":
        return ""
    if value not in [option for option, _ in options(spec)] or not isinstance(value, str):
        raise Bad(f"请从{spec['label']}的选项中选择")
    return value


def _checks(spec: Spec, value: Any) -> list[str]:
    if value is None or value == "":
        return []
    allowed = [option for option, _ in options(spec)]
    if not isinstance(value, list) or len(value) > len(allowed):
        raise Bad(f"{spec['label']}应是若干选项")
    if any(item not in allowed for item in value):
        raise Bad(f"请从{spec['label']}的选项中选择")
    if spec.get("min") and value and len(set(value)) < int(spec["min"]):
        raise Bad(f"至少选 {spec['min']} 项")
    if spec.get("max") and len(set(value)) > int(spec["max"]):
        raise Bad(f"最多选 {spec['max']} 项")
    return [option for option in allowed if option in value]


def _code(check: Callable[[str], Any]) -> Callable[[Spec, Any], str]:
    def clean(spec: Spec, value: Any) -> str:
        text = re.sub(r"[\s-]", "", _text(spec, value)).upper()
        if not text:
            return ""
        try:
            check(text)
        except Refused as error:
            raise Bad(error.text) from error
        return text

    return clean


def _idcard(text: str) -> None:
    checks.check_idcard(text)


def _uscc(text: str) -> None:
    checks.check_uscc(text)


def _mobile(text: str) -> None:
    checks.check_mobile(text)


CLEANERS: dict[str, Callable[[Spec, Any], Any]] = {
    "text": _text,
    "textarea": _text,
    "number": _number,
    "date": _date,
    "radio": _choice,
    "select": _choice,
    "checks": _checks,
    "idcard": _code(_idcard),
    "uscc": _code(_uscc),
    "mobile": _code(_mobile),
}
TYPES = (*CLEANERS, "rows")
