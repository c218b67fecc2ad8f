"""双告知的规则：一行登记信息合不合格，经营范围触发哪些许可。纯函数。"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from shilong.foundation.codes import checks

# 字段、列名（Excel 首行）、必填、最长
COLUMNS = (
    ("name", "企业名称", True, 200),
    ("uscc", "统一社会信用代码", True, 18),
    ("scope", "经营范围", True, 4000),
    ("registered_on", "登记日期", True, 30),
    ("kind", "市场主体类型", False, 60),
    ("address", "住所", False, 300),
    ("legal_name", "法定代表人", False, 50),
    ("mobile", "联系电话", False, 20),
    ("capital", "注册资本（万元）", False, 20),
    ("authority", "登记机关", False, 200),
)
_MOBILE = re.compile(r"1\d{10}")
_SPLIT = re.compile(r"[；;。\n]")


@dataclass(frozen=True, slots=True)
class Registered:
    """一行合格的登记信息。"""

    name: str
    uscc: str
    scope: str
    registered_on: date
    capital: Decimal | None
    kind: str = ""
    address: str = ""
    legal_name: str = ""
    mobile: str = ""
    authority: str = ""


def parse(row: Mapping[str, Any], today: date) -> tuple[Registered | None, str]:
    """一行 → （登记信息, 原因）；不合格时前者为 None，后者说清哪里不对。列名认中文与字段名。"""
    values = {key: _text(row.get(key, row.get(label, ""))) for key, label, _, _ in COLUMNS}
    missing = [label for key, label, required, _ in COLUMNS if required and not values[key]]
    if missing:
        return None, f"没有填写{'、'.join(missing)}"
    long = [label for key, label, _, most in COLUMNS if len(values[key]) > most]
    if long:
        return None, f"{'、'.join(long)}太长"
    uscc = values["uscc"].upper()
    try:
        checks.check_uscc(uscc)
    except checks.InvalidCode as error:
        return None, f"{error}"
    on = _day(values["registered_on"])
    if on is None or on > today:
        return None, "登记日期应是不晚于今天的日期，如 2026-11-20"
    capital = _capital(values["capital"])
    if values["capital"] and capital is None:
        return None, "注册资本应是以万元为单位的数字"
    if values["mobile"] and not _MOBILE.fullmatch(values["mobile"]):
        return None, "联系电话应是 11 位手机号；没有就空着"
    texts = {key: values[key] for key in ("name", "scope", "kind", "address", "legal_name", "mobile", "authority")}
    return Registered(uscc=uscc, registered_on=on, capital=capital, **texts), ""


def hits(scope: str, words: Sequence[str], excludes: Sequence[str]) -> list[str]:
    """经营范围里命中的词。逐句看：一句里有排除词的，那一句不算。

    如“食品销售（仅销售预包装食品）”带“仅销售预包装食品”，不触发食品经营许可。
    """
    found: dict[str, None] = {}
    for sentence in _SPLIT.split(scope):
        if any(word and word in sentence for word in excludes):
            continue
        found |= {word: None for word in words if word and word in sentence}
    return list(found)


def clean_words(text: str) -> list[str]:
    """规则页填的词：顿号、逗号、空白、换行隔开，去重，保留次序。"""
    return list(dict.fromkeys(word for word in re.split(r"[、，,\s]+", text) if word))


def _text(value: Any) -> str:
    return "" if value is None else str(value).replace("\x00", "").strip()


def _day(text: str) -> date | None:
    match = re.match(r"(\d{4})[-/年.]?(\d{1,2})[-/月.]?(\d{1,2})", text)
    if not match:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


def _capital(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return number.quantize(Decimal("0.0001")) if number.is_finite() and 0 <= number < 10**9 else None
