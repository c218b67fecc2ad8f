"""文档模型：纯数据。长度单位一律毫米，原点在页面左上角，y 向下；字号也是毫米（`pt()` 换算）。

两种排法可以混用：`Page` 里的 `Placed` 是绝对定位（证照照面）；`OfdDocument.flow` 是流式内容，自动分页（通知书、回执）。
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shilong.foundation.documents.ofd.fonts import SONG, Font

Color = tuple[int, int, int]
BLACK: Color = (0, 0, 0)
RED: Color = (200, 16, 16)
GREY: Color = (120, 120, 120)


def pt(points: float) -> float:
    """磅换成毫米；小四是 12 磅，四号 14 磅，三号 16 磅。"""
    return round(points * 25.4 / 72, 3)


class Align(StrEnum):
    """一行文字在可用宽度里的位置。JUSTIFY 两端对齐，末行靠左。"""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    JUSTIFY = "justify"


@dataclass(frozen=True, slots=True)
class Style:
    """文字样式。

    属性：
        size: 字号，毫米。
        leading: 行距，字号的倍数。
        indent: 首行缩进，字数。
    """

    font: Font = SONG
    size: float = pt(12)
    color: Color = BLACK
    align: Align = Align.LEFT
    leading: float = 1.6
    indent: float = 0


BODY = Style(align=Align.JUSTIFY, indent=2)


@dataclass(frozen=True, slots=True)
class TextBlock:
    """一段文字，自动换行；`\\n` 另起一段。`after` 是段后距。"""

    text: str
    style: Style = Style()
    after: float = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """单元格。`span` 是占几列。"""

    text: str
    style: Style | None = None
    span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """表格。

    属性：
        widths: 各列宽；总和不必等于版心宽，按给的画。
        rows: 每行的单元格；文字可以直接给 str。
        header: 前几行是表头，跨页时重复。
        padding: 单元格四周留白。
        border: 边框线宽；0 不画。
        minimum: 最小行高。
    """

    widths: Sequence[float]
    rows: Sequence[Sequence[Cell | str]]
    header: int = 0
    style: Style = Style(size=pt(10.5), leading=1.35)
    padding: float = 1.5
    border: float = 0.2
    color: Color = BLACK
    minimum: float = 7
    after: float = 3


@dataclass(frozen=True, slots=True)
class Picture:
    """PNG 或 JPEG。只给宽时按比例定高。"""

    data: bytes
    width: float
    height: float | None = None
    align: Align = Align.LEFT
    after: float = 0


@dataclass(frozen=True, slots=True)
class QrCode:
    """二维码，纠错级 M；`size` 含静区。"""

    text: str
    size: float
    align: Align = Align.LEFT
    after: float = 0


@dataclass(frozen=True, slots=True)
class Line:
    """直线，从放置点画到（放置点 + dx, + dy）。流式里 dx 为 0 表示通栏横线。"""

    dx: float = 0
    dy: float = 0
    width: float = 0.3
    color: Color = BLACK
    after: float = 2


@dataclass(frozen=True, slots=True)
class Rect:
    """矩形；`stroke`、`fill` 为空即不描边、不填色。"""

    width: float
    height: float
    stroke: Color | None = BLACK
    fill: Color | None = None
    line: float = 0.3
    after: float = 0


@dataclass(frozen=True, slots=True)
class Watermark:
    """底纹：文字斜着铺满一片。颜色要浅，别盖住正文。"""

    text: str
    width: float
    height: float
    style: Style = Style(size=pt(14), color=(228, 232, 238))
    angle: float = -30
    step: tuple[float, float] = (62, 40)


@dataclass(frozen=True, slots=True)
class Pattern:
    """底纹：一个小图形横竖重复。

    属性：
        tile: 折线组，每条是若干 (x, y)，相对小图形左上角。
        step: 横、竖方向的间隔。
    """

    tile: Sequence[Sequence[tuple[float, float]]]
    width: float
    height: float
    step: tuple[float, float] = (6, 6)
    line: float = 0.1
    color: Color = (215, 222, 232)


@dataclass(frozen=True, slots=True)
class Space:
    """流式内容里的空白。"""

    height: float


@dataclass(frozen=True, slots=True)
class PageBreak:
    """另起一页。"""


Block = TextBlock | Table | Picture | QrCode | Line | Rect | Watermark | Pattern | Space | PageBreak


@dataclass(frozen=True, slots=True)
class Placed:
    """绝对定位：块的左上角在 (x, y)。文字块、表格要给 `width`。"""

    x: float
    y: float
    block: Block
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """一页绝对定位的内容，按次序画，后画的在上。"""

    items: Sequence[Placed] = ()
    width: float = 210
    height: float = 297


@dataclass(frozen=True, slots=True)
class Paper:
    """流式内容的纸张与页边距；默认 GB/T 9704 的 A4 版心（156×225）。"""

    width: float = 210
    height: float = 297
    top: float = 37
    right: float = 26
    bottom: float = 35
    left: float = 28


@dataclass(frozen=True, slots=True)
class OfdDocument:
    """一份文档。

    属性：
        pages: 绝对定位的页，在前。
        flow: 流式内容，在后，自动分页。
        background: 每个流式页先画的内容（底纹、页眉）。
        numbered: 流式页脚印“— 1 —”样式的页码。
        custom: 写进 DocInfo 的自定义数据，如证照编号。
        created: 写进文件的生成时间；必给，内容才可重现。
        identifier: 文档标识；不给时由标题、时间与正文算出。
    """

    title: str
    created: datetime
    author: str = ""
    subject: str = ""
    pages: Sequence[Page] = ()
    flow: Sequence[Block] = ()
    paper: Paper = field(default_factory=Paper)
    background: Sequence[Placed] = ()
    numbered: bool = False
    custom: Mapping[str, str] = field(default_factory=dict)
    identifier: str = ""
