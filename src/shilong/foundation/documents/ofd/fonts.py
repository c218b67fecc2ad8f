"""字体：从系统的 Noto CJK（或单位自己的 GB/T 9704 字体）取字形，拼成只含所用字的 TrueType 子集。

为什么不直接嵌 Noto：它是 CID 编号的 CFF，主流阅读器显示成错字或方框，转成 TrueType 曲线就都认（实测）。
转换每字约 0.4 毫秒，所以按字做、按字存（`$DATA/cache/fonts`，SQLite，多进程可同时写），常用字转过一次就不再花时间。

单位有 仿宋_GB2312、小标宋 等正版字体时，把文件放进 `$DATA/fonts`，以字体名命名（如 `仿宋.ttf`、`宋体-粗.otf`），即优先使用。
"""

import sqlite3
import struct
import threading
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, TTLibError, newTable
from fontTools.ttLib.tables._g_l_y_f import Glyph as TableGlyph

from shilong.foundation.documents.ofd.refusals import FontUnavailable, MissingGlyph

EM = 1000  # 子集字体的每字身单位数
MAX_ERROR = 1.0  # 三次曲线换二次曲线的最大误差，单位 1/EM 字身
CREATED = 0x7C259DC0  # 1970 年（自 1904 年起的秒数）；固定下来，同样的字就是同样的字节
FORMAT = 1  # 字形缓存的格式号；改了转换方法就加一，旧缓存自然作废
SYSTEM = Path("/usr/share/fonts/opentype/noto")
SUFFIXES = (".ttf", ".otf", ".ttc")
SIMPLIFIED = "SC"  # Noto 的 TTC 里各地字形并存，政务文书用简体字形


@dataclass(frozen=True, slots=True)
class Font:
    """一种字体。`family` 写进 OFD 的 FontName 与 FamilyName，阅读器不认嵌入字体时按这个名字找。"""

    family: str
    bold: bool = False

    @property
    def label(self) -> str:
        """文件名与提示里的叫法。"""
        return f"{self.family}-粗" if self.bold else self.family


SONG = Font("宋体")
HEI = Font("黑体")
FANG = Font("仿宋")
KAI = Font("楷体")

_NOTO = {"宋体": "NotoSerifCJK", "仿宋": "NotoSerifCJK", "楷体": "NotoSerifCJK", "黑体": "NotoSansCJK"}


class Glyph(NamedTuple):
    """一个字形：字宽（1/EM 字身）与 glyf 表里的字节。"""

    advance: int
    outline: bytes

    @property
    def left(self) -> int:
        """左边距；空字形为零。"""
        return int(struct.unpack_from(">h", self.outline, 2)[0]) if self.outline else 0

    @property
    def contours(self) -> int:
        """轮廓数。"""
        return int(struct.unpack_from(">h", self.outline)[0]) if self.outline else 0

    @property
    def points(self) -> int:
        """控制点数：末一条轮廓的终点序号加一。"""
        return int(struct.unpack_from(">H", self.outline, 8 + 2 * self.contours)[0]) + 1 if self.outline else 0


def source_path(font: Font) -> Path:
    """字体文件：先看 `$DATA/fonts`，再看系统的 Noto CJK。

    异常：
        FontUnavailable: 都没有。
    """
    own = [Path(settings.DATA) / "fonts" / f"{font.label}{suffix}" for suffix in SUFFIXES]
    weight = "Bold" if font.bold else "Regular"
    system = SYSTEM / f"{_NOTO.get(font.family, 'NotoSerifCJK')}-{weight}.ttc"
    if path := next((path for path in (*own, system) if path.is_file()), None):
        return path
    raise FontUnavailable(font=font.label)


@cache
def store(font: Font) -> "GlyphStore":
    """本进程里这种字体的字形库。异常：FontUnavailable。"""
    return _store_of(source_path(font), font)


@cache
def _store_of(path: Path, font: Font) -> "GlyphStore":
    return GlyphStore(path, font)


class GlyphStore:
    """一个字体文件的字形，内存里一份、磁盘上一份。"""

    def __init__(self, path: Path, font: Font) -> None:
        self.font = font
        self._path = path
        self._lock = threading.Lock()
        self._source: _Source | None = None
        self._database = _database(path)
        self._glyphs: dict[str, Glyph] = self._load()

    def advance(self, character: str) -> int:
        """字宽，1/EM 字身。异常：MissingGlyph。"""
        glyph = self._glyphs.get(character)
        return glyph.advance if glyph else self.ensure(character)[character].advance

    def ensure(self, characters: Iterable[str]) -> dict[str, Glyph]:
        """取得这些字的字形，没转过的现在转。

        异常：
            MissingGlyph: 字体里没有其中某个字。
        """
        known = self._glyphs
        wanted = set(characters)
        if new := sorted(wanted - known.keys()):
            self._convert(new)
        return {character: known[character] for character in wanted}

    def _convert(self, characters: list[str]) -> None:
        with self._lock:
            source = self._source or _Source(self._path)
            self._source = source
            if missing := [character for character in characters if not source.has(character)]:
                raise MissingGlyph(font=self.font.label, characters="、".join(f"{one}（U+{ord(one):04X}）" for one in missing[:20]))
            fresh = {character: source.glyph(character) for character in characters}
            self._glyphs.update(fresh)
            self._keep(fresh)

    def _load(self) -> dict[str, Glyph]:
        try:
            with closing(self._connect()) as database:
                rows = database.execute("SELECT code, advance, outline FROM glyph").fetchall()
        except sqlite3.DatabaseError:  # 缓存坏了就重来，不能因此出不了证
            self._database.unlink(missing_ok=True)
            return {}
        return {chr(code): Glyph(advance, outline) for code, advance, outline in rows}

    def _keep(self, fresh: dict[str, Glyph]) -> None:
        with closing(self._connect()) as database, database:
            rows = [(ord(character), glyph.advance, glyph.outline) for character, glyph in fresh.items()]
            database.executemany("INSERT OR IGNORE INTO glyph VALUES (?, ?, ?)", rows)

    def _connect(self) -> sqlite3.Connection:
        self._database.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._database, timeout=30)
        database.execute("CREATE TABLE IF NOT EXISTS glyph (code INTEGER PRIMARY KEY, advance INTEGER NOT NULL, outline BLOB NOT NULL)")
        return database


def _database(path: Path) -> Path:
    """缓存文件名带上源文件的大小与时间：换了字体文件，旧缓存就不再用。"""
    facts = path.stat()
    return Path(settings.DATA) / "cache" / "fonts" / f"{path.stem}-{facts.st_size}-{int(facts.st_mtime)}-{FORMAT}.sqlite3"


class _Source:
    """打开的字体文件，能把任意一个字画成 TrueType 字形。"""

    def __init__(self, path: Path) -> None:
        self._font = _open(path)
        self._names: dict[int, str] = self._font.getBestCmap() or {}
        self._glyphs = self._font.getGlyphSet()
        self._scale = EM / self._font["head"].unitsPerEm
        self._cubic = "glyf" not in self._font

    def has(self, character: str) -> bool:
        return ord(character) in self._names

    def glyph(self, character: str) -> Glyph:
        name = self._names[ord(character)]
        pen = TTGlyphPen(None)
        outline: Any = Cu2QuPen(pen, MAX_ERROR, reverse_direction=True) if self._cubic else pen
        scaled = TransformPen(outline, (self._scale, 0, 0, self._scale, 0, 0)) if self._scale != 1 else outline
        self._glyphs[name].draw(DecomposingFilterPen(scaled, self._glyphs))
        glyph = pen.glyph()
        return Glyph(round(self._font["hmtx"][name][0] * self._scale), glyph.compile(None, recalcBBoxes=True))


def _open(path: Path) -> TTFont:
    try:
        if path.suffix.lower() != ".ttc":
            return TTFont(path, lazy=True)
        return next((font for font in _members(path) if str(font["name"].getDebugName(1)).endswith(SIMPLIFIED)), None) or TTFont(
            path, fontNumber=0, lazy=True
        )
    except (TTLibError, OSError) as error:
        raise FontUnavailable(font=path.name) from error


def _members(path: Path) -> Iterable[TTFont]:
    with path.open("rb") as stream:
        (count,) = struct.unpack(">8xL", stream.read(12))
    return (TTFont(path, fontNumber=number, lazy=True) for number in range(count))


@lru_cache(maxsize=256)
def subset(font: Font, characters: str) -> bytes:
    """只含这些字的 TrueType 字体。

    参数：
        characters: 排好序、不重复的字；同样的字得到同样的字节。

    异常：
        MissingGlyph: 缺字。FontUnavailable: 没有字体文件。
    """
    glyphs = store(font).ensure(characters)
    names = {character: f"u{ord(character):04X}" for character in characters}
    outlines = {".notdef": TableGlyph(b"")} | {names[one]: TableGlyph(glyphs[one].outline) for one in characters}
    metrics = {".notdef": (EM, 0)} | {names[one]: (glyphs[one].advance, glyphs[one].left) for one in characters}
    builder = FontBuilder(EM, isTTF=True)
    builder.font.recalcBBoxes = False
    builder.font.recalcTimestamp = False
    builder.setupHead(unitsPerEm=EM, created=CREATED, modified=CREATED, xMin=-EM, yMin=-EM, xMax=3 * EM, yMax=2 * EM)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap({ord(one): names[one] for one in characters})
    builder.font["loca"], builder.font["glyf"] = newTable("loca"), newTable("glyf")  # setupGlyf 会逐字重算，费一倍时间
    builder.font["glyf"].glyphs = outlines
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": font.family, "styleName": "Bold" if font.bold else "Regular"}, mac=False)
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120, usWeightClass=700 if font.bold else 400)
    builder.setupPost(keepGlyphNames=False)
    builder.font["maxp"].maxPoints = max((glyph.points for glyph in glyphs.values()), default=0)
    builder.font["maxp"].maxContours = max((glyph.contours for glyph in glyphs.values()), default=0)
    buffer = BytesIO()
    builder.font.save(buffer)
    return buffer.getvalue()
