"""事项编辑表单：由要素表（`catalog.schema`）生成控件、把提交解析回内容。只管形状，规则由服务管。"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from shilong.service.catalog import schema
from shilong.service.catalog.schema import FILE, FLAG, JSON, LINES, MANY, RECORD, ROWS, Element

READONLY = frozenset({"department", "dept_code"})


@dataclass(frozen=True, slots=True)
class Control:
    """一个控件。`value` 已是页面要显示的样子；`rows` 是子表的行，每行是列控件。"""

    name: str
    label: str
    kind: str
    value: Any = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    help: str = ""
    error: str = ""
    readonly: bool = False
    rows: list[list["Control"]] = field(default_factory=list)


def controls(group: str, content: Mapping[str, Any], errors: Mapping[str, str]) -> list[Control]:
    """某一组要素的控件。"""
    return [_control(element, content, errors.get(element.key, "")) for element in schema.ELEMENTS if element.group == group]


def _control(element: Element, content: Mapping[str, Any], error: str) -> Control:
    value = content.get(element.key)
    common: dict[str, Any] = {
        "name": element.key,
        "label": element.label,
        "help": element.help,
        "error": error,
        "readonly": element.key in READONLY,
    }
    if element.kind == ROWS:
        blank: dict[str, Any] = {}
        rows = [_columns(element, index, row, content) for index, row in enumerate([*(value or []), blank])]
        return Control(kind=ROWS, rows=rows, **common)
    if element.kind == RECORD:
        return Control(kind=RECORD, rows=[_columns(element, 0, value or {}, content)], **common)
    if element.kind == LINES:
        return Control(kind="lines", value="\n".join(value or []), **common)
    if element.kind == JSON:
        return Control(kind=element.key, value=value or {}, **common)
    return Control(kind=element.kind, value="" if value is None else value, choices=element.choices, **common)


def _columns(element: Element, index: int, row: Mapping[str, Any], content: Mapping[str, Any]) -> list[Control]:
    cells = []
    for column in element.columns:
        if column.kind == FILE:
            continue
        value, kind, choices = row.get(column.key, ""), column.kind, schema.choices(column.table)
        if kind == JSON:
            kind, choices = "one", _conditions(content, value)
            value = json.dumps(value, ensure_ascii=False) if value else ""
        cells.append(Control(f"{element.key}-{index}-{column.key}", column.label, kind, value, choices))
    return cells


def _conditions(content: Mapping[str, Any], value: Any) -> list[tuple[str, str]]:
    """适用情形下拉：任何情形，或某一问的某一选项；已有的复合条件原样保留。"""
    options = [("", "任何情形")]
    for row in content.get("situations") or []:
        for option in row.get("options") or []:
            options.append((json.dumps([row["key"], "=", option["value"]], ensure_ascii=False), f"{row['question']}{option['label']}"))
    current = json.dumps(value, ensure_ascii=False) if value else ""
    return options if current in dict(options) else [*options, (current, f"复合条件 {current}")]


def parse(group: str, data: QueryDict) -> dict[str, Any]:
    """把提交的表单变成要改的要素。"""
    changes = {}
    for element in schema.ELEMENTS:
        if element.group != group or element.key in READONLY:
            continue
        changes[element.key] = _parse(element, data)
    return changes


def _parse(element: Element, data: QueryDict) -> Any:
    key = element.key
    if element.kind == ROWS:
        return [_record(element, key, index, data) for index in _indexes(data, key) if _filled(element, key, index, data)]
    if element.kind == RECORD:
        return _record(element, key, 0, data)
    if element.kind == LINES:
        return [line.strip() for line in data.get(key, "").splitlines() if line.strip()]
    if element.kind == MANY:
        return data.getlist(key)
    if key == "situations":
        return _situations(data)
    if key == "review_plan":
        return _plan(data)
    if key == "result_sample":
        lines = [[part.strip() for part in line.split("|", 1)] for line in data.get("result_sample-lines", "").splitlines() if "|" in line]
        return {"title": data.get("result_sample-title", ""), "lines": lines}
    if element.kind == FLAG:
        return key in data
    return data.get(key, "")


def _indexes(data: QueryDict, prefix: str) -> list[int]:
    found = {int(match[1]) for name in data if (match := re.match(rf"{re.escape(prefix)}-(\d{{1,3}})-", name))}
    return sorted(found)


def _filled(element: Element, key: str, index: int, data: QueryDict) -> bool:
    """整行空白的不算；删除的行由页面去掉。材料以名称为准，编号与下拉总有值。"""
    wanted = "name" if any(column.key == "name" for column in element.columns) else element.columns[0].key
    return bool(data.get(f"{key}-{index}-{wanted}", "").strip())


def _record(element: Element, key: str, index: int, data: QueryDict) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in element.columns:
        if column.kind == FILE:
            continue
        name = f"{key}-{index}-{column.key}"
        if column.kind == FLAG:
            row[column.key] = name in data
        elif column.kind == JSON:
            row[column.key] = _json(data.get(name, ""))
        else:
            row[column.key] = data.get(name, "").strip()
    if element.key == "materials" and not row["code"]:
        row["code"] = f"M{index + 1:02d}"
    return row


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text  # 由要素检查给出“写法不对”


def _situations(data: QueryDict) -> list[dict[str, Any]]:
    rows = []
    for index in _indexes(data, "situations"):
        question = data.get(f"situations-{index}-question", "").strip()
        if not question:
            continue
        options = []
        for line in data.get(f"situations-{index}-options", "").splitlines():
            value, name, notice = ([part.strip() for part in line.split("|", 2)] + ["", ""])[:3]
            if value:
                options.append({"value": value, "label": name or value, "notice": notice})
        rows.append({"key": data.get(f"situations-{index}-key", "").strip() or f"q{index + 1}", "question": question, "options": options})
    return rows


def _plan(data: QueryDict) -> dict[str, Any]:
    rounds = []
    for index in _indexes(data, "plan"):
        tasks = []
        for number in _indexes(data, f"plan-{index}-task"):
            prefix = f"plan-{index}-task-{number}"
            name = data.get(f"{prefix}-name", "").strip()
            if name:
                points = [line.strip() for line in data.get(f"{prefix}-points", "").splitlines() if line.strip()]
                tasks.append({"key": f"r{index + 1}t{number + 1}", "name": name, **_who(data, prefix), "points": points})
        name = data.get(f"plan-{index}-name", "").strip()
        if name or tasks:
            rounds.append({"name": name or "审查", "mode": data.get(f"plan-{index}-mode", "all"), "tasks": tasks})
    return {"rounds": rounds, "decision": {"name": data.get("decision-name", "").strip() or "决定", **_who(data, "decision")}}


def _who(data: QueryDict, prefix: str) -> dict[str, Any]:
    return {
        "department": data.get(f"{prefix}-department", ""),
        "role": data.get(f"{prefix}-role", "officer"),
        "days": data.get(f"{prefix}-days", "0"),
    }
