"""把本平台用 typst 排好的 PDF 誊成 OFD：版面只排一次，两种格式逐字对得上。

只认自己排的文书（文字、线、框、二维码，没有位图与旋转），不是通用的格式转换。
字体两边都取 Noto CJK，字形与字宽一致，因此按每个字的原点照搬即可。
"""

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium

from shilong.foundation.documents.ofd import writer
from shilong.foundation.documents.ofd.fonts import HEI, SONG, Font
from shilong.foundation.documents.ofd.layout import Color, OfdDocument, pt
from shilong.foundation.documents.ofd.marks import Glyphs, Mark, Path, Sheet

_MOVE, _CURVE = pdfium.FPDF_SEGMENT_MOVETO, pdfium.FPDF_SEGMENT_BEZIERTO
_BOLD = 600
_SAME_LINE = 0.05  # 磅；同一行的字基线完全相同，留一点浮点误差


@dataclass(frozen=True, slots=True)
class Spot:
    """落款所在：第几页（从 1 起），署名与成文日期合起来的中心，毫米，页面左上为原点。"""

    page: int
    x: float
    y: float


def sheets(pdf: bytes) -> list[Sheet]:
    """把 `typesetting.compile_pdf` 的产物逐页读成排好的版面。"""
    opened = pypdfium2.PdfDocument(pdf)
    try:
        return [_sheet(page) for page in opened]
    finally:
        opened.close()


def ofd_of(pages: list[Sheet], *, title: str, created: datetime, author: str = "", custom: dict[str, str] | None = None) -> bytes:
    """写成 OFD，未签章；同样的版面得到同样的字节。

    参数：
        created: 成文时间，写进文件。
        custom: 写进文件的自定义数据，如文书编号。

    异常：
        MissingGlyph: 有字在嵌入字体里没有字形。FontUnavailable: 服务器没有字体。
    """
    return writer.write_sheets(OfdDocument(title=title, created=created, author=author, custom=custom or {}), pages)


def signature_spot(pages: list[Sheet], issuer: str, issued_on: str) -> Spot | None:
    """落款的位置：最后一处单独成行的成文日期，连同它上面的署名；没有落款的文书返回 None。"""
    for number, sheet in reversed(list(enumerate(pages, start=1))):
        lines = [mark for mark in sheet.marks if isinstance(mark, Glyphs)]
        dates = [one for one in lines if one.text == issued_on]
        names = [one for one in lines if one.text == issuer]
        if dates and names and names[-1].y < dates[-1].y:
            both = (names[-1], dates[-1])
            left = min(one.x for one in both)
            right = max(one.x + sum(one.advances) for one in both)
            return Spot(number, (left + right) / 2, (both[0].y - both[0].size + both[1].y) / 2)
    return None


def _sheet(page: pypdfium2.PdfPage) -> Sheet:
    width, height = page.get_size()
    marks: list[Mark] = [*_paths(page, height), *_lines(page, height)]
    return Sheet(pt(width), pt(height), marks, [])


class _Char:
    """一个字：内容、原点（磅，y 向上）、字号、字体、颜色。"""

    __slots__ = ("color", "font", "size", "text", "x", "y")

    def __init__(self, textpage: pypdfium2.PdfTextPage, index: int) -> None:
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(textpage, index, x, y)
        self.x, self.y = x.value, y.value
        self.text = chr(pdfium.FPDFText_GetUnicode(textpage, index))
        self.size = float(pdfium.FPDFText_GetFontSize(textpage, index))
        self.font = _font(textpage, index)
        self.color = _ink(lambda *parts: pdfium.FPDFText_GetFillColor(textpage, index, *parts))

    def follows(self, other: "_Char") -> bool:
        """能不能接在同一段文字后面。"""
        same = (self.size, self.font, self.color) == (other.size, other.font, other.color)
        return same and abs(self.y - other.y) < _SAME_LINE and self.x > other.x


def _font(textpage: pypdfium2.PdfTextPage, index: int) -> Font:
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(textpage, index, name, len(name), ctypes.c_int())
    base = HEI if b"Sans" in name.value else SONG
    return Font(base.family, bold=pdfium.FPDFText_GetFontWeight(textpage, index) >= _BOLD)


def _lines(page: pypdfium2.PdfPage, height: float) -> Iterator[Glyphs]:
    textpage = page.get_textpage()
    run: list[_Char] = []
    for index in range(textpage.count_chars()):
        if pdfium.FPDFText_IsGenerated(textpage, index):  # 换行、补的空格，页面上没有
            continue
        char = _Char(textpage, index)
        if run and not char.follows(run[-1]):
            yield _glyphs(run, height)
            run = []
        run.append(char)
    if run:
        yield _glyphs(run, height)


def _glyphs(run: list[_Char], height: float) -> Glyphs:
    first = run[0]
    gaps = [after.x - before.x for before, after in pairwise(run)]
    advances = tuple(pt(gap) for gap in [*gaps, first.size])
    text = "".join(char.text for char in run)
    return Glyphs(text, pt(first.x), pt(height - first.y), advances, first.font, pt(first.size), first.color)


def _paths(page: pypdfium2.PdfPage, height: float) -> Iterator[Path]:
    for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,)):
        path = _path(item, height)
        if path is not None:
            yield path


def _path(item: pypdfium2.PdfObject, height: float) -> Path | None:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
    points = list(_segments(item, height))
    if not points or not (fill.value or stroke.value):
        return None
    left, top = min(x for _, x, _ in points), min(y for _, _, y in points)
    right, bottom = max(x for _, x, _ in points), max(y for _, _, y in points)
    thickness = ctypes.c_float()
    pdfium.FPDFPageObj_GetStrokeWidth(item, thickness)
    line = pt(thickness.value * _scale(item))
    return Path(
        left,
        top,
        max(right - left, line),
        max(bottom - top, line),
        _data(points, left, top),
        _ink(lambda *parts: pdfium.FPDFPageObj_GetStrokeColor(item, *parts)) if stroke.value else None,
        _ink(lambda *parts: pdfium.FPDFPageObj_GetFillColor(item, *parts)) if fill.value else None,
        line,
    )


def _matrix(item: pypdfium2.PdfObject) -> pdfium.FS_MATRIX:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    return matrix


def _scale(item: pypdfium2.PdfObject) -> float:
    matrix = _matrix(item)
    return float(abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5)


def _segments(item: pypdfium2.PdfObject, height: float) -> Iterator[tuple[int, float, float]]:
    """路径的点，毫米，页面左上为原点。"""
    matrix = _matrix(item)
    for index in range(pdfium.FPDFPath_CountSegments(item)):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        x, y = ctypes.c_float(), ctypes.c_float()
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        across = matrix.a * x.value + matrix.c * y.value + matrix.e
        up = matrix.b * x.value + matrix.d * y.value + matrix.f
        yield pdfium.FPDFPathSegment_GetType(segment), pt(across), pt(height - up)


def _data(points: list[tuple[int, float, float]], left: float, top: float) -> str:
    """OFD 的 AbbreviatedData：M 移动、L 直线、B 三次曲线（三个点一组）。"""
    words: list[str] = []
    curve: list[str] = []
    for kind, x, y in points:
        where = f"{x - left:.3f} {y - top:.3f}"
        if kind == _CURVE:
            curve.append(where)
            if len(curve) == 3:
                words.append("B " + " ".join(curve))
                curve = []
        else:
            words.append(("M " if kind == _MOVE else "L ") + where)
    return " ".join(words)


def _ink(read: Callable[..., object]) -> Color:
    parts = [ctypes.c_uint() for _ in range(4)]
    read(*parts)
    return (parts[0].value, parts[1].value, parts[2].value)
