"""填写示例：按字段类型给出一眼看得出是虚构、又能通过校验的值。

证件号用 1900 年出生、主体标识 TTTT 这类现实中不会有的号段，照抄也冒不了别人的名。
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from shilong.service.forms import rules
from shilong.service.forms.values import options

ID_CARD, USCC, MOBILE = "410404190001010010", "91410404TTTT1001XL", "13000000001"
PERSON, OTHER_PERSON = "示例甲", "示例乙"
_FIXED = {"idcard": ID_CARD, "uscc": USCC, "mobile": MOBILE}
# 名称里的词 → 示例；先列的先用。
_HINTS = (
    ("受托人姓名", OTHER_PERSON),
    ("代理人姓名", OTHER_PERSON),
    ("户名", PERSON),
    ("收件人", PERSON),
    ("法定代表人", PERSON),
    ("负责人", PERSON),
    ("姓名", PERSON),
    ("地址", "石龙区示例街道虚构路1号"),
    ("地点", "石龙区示例街道虚构路1号"),
    ("住所", "石龙区示例街道虚构路1号"),
    ("住址", "石龙区示例街道虚构路1号"),
    ("场所", "石龙区示例街道虚构路1号"),
    ("开户银行", "示例银行石龙支行"),
    ("单位", "平顶山市石龙区示例有限公司"),
    ("字号", "石龙区示例商行"),
    ("名称", "石龙区示例商行"),
    ("职务", "经理"),
    ("岗位", "经理"),
    ("职业", "职员"),
    ("民族", "汉族"),
    ("国籍", "中国"),
    ("邮编", "467000"),
    ("邮箱", "example@example.com"),
)
_PATTERNED = ("6200000000000000", "410404", "467000", "2026", "0375-0000001", "A1234567", MOBILE, "1", "abc")


def example(definition: Mapping[str, Any]) -> dict[str, Any]:
    """整份表的填写示例；有显示条件而没显示的字段不填。"""
    every = list(rules.fields(definition))
    values = {field["key"]: value(field) for field in every}
    shown = rules.visible(definition, values)
    kept = {key: found for key, found in values.items() if key in shown}
    for field in every:
        if field["type"] == "rows" and field["key"] in kept:
            kept[field["key"]] = _rows(field, shown)
    return kept


def _rows(field: Mapping[str, Any], shown: set[str]) -> list[dict[str, Any]]:
    path = f"{field['key']}.0."
    return [{child["key"]: value(child) for child in field["fields"] if path + child["key"] in shown}]


def value(field: Mapping[str, Any]) -> Any:
    """一个字段的示例值。"""
    kind = field["type"]
    if kind in _FIXED:
        return _FIXED[kind]
    if kind in ("radio", "select"):
        return options(field)[0][0]
    if kind == "checks":
        return [key for key, _ in options(field)[: max(1, int(field.get("min") or 1))]]
    if kind == "rows":
        return [{child["key"]: value(child) for child in field["fields"]}]
    if kind == "number":
        return _number(field)
    if kind == "date":
        return _date(field)
    return _text(field)


def _number(field: Mapping[str, Any]) -> int | float:
    least, most = field.get("min"), field.get("max")
    sample = 3 if least is None or least <= 3 else least
    return most if most is not None and sample > most else sample


def _date(field: Mapping[str, Any]) -> str:
    today = timezone.localdate()
    if field.get("min") == "today":
        return str(today + timedelta(days=30))
    return str(field.get("min") or "2026-01-05")


def _text(field: Mapping[str, Any]) -> str:
    if field.get("pattern"):
        return next((one for one in _PATTERNED if re.fullmatch(field["pattern"], one)), "")
    label = str(field["label"])
    found = next((sample for word, sample in _HINTS if word in label), "")
    if not found:
        found = f"（示例）此处写{label}" if field["type"] == "textarea" else "示例内容"
    return found[: int(field.get("maxlength") or 200)]
