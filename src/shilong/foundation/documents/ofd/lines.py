"""断行：按字体的真实字宽，守中文避头尾，西文单词与数字不拆开。"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from shilong.foundation.documents.ofd.fonts import EM, GlyphStore, store
from shilong.foundation.documents.ofd.layout import Align, Style

# GB/T 15834—2011 5.1：句末点号、句内点号、后引号、后括号不出现在行首；前引号、前括号不出现在行末。
NOT_FIRST = frozenset("，。、；：？！）》〉」』】〕”’…—·,.;:?!)]}%％‰℃°々ー")
NOT_LAST = frozenset("（《〈「『【〔“‘([{￥¥$")
_UNIT = re.compile(r"[A-Za-z0-9]+(?:[.,:/_@#&+=?%-][A-Za-z0-9]+)*|\s|.", re.S)
_INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufe00-\ufe0f\ufeff]")
TOLERANCE = 1e-6  # 浮点误差：刚好放得下的不因为它多出一行


class TextLine(NamedTuple):
    """排好的一行：从 `x` 起，`advances` 是各字到下一字的距离。"""

    text: str
    x: float
    advances: tuple[float, ...]


def printable(text: str) -> str:
    """去掉画不出来、XML 也不收的控制字符与零宽字符；制表换成空格。"""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").replace("\u00a0", " "))


def width_of(text: str, style: Style) -> float:
    """一行排开的宽度，毫米。异常：MissingGlyph、FontUnavailable。"""
    glyphs = store(style.font)
    return sum(glyphs.advance(one) for one in text) * style.size / EM


def break_lines(text: str, style: Style, width: float) -> list[TextLine]:
    """把文字排成若干行。

    参数：
        text: 可含换行，每个换行另起一段。
        width: 可用宽度，毫米；比一个字还窄时每行一个字。

    异常：
        MissingGlyph: 缺字。FontUnavailable: 没有字体文件。
    """
    cleaned = printable(text)
    glyphs = store(style.font)
    glyphs.ensure(set(cleaned) - {"\n"})
    return [line for paragraph in cleaned.split("\n") for line in _paragraph(paragraph, style, width, glyphs)]


def _paragraph(text: str, style: Style, width: float, glyphs: GlyphStore) -> Iterator[TextLine]:
    scale = style.size / EM
    indent = style.indent * style.size
    rows = list(_fill(text, width / scale, indent / scale, glyphs))
    for number, row in enumerate(rows):
        advances = [glyphs.advance(one) * scale for one in row]
        start = indent if number == 0 else 0.0
        yield _aligned(row, advances, start, width - start, style.align, last=number == len(rows) - 1)


def _aligned(text: str, advances: list[float], start: float, width: float, align: Align, *, last: bool) -> TextLine:
    slack = max(width - sum(advances), 0.0)
    if align is Align.CENTER:
        start += slack / 2
    elif align is Align.RIGHT:
        start += slack
    elif align is Align.JUSTIFY and not last and len(text) > 1:
        extra = slack / (len(text) - 1)
        advances = [*(one + extra for one in advances[:-1]), advances[-1]]
    return TextLine(text, start, tuple(advances))


def _fill(text: str, width: float, indent: float, glyphs: GlyphStore) -> Iterator[str]:
    """贪心装行。宽度单位是 1/EM 字身。"""
    line: list[str] = []
    room = width - indent
    for unit in _units(text, width, glyphs):
        size = sum(glyphs.advance(one) for one in unit)
        if line and size > room + TOLERANCE:
            if unit.isspace():
                continue
            carried = _carried(line, unit)
            yield "".join(line).rstrip()
            line, room = carried, width - sum(glyphs.advance(one) for piece in carried for one in piece)
        if unit.isspace() and not line and room == width:
            continue  # 折行后的行首空格不要；段首空格是人有意打的
        line.append(unit)
        room -= size
    yield "".join(line).rstrip()


def _units(text: str, width: float, glyphs: GlyphStore) -> Iterator[str]:
    """不可拆的单位；比整行还长的西文只好逐字拆。"""
    for match in _UNIT.finditer(text):
        unit = match[0]
        if len(unit) > 1 and sum(glyphs.advance(one) for one in unit) > width:
            yield from unit
        else:
            yield unit


def _carried(line: list[str], following: str) -> list[str]:
    """要跟着带到下一行的单位：下一个字不能在行首，或这一行末尾的字不能在行末。就地从 `line` 里取走。"""
    carried: list[str] = []
    head = following
    while len(line) > 1 and (head[0] in NOT_FIRST or line[-1][-1] in NOT_LAST):
        head = line.pop()
        carried.insert(0, head)
    return carried
