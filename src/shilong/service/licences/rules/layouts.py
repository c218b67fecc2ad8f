"""照面版式：一份 JSON，页面可改；这里核对它，坏模板存不进来。

坐标毫米，原点左上；字号磅。`elements` 里 text 是固定文字（可含 `{ZZBH}` 这样的要素），field 是“名称 + 值”一行。
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shilong.foundation.refusals import Invalid

STANDARD = {
    "ZZMC": "证照名称",
    "ZZBH": "证照编号",
    "ZZBS": "证照标识",
    "CZZT": "持证主体",
    "CZZTDM": "持证主体代码",
    "CZZTDMLX": "持证主体代码类型",
    "ZZBFJG": "颁发机构",
    "ZZBFRQ": "颁发日期",
    "ZZYXQ": "有效期限",
}
FONTS = {"song": "宋体", "hei": "黑体", "kai": "楷体", "fang": "仿宋"}
ALIGNS = ("left", "center", "right")
GROUNDS = {"text": "文字底纹", "pattern": "图案底纹", "none": "无底纹"}
KEY = re.compile(r"KZ_[A-Z0-9_]{1,24}")
COLOR = re.compile(r"#[0-9a-f]{6}")
_SLOT = re.compile(r"\{([A-Z0-9_]+)\}")
MAX_ELEMENTS = 60


def check_fields(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """核对扩展照面项；返回规范写法。

    参数：
        rows: 每项 {key, label, source, required, secret}；`source` 是申请表字段键，或 `=固定文字`，可以用 `|` 给出几个，取第一个有值的。

    异常：
        Invalid: 键不是 KZ_ 开头的大写字母、重复，或没有名称。
    """
    found: list[dict[str, Any]] = []
    errors: dict[str, str] = {}
    for place, row in enumerate(rows):
        key, label = str(row.get("key", "")).strip().upper(), str(row.get("label", "")).strip()
        if not key and not label:
            continue
        if not KEY.fullmatch(key):
            errors[f"fields.{place}.key"] = f"第 {place + 1} 项的代码应以 KZ_ 开头，后面是大写字母或数字"
        elif any(one["key"] == key for one in found):
            errors[f"fields.{place}.key"] = f"第 {place + 1} 项的代码 {key} 重复"
        if not label or len(label) > 30:
            errors[f"fields.{place}.label"] = f"第 {place + 1} 项请填写名称，不超过 30 字"
        found.append(
            {
                "key": key,
                "label": label,
                "source": str(row.get("source", "")).strip()[:200],
                "required": bool(row.get("required")),
                "secret": bool(row.get("secret")),
            }
        )
    if errors:
        raise Invalid("照面项填写有误。", fields=errors)
    return found


def check_template(template: Any, keys: set[str]) -> dict[str, Any]:
    """核对版式。

    参数：
        keys: 可用的要素代码（标准项加扩展项）。

    异常：
        Invalid: 消息指出第几个元素、哪里不对。
    """
    if not isinstance(template, Mapping):
        raise Invalid("版式应为一份 JSON 对象。")
    width, height = _number(template, "width", 50, 420, "纸宽"), _number(template, "height", 50, 420, "纸高")
    rows = template.get("elements")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_ELEMENTS:
        raise Invalid(f"版式里应有 1 到 {MAX_ELEMENTS} 个元素。")
    elements = [_element(row, place, width, height, keys) for place, row in enumerate(rows, 1)]
    return {
        "width": width,
        "height": height,
        "ground": _ground(template.get("ground") or {}),
        "frame": _frame(template.get("frame")),
        "elements": elements,
        "qr": _box(template.get("qr"), "二维码", width, height, least=15),
        "seal": _box(template.get("seal"), "章位", width, height, least=20),
    }


def fill(text: str, values: Mapping[str, str]) -> str:
    """把 `{ZZBH}` 换成值；没有的项为空。"""
    return _SLOT.sub(lambda found: values.get(found[1], ""), text)


def used(template: Mapping[str, Any]) -> set[str]:
    """版式里用到的要素代码。"""
    found: set[str] = set()
    for row in template["elements"]:
        found |= {row["key"]} if row["kind"] == "field" else set(_SLOT.findall(row["text"]))
    return found


def _element(row: Any, place: int, width: float, height: float, keys: set[str]) -> dict[str, Any]:
    name = f"第 {place} 个元素"
    if not isinstance(row, Mapping) or row.get("kind") not in ("text", "field"):
        raise Invalid(f"{name}的类型应为 text 或 field。")
    found: dict[str, Any] = {
        "kind": row["kind"],
        "x": _number(row, "x", 0, width, f"{name}的横坐标"),
        "y": _number(row, "y", 0, height, f"{name}的纵坐标"),
        "w": _number(row, "w", 5, width, f"{name}的宽"),
        "size": _number(row, "size", 6, 60, f"{name}的字号"),
        "font": row.get("font") if row.get("font") in FONTS else "song",
        "bold": bool(row.get("bold")),
        "align": row.get("align") if row.get("align") in ALIGNS else "left",
        "color": _color(row.get("color"), "#000000"),
    }
    if found["x"] + found["w"] > width + 0.01:
        raise Invalid(f"{name}超出了纸边：横坐标加宽不能大于 {width:g} 毫米。")
    return found | (_field(row, name, keys) if row["kind"] == "field" else _text(row, name, keys))


def _field(row: Mapping[str, Any], name: str, keys: set[str]) -> dict[str, Any]:
    if row.get("key") not in keys:
        raise Invalid(f"{name}引用了没有的照面项“{row.get('key', '')}”。")
    label = str(row.get("label") or "")[:30]
    return {"key": row["key"], "label": label, "label_width": _number(row, "label_width", 0, 120, f"{name}的名称宽", default=32)}


def _text(row: Mapping[str, Any], name: str, keys: set[str]) -> dict[str, Any]:
    text = str(row.get("text") or "")[:500]
    missing = set(_SLOT.findall(text)) - keys
    if missing:
        raise Invalid(f"{name}引用了没有的照面项“{'、'.join(sorted(missing))}”。")
    return {"text": text}


def _ground(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = row.get("kind") if row.get("kind") in GROUNDS else "none"
    return {"kind": kind, "text": str(row.get("text") or "")[:20], "color": _color(row.get("color"), "#e8eef7")}


def _frame(row: Any) -> dict[str, Any] | None:
    if not isinstance(row, Mapping):
        return None
    return {"inset": _number(row, "inset", 2, 40, "边框离纸边", default=8), "color": _color(row.get("color"), "#a8873f")}


def _box(row: Any, name: str, width: float, height: float, *, least: float) -> dict[str, float]:
    if not isinstance(row, Mapping):
        raise Invalid(f"请给出{name}的位置。")
    size = _number(row, "size", least, 80, f"{name}的大小")
    x, y = _number(row, "x", 0, width - size, f"{name}的横坐标"), _number(row, "y", 0, height - size, f"{name}的纵坐标")
    return {"x": x, "y": y, "size": size}


def _number(row: Mapping[str, Any], key: str, least: float, most: float, name: str, *, default: float | None = None) -> float:
    value = row.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise Invalid(f"{name}应在 {least:g} 到 {most:g} 之间。")
    return round(float(value), 2)


def _color(value: Any, default: str) -> str:
    return value.lower() if isinstance(value, str) and COLOR.fullmatch(value.lower()) else default
