"""排好版之后、写成 XML 之前的东西：文字、路径、图片，都已定在页面上。"""

from dataclasses import dataclass

from shilong.foundation.documents.ofd.fonts import Font
from shilong.foundation.documents.ofd.layout import Color


@dataclass(frozen=True, slots=True)
class Glyphs:
    """一行文字。`(x, y)` 是首字基线左端；`angle` 是绕它顺时针转的角度。"""

    text: str
    x: float
    y: float
    advances: tuple[float, ...]
    font: Font
    size: float
    color: Color
    angle: float = 0


@dataclass(frozen=True, slots=True)
class Path:
    """路径，坐标相对 `(x, y)`；`data` 是 OFD 的 AbbreviatedData。"""

    x: float
    y: float
    width: float
    height: float
    data: str
    stroke: Color | None
    fill: Color | None
    line: float


@dataclass(frozen=True, slots=True)
class Image:
    """图片，铺满 `(x, y, width, height)`。`kind` 是 PNG 或 JPEG。"""

    x: float
    y: float
    width: float
    height: float
    data: bytes
    kind: str


Mark = Glyphs | Path | Image


@dataclass(frozen=True, slots=True)
class Sheet:
    """排好的一页。`background` 是底纹，单放一层，取正文文字时不混进来。"""

    width: float
    height: float
    marks: list[Mark]
    background: list[Mark]


def number(value: float) -> str:
    """毫米数的最短写法，三位小数（微米）。"""
    return f"{value:.3f}".rstrip("0").rstrip(".")
