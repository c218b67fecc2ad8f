"""把文档模型排到页面上：绝对定位的照着放，流式的自动分页。"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, singledispatch

from shilong.foundation.documents.ofd import pictures, tables
from shilong.foundation.documents.ofd.fonts import Font
from shilong.foundation.documents.ofd.layout import (
    Align,
    Block,
    Line,
    OfdDocument,
    Page,
    PageBreak,
    Paper,
    Pattern,
    Picture,
    Placed,
    QrCode,
    Rect,
    Space,
    Style,
    Table,
    TextBlock,
    Watermark,
    pt,
)
from shilong.foundation.documents.ofd.lines import TextLine, break_lines, printable, width_of
from shilong.foundation.documents.ofd.marks import Glyphs, Image, Mark, Path, Sheet
from shilong.foundation.documents.ofd.marks import number as _n
from shilong.foundation.documents.ofd.refusals import DoesNotFit

BASELINE = 0.88  # 基线在字身里的高度（Noto CJK 的 ascent）
BACKDROP = (Watermark, Pattern)
FOOTER = Style(size=pt(14), align=Align.CENTER)
FOOTER_GAP = 7  # 页码在版心下边缘之下 7 毫米（GB/T 9704—2012 7.5）


def compose(document: OfdDocument) -> list[Sheet]:
    """排成一页页。没有任何内容时也有一页空白页。

    异常：
        MissingGlyph、FontUnavailable、BadPicture、DoesNotFit。
    """
    sheets = [_absolute(page) for page in document.pages]
    if document.flow or not sheets:
        sheets += _Flow(document).run()
    return sheets


def _absolute(page: Page) -> Sheet:
    return _sheet(page.width, page.height, page.items)


def _sheet(width: float, height: float, items: Sequence[Placed]) -> Sheet:
    backdrop = [mark for item in items if isinstance(item.block, BACKDROP) for mark in place(item)]
    return Sheet(width, height, [mark for item in items if not isinstance(item.block, BACKDROP) for mark in place(item)], backdrop)


def place(item: Placed) -> list[Mark]:
    """一个绝对定位块的全部笔画。"""
    marks, _ = draw(item.block, item.x, item.y, item.width)
    return marks


@singledispatch
def draw(block: Block, x: float, y: float, width: float | None) -> tuple[list[Mark], float]:
    """画一个块，返回笔画与占用的高度。"""
    raise TypeError(f"不认识的块：{type(block).__name__}")


@draw.register
def _text(block: TextBlock, x: float, y: float, width: float | None) -> tuple[list[Mark], float]:
    room = width or max((width_of(printable(one), block.style) for one in block.text.split("\n")), default=0) + 0.01
    lines = break_lines(block.text, block.style, room)
    return glyphs(lines, block.style, x, y), len(lines) * block.style.size * block.style.leading + block.after


def glyphs(lines: list[TextLine], style: Style, x: float, y: float) -> list[Mark]:
    """若干行文字的笔画；每行占 `leading` 倍字号，文字在行里居中。"""
    pitch = style.size * style.leading
    first = y + (pitch - style.size) / 2 + style.size * BASELINE
    return [
        Glyphs(line.text, x + line.x, first + number * pitch, line.advances, style.font, style.size, style.color)
        for number, line in enumerate(lines)
        if line.text.strip()
    ]


@draw.register
def _table(block: Table, x: float, y: float, width: float | None) -> tuple[list[Mark], float]:
    marks: list[Mark] = []
    top = y
    for row in tables.rows(block):
        marks += table_row(block, row, x, top)
        top += row.height
    return marks, top - y + block.after


def table_row(block: Table, row: tables.Row, x: float, y: float) -> list[Mark]:
    """一行的文字与边框。"""
    marks: list[Mark] = []
    for cell in row.cells:
        free = row.height - 2 * block.padding - cell.height
        marks += glyphs(cell.lines, cell.style, x + cell.x + block.padding, y + block.padding + max(free, 0) / 2)
        if block.border:
            marks.append(rectangle(x + cell.x, y, Rect(cell.width, row.height, block.color, None, block.border)))
    return marks


@draw.register
def _picture(block: Picture, x: float, y: float, width: float | None) -> tuple[list[Mark], float]:
    kind, across, down = pictures.facts(block.data)
    height = block.height or block.width * down / across
    left = x + _shift(block.align, block.width, width)
    return [Image(left, y, block.width, height, block.data, kind)], height + block.after


@draw.register
def _code(block: QrCode, x: float, y: float, width: float | None) -> tuple[list[Mark], float]:
    left = x + _shift(block.align, block.size, width)
    return [Image(left, y, block.size, block.size, pictures.qr_png(block.text), "PNG")], block.size + block.after


def _shift(align: Align, own: float, width: float | None) -> float:
    slack = max((width or own) - own, 0)
    return {Align.CENTER: slack / 2, Align.RIGHT: slack}.get(align, 0)


@draw.register
def _line(block: Line, x: float, y: float, width: float | None) -> tuple[list[Mark], float]:
    dx = block.dx if block.dx or block.dy else (width or 0)
    left, top, half = min(x, x + dx), min(y, y + block.dy), block.width
    begin, end = (x - left + half, y - top + half), (x + dx - left + half, y + block.dy - top + half)
    data = f"M {_n(begin[0])} {_n(begin[1])} L {_n(end[0])} {_n(end[1])}"
    mark = Path(left - half, top - half, abs(dx) + 2 * half, abs(block.dy) + 2 * half, data, block.color, None, block.width)
    return [mark], abs(block.dy) + block.after


@draw.register
def _rect(block: Rect, x: float, y: float, width: float | None) -> tuple[list[Mark], float]:
    return [rectangle(x, y, block)], block.height + block.after


def rectangle(x: float, y: float, block: Rect) -> Path:
    """矩形路径。"""
    w, h = _n(block.width), _n(block.height)
    return Path(x, y, block.width, block.height, f"M 0 0 L {w} 0 L {w} {h} L 0 {h} C", block.stroke, block.fill, block.line)


@draw.register
def _watermark(block: Watermark, x: float, y: float, width: float | None) -> tuple[list[Mark], float]:
    text = printable(block.text).replace("\n", " ")
    (line,) = break_lines(text, replace(block.style, align=Align.LEFT, indent=0), math.inf)
    marks: list[Mark] = [
        Glyphs(line.text, x + left, y + top, line.advances, block.style.font, block.style.size, block.style.color, block.angle)
        for left, top in _watermark_spots(block, sum(line.advances))
    ]
    return marks, 0


def _watermark_spots(block: Watermark, length: float) -> Iterator[tuple[float, float]]:
    """隔行错开半步；整条文字都落在范围里的才要。"""
    right, rise = length * math.cos(math.radians(block.angle)), length * math.sin(math.radians(block.angle))
    across, down = block.step
    for row in range(math.ceil(block.height / down) + 1):
        for column in range(math.ceil(block.width / across) + 1):
            left, top = column * across + (row % 2) * across / 2, row * down
            ends = (left, left + right), (top, top + rise)
            if min(ends[0]) >= 0 and max(ends[0]) <= block.width and min(ends[1]) >= block.style.size and max(ends[1]) <= block.height:
                yield left, top


@draw.register
def _pattern(block: Pattern, x: float, y: float, width: float | None) -> tuple[list[Mark], float]:
    tile = tuple(tuple((float(px), float(py)) for px, py in line) for line in block.tile)
    data = _tiled(tile, int(block.width // block.step[0]), int(block.height // block.step[1]), block.step)
    return [Path(x, y, block.width, block.height, data, block.color, None, block.line)], 0


@lru_cache(maxsize=32)
def _tiled(tile: tuple[tuple[tuple[float, float], ...], ...], columns: int, rows: int, step: tuple[float, float]) -> str:
    """铺满底纹的路径；同一种证照的底纹张张一样，不必每次重算。"""
    shifts = [(column * step[0], row * step[1]) for row in range(rows) for column in range(columns)]
    return " ".join(_polyline(line, dx, dy) for dx, dy in shifts for line in tile)


def _polyline(points: Sequence[tuple[float, float]], dx: float, dy: float) -> str:
    moves = [f"{_n(px + dx)} {_n(py + dy)}" for px, py in points]
    return "M " + " L ".join(moves)


@draw.register
def _space(block: Space, x: float, y: float, width: float | None) -> tuple[list[Mark], float]:
    return [], block.height


class _Flow:
    """流式排版：一块一块往下放，放不下就换页；文字按行断，表格按行断并重复表头。"""

    def __init__(self, document: OfdDocument) -> None:
        self._document = document
        self._paper: Paper = document.paper
        self._width = self._paper.width - self._paper.left - self._paper.right
        self._bottom = self._paper.height - self._paper.bottom
        if self._width <= 0 or self._bottom <= self._paper.top:
            raise DoesNotFit(detail="页边距比纸还大")
        self._sheets: list[Sheet] = []
        self._new_page()

    def run(self) -> list[Sheet]:
        for block in self._document.flow:
            self._put(block)
        if self._document.numbered:
            for number, sheet in enumerate(self._sheets, start=1):
                sheet.marks.extend(self._footer(number))
        return self._sheets

    def _put(self, block: Block) -> None:
        if isinstance(block, PageBreak):
            self._new_page()
        elif isinstance(block, TextBlock):
            self._put_text(block)
        elif isinstance(block, Table):
            self._put_table(block)
        else:
            self._put_whole(block)

    def _put_text(self, block: TextBlock) -> None:
        lines = break_lines(block.text, block.style, self._width)
        pitch = block.style.size * block.style.leading
        while lines:
            fits = self._lines_that_fit(pitch)
            self._marks += glyphs(lines[:fits], block.style, self._paper.left, self._y)
            self._y += len(lines[:fits]) * pitch
            lines = lines[fits:]
        self._y += block.after

    def _lines_that_fit(self, pitch: float) -> int:
        fits = int((self._bottom - self._y + 1e-6) // pitch)
        if fits < 1:
            self._new_page()
            fits = int((self._bottom - self._y + 1e-6) // pitch)
        if fits < 1:
            raise DoesNotFit(detail="一行字比一页还高")
        return fits

    def _put_table(self, table: Table) -> None:
        rows = list(tables.rows(table))
        header, body = rows[: table.header], rows[table.header :]
        head = sum(row.height for row in header)
        room = self._bottom - self._paper.top - head
        self._put_rows(table, header, head + (body[0].height if body else 0))
        for row in body:
            for piece in tables.split(row, table, room):
                if self._y + piece.height > self._bottom + 1e-6:
                    self._new_page()
                    self._put_rows(table, header, 0)
                self._put_rows(table, [piece], 0)
        self._y += table.after

    def _put_rows(self, table: Table, rows: list[tables.Row], needed: float) -> None:
        """`needed`：表头要和第一行在一起，不孤零零留在页底。"""
        if needed and self._y + needed > self._bottom and self._y > self._paper.top:
            self._new_page()
        for row in rows:
            self._marks += table_row(table, row, self._paper.left, self._y)
            self._y += row.height

    def _put_whole(self, block: Block) -> None:
        marks, height = draw(block, self._paper.left, self._y, self._width)
        own = height - getattr(block, "after", 0)
        if own > self._bottom - self._paper.top:
            raise DoesNotFit(detail="有一块内容比一页还高")
        if self._y + own > self._bottom + 1e-6:
            self._new_page()
            marks, height = draw(block, self._paper.left, self._y, self._width)
        self._marks += marks
        self._y += height

    def _new_page(self) -> None:
        sheet = _sheet(self._paper.width, self._paper.height, self._document.background)
        self._marks = sheet.marks
        self._sheets.append(sheet)
        self._y = self._paper.top

    def _footer(self, number: int) -> list[Mark]:
        block = TextBlock(f"— {number} —", FOOTER)
        return draw(block, self._paper.left, self._bottom + FOOTER_GAP, self._width)[0]


def fonts_used(sheets: list[Sheet]) -> dict[Font, str]:
    """每种字体用到的字，排好序、不重复。"""
    used: dict[Font, set[str]] = {}
    for sheet in sheets:
        for mark in sheet.background + sheet.marks:
            if isinstance(mark, Glyphs):
                used.setdefault(mark.font, set()).update(mark.text)
    return {font: "".join(sorted(characters)) for font, characters in used.items()}
