"""把版式页提交的一格格内容拼回版式；合不合规则由 `licences.rules.layouts` 判。"""

from collections.abc import Mapping
from typing import Any

from shilong.web.common import parameters

MOST = 60
NUMBERS = ("x", "y", "w", "size", "label_width")
TEXTS = ("kind", "text", "key", "label", "font", "align", "color")


def fields_of(data: Mapping[str, str]) -> list[dict[str, Any]]:
    """照面项：field.<序号>.<名>。"""
    rows = []
    for place in range(MOST):
        key, label = (parameters.text(data, f"field.{place}.{name}", 60) for name in ("key", "label"))
        if key or label:
            row = {"key": key, "label": label, "source": parameters.text(data, f"field.{place}.source", 200)}
            rows.append({**row, **{name: data.get(f"field.{place}.{name}") == "1" for name in ("required", "secret")}})
    return rows


def template_of(data: Mapping[str, str]) -> dict[str, Any]:
    """版式：el.<序号>.<名> 与纸张、底纹、二维码、章位。数字写错的原样留空，由规则指出。"""
    elements = [row for place in range(MOST) if (row := _element(data, f"el.{place}."))]
    boxes = {name: {key: _number(data, f"{name}.{key}") for key in ("x", "y", "size")} for name in ("qr", "seal")}
    return {
        "width": _number(data, "width"),
        "height": _number(data, "height"),
        "frame": {"inset": _number(data, "frame.inset"), "color": parameters.text(data, "frame.color", 7)}
        if data.get("frame") == "1"
        else None,
        "ground": {name: parameters.text(data, f"ground.{name}", 20) for name in ("kind", "text", "color")},
        "elements": elements,
        **boxes,
    }


def _element(data: Mapping[str, str], prefix: str) -> dict[str, Any]:
    row: dict[str, Any] = {name: parameters.text(data, prefix + name, 500) for name in TEXTS}
    if not row["kind"] or data.get(prefix + "gone") == "1" or not (row["text"] or row["key"]):
        return {}
    row["kind"] = "field" if row["key"] else "text"
    return {**row, **{name: _number(data, prefix + name) for name in NUMBERS}, "bold": data.get(prefix + "bold") == "1"}


def _number(data: Mapping[str, str], name: str) -> float | None:
    try:
        return float(parameters.text(data, name, 12))
    except ValueError:
        return None
