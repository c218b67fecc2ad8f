"""把 OFD 的一页画成 SVG 或 PNG，供页面内预览。

为什么在服务端画：浏览器端的阅读器要么需要厂商授权，要么不用嵌入字体、不核对签名描述（实测），
还要放宽内容安全策略；服务端画出来的就是一张图，手机、信创浏览器、自助终端看到的都一样。
文字画成嵌入字体的轮廓路径，看的人不必有字体；PNG 由 typst 自带的 SVG 渲染器光栅化，不多引入依赖。

画文字、路径、图片、印章；渐变、网格等少见的填充不画。预览只供看，有效与否由 `verify` 说。
"""

import base64
import re
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from xml.sax.saxutils import quoteattr

import typst
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont, TTLibError
from lxml import etree

from shilong.foundation.documents.ofd import fonts, package, structure
from shilong.foundation.documents.ofd.fonts import Font
from shilong.foundation.documents.ofd.marks import number as _n
from shilong.foundation.documents.ofd.pictures import facts
from shilong.foundation.documents.ofd.refusals import BadOfd, BadPicture, BadSeal, FontUnavailable, MissingGlyph
from shilong.foundation.documents.ofd.seal import parse_signature
from shilong.foundation.documents.ofd.structure import Document, PageEntry

MAX_OBJECTS = 50_000  # 一页最多画多少个图元
MAX_PIXELS = 40_000_000
MAX_DPI = 600
_TYPST = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg", width: eval(sys.inputs.width))'
_COMMAND = re.compile(r"[MLQBACS]|[-+.\deE]+")
_SVG_COMMANDS = {"M": ("M", 2), "S": ("M", 2), "L": ("L", 2), "Q": ("Q", 4), "B": ("C", 6), "A": ("A", 7), "C": ("Z", 0)}
_lock = threading.Lock()  # typst 编译器实例不是线程安全的


def render_png(ofd: bytes, page: int = 1, dpi: int = 150) -> bytes:
    """第 `page` 页（从 1 起）的 PNG。

    异常：
        BadOfd: 不是能读的 OFD，没有这一页，太大，或画不出来。
    """
    document, entry = _find(ofd, page)
    dpi = min(max(dpi, 10), MAX_DPI)
    if entry.width * entry.height * (dpi / 25.4) ** 2 > MAX_PIXELS:
        raise BadOfd("too_large", "页面太大，请降低清晰度")
    inputs = {"svg": _Drawing(document, entry).svg(), "width": f"{_n(entry.width)}mm"}
    try:
        with _lock:
            png = _compiler().compile(_TYPST, format="png", ppi=dpi, sys_inputs=inputs)
    except typst.TypstError as error:
        raise BadOfd("not_drawable", "这一页画不出来") from error
    if not isinstance(png, bytes):
        raise TypeError("typst 没有返回图片")
    return png


def render_svg(ofd: bytes, page: int = 1) -> bytes:
    """第 `page` 页（从 1 起）的 SVG，毫米坐标，不含脚本与外部引用。

    异常：
        BadOfd: 不是能读的 OFD，或没有这一页。
    """
    return _Drawing(*_find(ofd, page)).svg().encode()


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(_TYPST, font_paths=typst.Fonts(include_system_fonts=False))


def _find(ofd: bytes, page: int) -> tuple[Document, PageEntry]:
    document = structure.documents(package.unpack(ofd))[0]
    if not 1 <= page <= len(document.pages):
        raise BadOfd("no_page", f"没有第 {page} 页，一共 {len(document.pages)} 页")
    return document, document.pages[page - 1]


class _Face:
    """一种可用来画轮廓的字体：OFD 里嵌的，或按名字找的系统字体。"""

    def __init__(self, font: TTFont) -> None:
        self._names: Mapping[int, str] = font.getBestCmap() or {}
        self._glyphs = font.getGlyphSet()
        self.em = float(font["head"].unitsPerEm)

    def path(self, character: str) -> str:
        """字形的 SVG 路径；没有这个字，或字形数据坏了，为空。"""
        name = self._names.get(ord(character))
        if name is None:
            return ""
        pen = SVGPathPen(self._glyphs, ntos=lambda value: f"{value:g}")
        try:
            self._glyphs[name].draw(pen)
        except Exception:  # 字体是文件里带来的，字形坏法各异；这个字不画，不让整页预览失败
            return ""
        return str(pen.getCommands())


class _Drawing:
    """画一页。"""

    def __init__(self, document: Document, page: PageEntry) -> None:
        self._document = document
        self._page = page
        self._files = document.files
        self._fonts: dict[str, tuple[str, str, bool]] = {}
        self._images: dict[str, str] = {}
        self._faces: dict[tuple[str, str], _Face | None] = {}
        self._symbols: dict[tuple[str, str], str] = {}
        self._definitions: list[str] = []
        self._left = MAX_OBJECTS
        self._resources()

    def svg(self) -> str:
        width, height = _n(self._page.width), _n(self._page.height)
        body = "".join(self._layers()) + "".join(self._stamps())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}mm" height="{height}mm" '
            f'viewBox="0 0 {width} {height}"><defs>{"".join(self._definitions)}</defs>'
            f'<rect width="{width}" height="{height}" fill="#fff"/>{body}</svg>'
        )

    def _resources(self) -> None:
        common = self._document.root.find("{*}CommonData")
        listed = [] if common is None else [*common.findall("{*}PublicRes"), *common.findall("{*}DocumentRes")]
        for one in listed:
            location = package.resolve(one.text or "", self._document.root_name)
            self._read_resources(package.parse_file(self._files, location), location)

    def _read_resources(self, root: etree._Element, location: str) -> None:
        base = f"{root.get('BaseLoc', '')}/" if root.get("BaseLoc") else ""
        for font in root.iterfind("{*}Fonts/{*}Font"):
            file = structure.text(font, "FontFile")
            where = package.resolve(file if file.startswith("/") else base + file, location) if file else ""
            self._fonts[font.get("ID", "")] = (where, font.get("FontName", ""), font.get("Bold") == "true")
        for media in root.iterfind("{*}MultiMedias/{*}MultiMedia"):
            file = structure.text(media, "MediaFile")
            self._images[media.get("ID", "")] = package.resolve(file if file.startswith("/") else base + file, location)

    def _layers(self) -> Iterator[str]:
        root = package.parse_file(self._files, self._page.location)
        order = {"Background": 0, "Body": 1, "Foreground": 2}
        layers = sorted(root.iterfind("{*}Content/{*}Layer"), key=lambda layer: order.get(layer.get("Type", "Body"), 1))
        for layer in layers:
            for item in layer.iter("{*}TextObject", "{*}PathObject", "{*}ImageObject"):
                self._left -= 1
                if self._left < 0:
                    raise BadOfd("too_large", f"一页超过 {MAX_OBJECTS} 个图元")
                yield self._object(item)

    def _object(self, item: etree._Element) -> str:
        x, y, _, _ = structure.box(item.get("Boundary", ""))
        kind = etree.QName(item).localname
        body = {"TextObject": self._text, "PathObject": self._path, "ImageObject": self._image}[kind](item)
        matrix = f" matrix({' '.join(_g(one) for one in _matrix(item))})" if item.get("CTM") and kind != "ImageObject" else ""
        return f'<g transform="translate({_g(x)} {_g(y)}){matrix}">{body}</g>' if body else ""

    def _text(self, item: etree._Element) -> str:
        size = (structure.numbers(item.get("Size", "")) or [0.0])[0]
        if item.get("Visible") == "false" or not size:
            return ""
        pieces = [piece for code in item.iterfind("{*}TextCode") for piece in self._code(item, code, size)]
        return f'<g fill="{_color(item.find("{*}FillColor"), "#000")}">{"".join(pieces)}</g>' if pieces else ""

    def _code(self, item: etree._Element, code: etree._Element, size: float) -> Iterator[str]:
        x = (structure.numbers(code.get("X") or "0") or [0.0])[0]
        y = (structure.numbers(code.get("Y") or "0") or [0.0])[0]
        characters = code.text or ""
        across, down = _deltas(code.get("DeltaX"), len(characters)), _deltas(code.get("DeltaY"), len(characters))
        for position, character in enumerate(characters):
            if symbol := self._symbol(item.get("Font", ""), character):
                em = self._face(item.get("Font", ""), character)
                scale = size / em.em if em else 0
                yield f'<use xlink:href="#{symbol}" transform="translate({_g(x)} {_g(y)}) scale({_g(scale)} {_g(-scale)})"/>'
            x, y = x + across[position], y + down[position]

    def _symbol(self, font: str, character: str) -> str:
        if (font, character) not in self._symbols:
            face = self._face(font, character)
            path = face.path(character) if face and not character.isspace() else ""
            name = f"g{len(self._definitions)}" if path else ""
            if path:
                self._definitions.append(f'<path id="{name}" d="{path}"/>')
            self._symbols[font, character] = name
        return self._symbols[font, character]

    def _face(self, font: str, character: str) -> _Face | None:
        """嵌入的字体优先；没有嵌入或坏了，按字体名用系统里的补，缺字就不画。"""
        location, family, bold = self._fonts.get(font, ("", "", False))
        if (font, "") not in self._faces:
            self._faces[font, ""] = _embedded(self._files.get(location, b""))
        if face := self._faces[font, ""]:
            return face
        if (font, character) not in self._faces:
            self._faces[font, character] = _substitute(Font(family, bold), character)
        return self._faces[font, character]

    def _path(self, item: etree._Element) -> str:
        data = _svg_path(structure.text(item, "AbbreviatedData"))
        line = (structure.numbers(item.get("LineWidth") or "0.353") or [0.353])[0]
        stroke = _color(item.find("{*}StrokeColor"), "#000") if item.get("Stroke", "true") != "false" else "none"
        fill = _color(item.find("{*}FillColor"), "none") if item.get("Fill") == "true" else "none"
        return f'<path d="{data}" fill="{fill}" stroke="{stroke}" stroke-width="{_g(line)}"/>' if data else ""

    def _image(self, item: etree._Element) -> str:
        data = self._files.get(self._images.get(item.get("ResourceID", ""), ""), b"")
        _, _, width, height = structure.box(item.get("Boundary", ""))
        a, b, c, d, e, f = _matrix(item) if item.get("CTM") else (width, 0, 0, height, 0, 0)
        matrix = f"matrix({_g(a)} {_g(b)} {_g(c)} {_g(d)} {_g(e)} {_g(f)})"
        try:
            uri = _data_uri(data)
        except BadPicture:  # 别家可能用 JBIG2、BMP；缺一张图不该让整页看不到
            return ""
        return f'<image width="1" height="1" preserveAspectRatio="none" transform="{matrix}" xlink:href={uri}/>'

    def _stamps(self) -> Iterator[str]:
        """印章不是页面内容：阅读器按签名描述里的位置画。读不懂的签名在预览里略过，验章时会报。"""
        for entry in self._document.signatures():
            boxes = [one for one in entry.stamps if one.page == self._page.identifier]
            try:
                seal = parse_signature(package.read(self._files, entry.value_location)).seal if boxes else None
                uri = _data_uri(seal.picture) if seal else ""
            except (BadSeal, BadPicture, BadOfd):
                continue
            for one in boxes:
                yield self._stamp(one.box, one.clip, uri)

    def _stamp(self, box: structure.Box, clip: structure.Box | None, uri: str) -> str:
        x, y, width, height = box
        attribute = ""
        if clip:
            name = f"c{len(self._definitions)}"
            cx, cy, cw, ch = clip
            self._definitions.append(
                f'<clipPath id="{name}"><rect x="{_g(x + cx)}" y="{_g(y + cy)}" width="{_g(cw)}" height="{_g(ch)}"/></clipPath>'
            )
            attribute = f' clip-path="url(#{name})"'
        image = f'<image x="{_g(x)}" y="{_g(y)}" width="{_g(width)}" height="{_g(height)}" preserveAspectRatio="none" xlink:href={uri}/>'
        return f"<g{attribute}>{image}</g>"


def _embedded(data: bytes) -> _Face | None:
    if not data:
        return None
    try:
        return _Face(TTFont(BytesIO(data), lazy=True))
    except Exception:  # 别家嵌的字体坏法各异，画不出来就用系统字体代替，不让预览整个失败
        return None


def _substitute(font: Font, character: str) -> _Face | None:
    try:
        return _Face(TTFont(BytesIO(fonts.subset(font, character))))
    except (MissingGlyph, FontUnavailable, TTLibError):
        return None


def _matrix(item: etree._Element) -> tuple[float, ...]:
    found = structure.numbers(item.get("CTM", ""))
    if len(found) != 6:
        raise BadOfd("bad_number", "变换矩阵要六个数")
    return tuple(found)


def _deltas(value: str | None, count: int) -> list[float]:
    """展开 DeltaX/DeltaY；`g n v` 表示 n 个 v（GB/T 33190 11.3）。不够的补零。"""
    found: list[float] = []
    tokens = iter((value or "").split())
    for token in tokens:
        if token == "g":  # noqa: S105
            repeat, step = next(tokens, "0"), next(tokens, "0")
            found += structure.numbers(step) * min(int(repeat) if repeat.isdigit() else 0, count)
        else:
            found += structure.numbers(token)
        if len(found) >= count:
            break
    return (found + [0.0] * count)[:count] if count else []


def _svg_path(data: str) -> str:
    """OFD 的 AbbreviatedData → SVG；看不懂的到此为止。"""
    tokens = iter(_COMMAND.findall(data))
    pieces: list[str] = []
    for token in tokens:
        if token not in _SVG_COMMANDS:
            break
        command, arguments = _SVG_COMMANDS[token]
        values = [next(tokens, "") for _ in range(arguments)]
        if not all(_is_number(one) for one in values):
            break
        pieces.append(" ".join([command, *values]))
    return " ".join(pieces)


def _is_number(value: str) -> bool:
    return re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", value) is not None


def _color(element: etree._Element | None, default: str) -> str:
    """只认三个分量的 RGB 与一个分量的灰度；其余用缺省色。"""
    if element is None or not element.get("Value"):
        return default
    values = [min(max(round(one), 0), 255) for one in structure.numbers(element.get("Value", ""))]
    if len(values) == 1:
        values *= 3
    return f"#{values[0]:02x}{values[1]:02x}{values[2]:02x}" if len(values) == 3 else default


def _data_uri(data: bytes) -> str:
    """PNG、JPEG 的 data URI，带引号；别的格式不画。"""
    kind, _, _ = facts(data)
    return quoteattr(f"data:image/{kind.lower()};base64,{base64.b64encode(data).decode()}")


def _g(value: float) -> str:
    return f"{value:.6g}"
