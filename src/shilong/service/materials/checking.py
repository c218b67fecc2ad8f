"""核对：缺什么、每处怎样显示。不碰数据库。"""

from collections.abc import Mapping
from typing import Any

from shilong.foundation.codes import masks
from shilong.service.forms import rules as forms
from shilong.service.forms.values import options
from shilong.service.materials.views import Answer, DraftView, Problem

_MASKS = {"idcard": masks.mask_idno, "mobile": masks.mask_mobile}


def problems(draft: DraftView) -> tuple[dict[str, Any], list[Problem]]:
    """（清洗后的申请表, 缺项）。"""
    clean, errors = forms.validate(draft.definition, draft.values, draft.context)
    errors = errors or draft.shape.errors(draft.trimmed.answers, clean)
    names = labels(draft.definition)
    found = [Problem("form", path, names.get(_spec_path(path), path), message) for path, message in errors.items()]
    found += [
        Problem("materials", row.view.code, row.view.name, "还没有上传" + ("，也可以选择容缺后补" if row.view.allow_late else ""))
        for row in draft.materials
        if row.state == "todo"
    ]
    if any(row.state == "late" for row in draft.materials) and not draft.late_promise:
        found.append(Problem("materials", "promise", "容缺受理承诺", "请签署容缺受理承诺"))
    return clean, found


def labels(definition: Mapping[str, Any]) -> dict[str, str]:
    """字段路径（重复行不含行号）到名称。"""
    names = {}
    for spec in forms.fields(definition):
        names[spec["key"]] = spec["label"]
        for child in spec.get("fields", []):
            names[f"{spec['key']}.{child['key']}"] = f"{spec['label']}·{child['label']}"
    return names


def answers(
    definition: Mapping[str, Any], values: Mapping[str, Any], shown: set[str], *, plain: bool = False
) -> list[tuple[str, list[Answer]]]:
    """按分组列出显示着的填写内容；证件与手机脱敏，`plain` 为真时是原文（排申请表用）。"""
    groups = []
    for section in definition["sections"]:
        rows = [_answer(spec, values.get(spec["key"]), shown, plain) for spec in section["fields"] if spec["key"] in shown]
        if rows:
            groups.append((section["title"], rows))
    return groups


def _answer(spec: Mapping[str, Any], value: Any, shown: set[str], plain: bool) -> Answer:
    if spec["type"] != "rows":
        return Answer(spec["label"], text(spec, value, plain=plain))
    lines = [
        [
            (child["label"], text(child, row.get(child["key"]), plain=plain))
            for child in spec["fields"]
            if f"{spec['key']}.{index}.{child['key']}" in shown
        ]
        for index, row in enumerate(value or [])
        if isinstance(row, Mapping)
    ]
    return Answer(spec["label"], f"{len(lines)} 行" if lines else "没有填写", lines)


def text(spec: Mapping[str, Any], value: Any, *, plain: bool = False) -> str:
    """一个值的显示文字；`plain` 为真时不脱敏。"""
    if value in (None, "", []):
        return "没有填写"
    if spec["type"] in ("radio", "select"):
        return dict(options(spec)).get(str(value), str(value))
    if isinstance(value, list):
        names = dict(options(spec))
        return "、".join(names.get(str(one), str(one)) for one in value)
    mask = None if plain else _MASKS.get(spec["type"])
    return mask(str(value)) if mask else str(value)


def _spec_path(path: str) -> str:
    return ".".join(part for part in path.split(".") if not part.isdigit())
