"""把申请表定义排成纸面：空白申请表与填写示例（P03、W01）。"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils import timezone

from shilong.foundation.documents import typesetting
from shilong.service.forms import examples, selectors
from shilong.service.forms.values import options

BLANK_ROWS, MAX_BLANK_ROWS = 3, 8
# 手写格数：证件号、手机号一格一个字，窗口录入时不易认错。
_BOXES = {"idcard": 18, "uscc": 18, "mobile": 11}
_WORDS = {"=": "为", "!=": "不为", "in": "为", "has": "含", ">": "大于", "<": "小于", ">=": "不小于", "<=": "不大于"}
NEVER_AS_REAL = "填写示例　内容均为虚构"


def blank_pdf(form_code: str, version: int | None, *, title: str, issuer: str, url: str) -> bytes:
    """空白申请表 PDF。

    参数：
        title: 事项名称；issuer: 实施机关；url: 二维码打开的网上办理地址。

    异常：
        FormUnavailable: 没有这份表或还没有发布。
    """
    return _pdf(form_code, version or selectors.current_version(form_code), title, issuer, url, example=False)


def example_pdf(form_code: str, version: int | None, *, title: str, issuer: str, url: str) -> bytes:
    """填写示例 PDF：值按字段类型生成，页面压“内容均为虚构”。参数与异常同 `blank_pdf`。"""
    return _pdf(form_code, version or selectors.current_version(form_code), title, issuer, url, example=True)


@lru_cache(maxsize=128)
def _pdf(form_code: str, version: int, title: str, issuer: str, url: str, *, example: bool) -> bytes:
    """同一版表同一事项只排一次；匿名反复下载不占处理器。"""
    definition = selectors.definition(form_code, version)
    facts = {
        "item_name": title,
        "issuer": issuer,
        "edition": str(version),
        "watermark": NEVER_AS_REAL if example else "",
        "sections": layout(definition, examples.example(definition) if example else None),
        "verify_url": url,
    }
    return typesetting.compile_pdf("sheet", facts, at=timezone.now())


def layout(definition: Mapping[str, Any], values: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """纸面结构：分组、每格的名称、说明与内容。`values` 为 None 是空白表。"""
    labels = {field["key"]: field["label"] for section in definition["sections"] for field in section["fields"]}
    return [
        {
            "title": section["title"],
            "note": _when(section.get("show"), labels),
            "cells": [_cell(field, labels, values) for field in section["fields"]],
        }
        for section in definition["sections"]
        if section["fields"]
    ]


def _cell(field: Mapping[str, Any], labels: Mapping[str, str], values: Mapping[str, Any] | None) -> dict[str, Any]:
    kind, key = field["type"], field["key"]
    filled = values is not None and key in values
    cell: dict[str, Any] = {
        "label": field["label"],
        "required": "1" if field.get("required") else "",
        "note": _when(field.get("show"), labels) or str(field.get("help") or ""),
        "kind": kind,
    }
    if kind == "rows":
        return cell | _table(field, values.get(key) if values and filled else None)
    if values is not None and not filled:
        return cell | {"kind": "text", "text": "（本例不填）"}
    value = values[key] if values is not None else None
    if kind in ("radio", "select", "checks"):
        chosen = value if isinstance(value, list) else [value]
        return cell | {"options": [{"label": label, "on": "1" if name in chosen else ""} for name, label in options(field)]}
    return cell | {"text": _text(kind, value), "boxes": [*_text(kind, value)] or [""] * _BOXES.get(kind, 0)}


def _text(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if kind == "date":
        year, month, day = str(value).split("-")
        return f"{year}年{int(month)}月{int(day)}日"
    return str(value)


def _table(field: Mapping[str, Any], rows: list[Mapping[str, Any]] | None) -> dict[str, Any]:
    columns = field["fields"]
    if rows is None:
        count = min(max(BLANK_ROWS, int(field.get("min") or 0)), MAX_BLANK_ROWS)
        lines = [[_choices(child) for child in columns] for _ in range(count)]
    else:
        lines = [[_shown(child, row.get(child["key"])) for child in columns] for row in rows]
    return {"columns": [child["label"] for child in columns], "lines": lines}


def _choices(field: Mapping[str, Any]) -> str:
    """空白行里的选择列：印出选项供勾选。"""
    return "　".join(f"□{label}" for _, label in options(field)) if field["type"] in ("radio", "select", "checks") else ""


def _shown(field: Mapping[str, Any], value: Any) -> str:
    if value is None:
        return "（不填）"
    if field["type"] in ("radio", "select", "checks"):
        names = dict(options(field))
        return "、".join(names.get(one, str(one)) for one in (value if isinstance(value, list) else [value]))
    return _text(field["type"], value)


def _when(condition: Any, labels: Mapping[str, str]) -> str:
    """显示条件写成一句话：纸上不能自动隐藏，得告诉人什么情况下填。"""
    if not condition:
        return ""
    text = _condition(condition, labels)
    return f"{text}时填写" if text else "符合条件时填写"


def _condition(condition: Any, labels: Mapping[str, str]) -> str:
    if isinstance(condition, Mapping):
        if "not" in condition:
            return ""
        name = "all" if "all" in condition else "any"
        parts = [_condition(part, labels) for part in condition[name]]
        return ("并且" if name == "all" else "或者").join(parts) if all(parts) else ""
    key, operator, *rest = condition
    value = rest[0] if rest else ""
    if key not in labels:
        return ""
    if operator == "filled":
        return f"填了“{labels[key]}”"
    values = value if isinstance(value, list) else [value]
    return f"“{labels[key]}”{_WORDS[operator]}{'、'.join(map(str, values))}"
