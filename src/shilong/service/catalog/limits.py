"""文字要素最长多少字。名称要排进一行标题、文书抬头与上报报文，说明可以长一些；写入与质检用同一份。"""

from collections.abc import Mapping
from typing import Any

NAME = 200
DEFAULT = {"text": 300, "lines": 500, "area": 4000}
# 要素，或“要素.列”。
LONGER = {
    "by_law.content": 4000,
    "questions.answer": 2000,
    "handle_flow.standard": 1000,
    "materials.note": 1000,
    "materials.accept_stand": 1000,
    "fees.desc_explain": 1000,
    "transact_time": 500,
}
SHORTER = {
    "name": NAME,
    "dept_name": 100,
    "dept_full_name": 200,
    "dept_code": 18,
    "one_thing": 100,
    "result_name": NAME,
    "materials.name": NAME,
    "materials.code": 40,
    "handle_flow.name": 100,
}
_LIMITS = {**LONGER, **SHORTER}


def overlong(content: Mapping[str, Any], elements: Mapping[str, Any]) -> dict[str, str]:
    """太长的要素：要素名到说明；说明接在要素的中文名后面读得通。

    参数：
        elements: 要素表（`schema.BY_KEY`）。
    """
    found = {key: _problem(elements[key], value) for key, value in content.items() if key in elements}
    return {key: text for key, text in found.items() if text}


def _problem(element: Any, value: Any) -> str:
    if element.kind in ("text", "area"):
        return _too_long(value, _limit(element.key, element.kind))
    if element.kind == "lines":
        return next((f"里有一行{text}" for line in value or [] if (text := _too_long(line, _limit(element.key, "lines")))), "")
    if element.kind in ("rows", "record"):
        rows = value if isinstance(value, list) else [value or {}]
        return next((text for row in rows if (text := _row(element, row))), "")
    return ""


def _row(element: Any, row: Mapping[str, Any]) -> str:
    for column in element.columns:
        limit = _limit(f"{element.key}.{column.key}", "text")
        if column.kind == "text" and (text := _too_long(row.get(column.key), limit)):
            return f"的“{column.label}”{text}"
    return ""


def _limit(key: str, kind: str) -> int:
    return _LIMITS.get(key, DEFAULT[kind])


def _too_long(value: Any, limit: int) -> str:
    length = len(value) if isinstance(value, str) else 0
    return f"最多 {limit} 个字，现在有 {length} 个" if length > limit else ""
