"""默认版式：四类，按照面项自动排；之后可在页面上逐种改。"""

from collections.abc import Sequence
from typing import Any

GOLD, NAVY, GREEN = "#a8873f", "#23477d", "#3f7d5a"
Element = dict[str, Any]
Rows = Sequence[tuple[str, str]]  # （代码，名称）


def template(look: str, fields: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """某一类的版式。"""
    rows = [(one["key"], one["label"]) for one in fields]
    return {"permit": _permit, "licence": _licence, "personal": _personal, "voucher": _voucher}[look](rows)


def _text(text: str, x: float, y: float, w: float, size: float, **extra: Any) -> Element:
    return {"kind": "text", "text": text, "x": x, "y": y, "w": w, "size": size, **extra}


def _field(key: str, label: str, x: float, y: float, w: float, size: float, label_width: float) -> Element:
    return {"kind": "field", "key": key, "label": label, "x": x, "y": y, "w": w, "size": size, "label_width": label_width}


def _column(rows: Rows, x: float, y: float, w: float, size: float, label_width: float, bottom: float) -> list[Element]:
    """竖着排一列；行距按剩下的高度匀开，长内容（范围、项目）多留一倍。"""
    weights = [2 if key in ("KZ_JYFW", "KZ_XKNR", "KZ_JYXM", "KZ_NR") else 1 for key, _ in rows]
    step = min(16.0, (bottom - y) / max(sum(weights), 1))
    found, at = [], y
    for (key, label), weight in zip(rows, weights, strict=True):
        found.append(_field(key, label, x, round(at, 1), w, size, label_width))
        at += step * weight
    return found


def _permit(rows: Rows) -> dict[str, Any]:
    body = [("CZZT", "持证主体"), ("CZZTDM", "主体代码"), *rows, ("ZZYXQ", "有效期限")]
    return {
        "width": 210,
        "height": 297,
        "frame": {"inset": 9, "color": GOLD},
        "ground": {"kind": "pattern", "text": "", "color": "#efe7d3"},
        "elements": [
            _text("{ZZMC}", 15, 34, 180, 32, font="hei", align="center", color="#8a1c1c"),
            _text("{ZZBH}", 15, 55, 180, 13, font="song", align="center"),
            *_column(body, 26, 78, 160, 15, 56, 205),
            _text("发证机关：{ZZBFJG}", 76, 226, 118, 14, align="center"),
            _text("{ZZBFRQ}", 76, 238, 118, 14, align="center"),
            _text("扫码查验真伪与状态", 20, 262, 40, 9, align="center", color="#46536a"),
            _text("证照标识：{ZZBS}", 15, 275, 180, 8, align="center", color="#46536a"),
        ],
        "qr": {"x": 25, "y": 228, "size": 32},
        "seal": {"x": 114, "y": 210, "size": 42},
    }


def _licence(rows: Rows) -> dict[str, Any]:
    left, right = [("CZZTDM", "统一社会信用代码"), *rows[: (len(rows) + 1) // 2]], [*rows[(len(rows) + 1) // 2 :], ("ZZYXQ", "有效期限")]
    return {
        "width": 297,
        "height": 210,
        "frame": {"inset": 8, "color": NAVY},
        "ground": {"kind": "text", "text": "石龙区电子证照", "color": "#e6edf7"},
        "elements": [
            _text("{ZZMC}", 20, 24, 257, 34, font="hei", align="center", color="#8a1c1c"),
            _text("编号：{ZZBH}", 20, 46, 257, 12, align="center"),
            _field("CZZT", "持证主体", 24, 62, 249, 14, 46),
            *_column(left, 24, 76, 122, 13, 46, 148),
            *_column(right, 152, 76, 122, 13, 46, 148),
            _text("发证机关：{ZZBFJG}", 150, 164, 120, 13, align="center"),
            _text("{ZZBFRQ}", 150, 175, 120, 13, align="center"),
            _text("扫码查验真伪与状态", 62, 166, 60, 9, color="#46536a"),
            _text("证照标识：{ZZBS}", 20, 193, 257, 8, align="center", color="#46536a"),
        ],
        "qr": {"x": 26, "y": 152, "size": 33},
        "seal": {"x": 189, "y": 148, "size": 42},
    }


def _personal(rows: Rows) -> dict[str, Any]:
    body = [("CZZT", "姓名"), ("CZZTDM", "证件号码"), *rows, ("ZZYXQ", "有效期限")]
    return {
        "width": 210,
        "height": 297,
        "frame": {"inset": 10, "color": GREEN},
        "ground": {"kind": "pattern", "text": "", "color": "#dfeee5"},
        "elements": [
            _text("{ZZMC}", 15, 42, 180, 32, font="hei", align="center", color="#1f5a3a"),
            _text("{ZZBH}", 15, 63, 180, 13, align="center"),
            *_column(body, 34, 94, 146, 16, 48, 205),
            _text("发证机关：{ZZBFJG}", 76, 226, 118, 14, align="center"),
            _text("{ZZBFRQ}", 76, 238, 118, 14, align="center"),
            _text("扫码查验真伪与状态", 20, 262, 40, 9, align="center", color="#46536a"),
            _text("证照标识：{ZZBS}", 15, 275, 180, 8, align="center", color="#46536a"),
        ],
        "qr": {"x": 25, "y": 228, "size": 32},
        "seal": {"x": 114, "y": 210, "size": 42},
    }


def _voucher(rows: Rows) -> dict[str, Any]:
    body = [("CZZT", "登记（备案）主体"), ("CZZTDM", "主体代码"), *rows, ("ZZYXQ", "有效期限")]
    return {
        "width": 210,
        "height": 148,
        "frame": {"inset": 7, "color": NAVY},
        "ground": {"kind": "text", "text": "石龙区政务服务", "color": "#e8eef7"},
        "elements": [
            _text("{ZZMC}", 15, 18, 180, 24, font="hei", align="center", color="#23477d"),
            _text("编号：{ZZBH}", 15, 32, 180, 11, align="center"),
            *_column(body, 22, 46, 166, 12, 46, 100),
            _text("{ZZBFJG}", 92, 108, 96, 12, align="center"),
            _text("{ZZBFRQ}", 92, 117, 96, 12, align="center"),
            _text("证照标识：{ZZBS}", 15, 132, 180, 7.5, align="center", color="#46536a"),
        ],
        "qr": {"x": 22, "y": 101, "size": 28},
        "seal": {"x": 122, "y": 96, "size": 38},
    }
