"""把文档写成 OFD（GB/T 33190—2016）。

命名空间前缀必须字面是 `ofd:`，元素次序按标准（有的阅读器两样都认死理，实测）。字体一律嵌 TrueType 子集，
同时把 FontName、FamilyName 写成 宋体、黑体 等通名，不认嵌入字体的阅读器也能找到近似的字。
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from xml.sax.saxutils import escape, quoteattr

from django.utils import timezone

from shilong.foundation.documents.ofd import fonts, package
from shilong.foundation.documents.ofd.fonts import Font
from shilong.foundation.documents.ofd.layout import Color, OfdDocument
from shilong.foundation.documents.ofd.lines import printable
from shilong.foundation.documents.ofd.marks import Glyphs, Image, Mark, Path, Sheet
from shilong.foundation.documents.ofd.marks import number as _n
from shilong.foundation.documents.ofd.typeset import compose, fonts_used
from shilong.foundation.gm import sm3

HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'
XMLNS = f'xmlns:ofd="{package.NAMESPACE}"'
CREATOR = "shilong"
CREATOR_VERSION = "1.0"
ROOT = "Doc_0"
_FILENAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")
EXTENSIONS = {"PNG": "png", "JPEG": "jpg"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """附件（GB/T 33190 第 20 章）。

    属性：
        name: 显示名，如 `license`。
        filename: 包里的文件名，只许字母、数字、点、横线、下划线。
        visible: 阅读器的附件栏里是否显示。
    """

    name: str
    filename: str
    data: bytes
    visible: bool = True


def write(document: OfdDocument, *, attachments: Sequence[Attachment] = ()) -> bytes:
    """写成 OFD。同样的输入得到同样的字节。

    异常：
        MissingGlyph: 缺字。FontUnavailable: 没有字体。BadPicture、DoesNotFit: 内容不合适。
        ValueError: 附件文件名不合规或重名（程序错误，不是用户的）。
    """
    return package.pack(build(document, attachments=attachments))


def build(document: OfdDocument, *, attachments: Sequence[Attachment] = ()) -> dict[str, bytes]:
    """同 `write`，但不装包；紧接着要签章时用它，省一次压缩。异常：同 `write`。"""
    _check_names(attachments)
    sheets = compose(document)
    return _Writing(document, sheets, attachments).files()


def write_sheets(document: OfdDocument, sheets: list[Sheet]) -> bytes:
    """版面已经定好（从别处誊来）的，直接写；`document` 只取标题、时间等说明。异常：MissingGlyph、FontUnavailable。"""
    return package.pack(_Writing(document, sheets, ()).files())


class _Writing:
    """一次写作：分配标识、收集资源、生成各个 XML。"""

    def __init__(self, document: OfdDocument, sheets: list[Sheet], attachments: Sequence[Attachment]) -> None:
        self._document = document
        self._sheets = sheets
        self._attachments = attachments
        self._ids = count(1)
        self._page_ids = [next(self._ids) for _ in sheets]
        self._rgb = next(self._ids)
        self._used = fonts_used(sheets)
        self._fonts: dict[Font, int] = {font: next(self._ids) for font in self._used}
        self._images: dict[bytes, tuple[int, str]] = {}

    def files(self) -> dict[str, bytes]:
        pages = {f"{ROOT}/Pages/Page_{number}/Content.xml": self._page(sheet) for number, sheet in enumerate(self._sheets)}
        body: dict[str, str | bytes] = {**pages, f"{ROOT}/PublicRes.xml": self._public_resources(), **self._font_files()}
        if self._images:
            body[f"{ROOT}/DocumentRes.xml"] = self._document_resources()
            body.update({f"{ROOT}/Res/{_image_file(*where)}": data for data, where in self._images.items()})
        body.update(self._attachment_files())
        body[f"{ROOT}/Document.xml"] = self._root()
        encoded = {name: text.encode() if isinstance(text, str) else text for name, text in body.items()}
        return {package.ENTRY: self._entry(encoded).encode(), **encoded}

    def _entry(self, files: Mapping[str, bytes]) -> str:
        document = self._document
        identifier = document.identifier or sm3(b"".join(sm3(data) for data in files.values())).hex()[:32]
        created = timezone.localtime(document.created) if timezone.is_aware(document.created) else document.created
        custom = "".join(
            f"<ofd:CustomData Name={quoteattr(printable(name))}>{_text(value)}</ofd:CustomData>" for name, value in document.custom.items()
        )
        return (
            f'{HEADER}<ofd:OFD {XMLNS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>{_text(identifier)}</ofd:DocID>'
            f"<ofd:Title>{_text(document.title)}</ofd:Title>{_optional('Author', document.author)}{_optional('Subject', document.subject)}"
            f"<ofd:CreationDate>{created:%Y-%m-%d}</ofd:CreationDate>"
            f"<ofd:Creator>{CREATOR}</ofd:Creator><ofd:CreatorVersion>{CREATOR_VERSION}</ofd:CreatorVersion>"
            f"{f'<ofd:CustomDatas>{custom}</ofd:CustomDatas>' if custom else ''}</ofd:DocInfo>"
            f"<ofd:DocRoot>{ROOT}/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
        )

    def _root(self) -> str:
        first = self._sheets[0]
        pages = "".join(f'<ofd:Page ID="{page}" BaseLoc="Pages/Page_{number}/Content.xml"/>' for number, page in enumerate(self._page_ids))
        resources = "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
        if self._images:
            resources += "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
        attached = "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>" if self._attachments else ""
        return (
            f"{HEADER}<ofd:Document {XMLNS}><ofd:CommonData><ofd:MaxUnitID>{next(self._ids)}</ofd:MaxUnitID>"
            f"<ofd:PageArea><ofd:PhysicalBox>0 0 {_n(first.width)} {_n(first.height)}</ofd:PhysicalBox></ofd:PageArea>{resources}"
            f"</ofd:CommonData><ofd:Pages>{pages}</ofd:Pages>{attached}</ofd:Document>"
        )

    def _page(self, sheet: Sheet) -> str:
        layers = self._layer("Background", sheet.background) if sheet.background else ""
        layers += self._layer("Body", sheet.marks)
        return (
            f"{HEADER}<ofd:Page {XMLNS}><ofd:Area><ofd:PhysicalBox>0 0 {_n(sheet.width)} {_n(sheet.height)}</ofd:PhysicalBox></ofd:Area>"
            f"<ofd:Content>{layers}</ofd:Content></ofd:Page>"
        )

    def _layer(self, kind: str, marks: list[Mark]) -> str:
        body = "".join([self._mark(mark) for mark in marks])
        return f'<ofd:Layer ID="{next(self._ids)}" Type="{kind}">{body}</ofd:Layer>'

    def _mark(self, mark: Mark) -> str:
        if isinstance(mark, Glyphs):
            return self._glyphs(mark)
        return self._path(mark) if isinstance(mark, Path) else self._image(mark)

    def _glyphs(self, mark: Glyphs) -> str:
        """文字框比墨迹大一圈：有的阅读器按框裁剪。"""
        size = mark.size
        deltas = " ".join([_n(one) for one in mark.advances[:-1]])
        box = f"{_n(mark.x)} {_n(mark.y - size)} {_n(sum(mark.advances) + size)} {_n(size * 1.4)}"
        origin, turn = f'X="0" Y="{_n(size)}"', ""
        if mark.angle:
            box, origin, turn = self._turned(mark)
        return (
            f'<ofd:TextObject ID="{next(self._ids)}" Boundary="{box}" Font="{self._fonts[mark.font]}" Size="{_n(size)}"'
            f"{_flag('Weight', '700' if mark.font.bold else '')}{turn}>{self._color('FillColor', mark.color)}"
            f"<ofd:TextCode {origin}{_flag('DeltaX', deltas)}>{escape(mark.text)}</ofd:TextCode>"
            f"</ofd:TextObject>"
        )

    def _turned(self, mark: Glyphs) -> tuple[str, str, str]:
        """斜放的文字：框取外接矩形，CTM 在框内坐标里旋转再平移到起点。"""
        radians = math.radians(mark.angle)
        cos, sin = math.cos(radians), math.sin(radians)
        length, size = sum(mark.advances), mark.size
        corners = [(dx * cos - dy * sin, dx * sin + dy * cos) for dx in (0, length) for dy in (-size, size * 0.4)]
        left, top = min(one[0] for one in corners), min(one[1] for one in corners)
        width, height = max(one[0] for one in corners) - left, max(one[1] for one in corners) - top
        box = f"{_n(mark.x + left)} {_n(mark.y + top)} {_n(width)} {_n(height)}"
        turn = f' CTM="{cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} {_n(-left)} {_n(-top)}"'
        return box, 'X="0" Y="0"', turn

    def _path(self, mark: Path) -> str:
        stroke, fill = ("true" if color is not None else "false" for color in (mark.stroke, mark.fill))
        return (
            f'<ofd:PathObject ID="{next(self._ids)}" Boundary="{_n(mark.x)} {_n(mark.y)} {_n(mark.width)} {_n(mark.height)}" '
            f'LineWidth="{_n(mark.line)}" Stroke="{stroke}" Fill="{fill}">'
            f"{self._color('StrokeColor', mark.stroke)}{self._color('FillColor', mark.fill)}"
            f"<ofd:AbbreviatedData>{mark.data}</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def _image(self, mark: Image) -> str:
        if mark.data not in self._images:
            self._images[mark.data] = (next(self._ids), mark.kind)
        resource, _ = self._images[mark.data]
        width, height = _n(mark.width), _n(mark.height)
        return (
            f'<ofd:ImageObject ID="{next(self._ids)}" Boundary="{_n(mark.x)} {_n(mark.y)} {width} {height}" '
            f'CTM="{width} 0 0 {height} 0 0" ResourceID="{resource}"/>'
        )

    def _color(self, tag: str, color: Color | None) -> str:
        if color is None:
            return ""
        return f'<ofd:{tag} Value="{color[0]} {color[1]} {color[2]}" ColorSpace="{self._rgb}"/>'

    def _public_resources(self) -> str:
        listed = "".join(
            f'<ofd:Font ID="{number}" FontName={quoteattr(font.family)} FamilyName={quoteattr(font.family)} Charset="unicode"'
            f"{_flag('Bold', 'true' if font.bold else '')}><ofd:FontFile>{_font_file(number)}</ofd:FontFile></ofd:Font>"
            for font, number in self._fonts.items()
        )
        return (
            f'{HEADER}<ofd:Res {XMLNS} BaseLoc="Res"><ofd:ColorSpaces><ofd:ColorSpace ID="{self._rgb}" Type="RGB" BitsPerComponent="8"/>'
            f"</ofd:ColorSpaces>{f'<ofd:Fonts>{listed}</ofd:Fonts>' if listed else ''}</ofd:Res>"
        )

    def _document_resources(self) -> str:
        listed = "".join(
            f'<ofd:MultiMedia ID="{number}" Type="Image" Format="{kind}">'
            f"<ofd:MediaFile>{_image_file(number, kind)}</ofd:MediaFile></ofd:MultiMedia>"
            for number, kind in self._images.values()
        )
        return f'{HEADER}<ofd:Res {XMLNS} BaseLoc="Res"><ofd:MultiMedias>{listed}</ofd:MultiMedias></ofd:Res>'

    def _font_files(self) -> dict[str, bytes]:
        return {f"{ROOT}/Res/{_font_file(number)}": fonts.subset(font, self._used[font]) for font, number in self._fonts.items()}

    def _attachment_files(self) -> dict[str, str | bytes]:
        if not self._attachments:
            return {}
        created = f"{timezone.localtime(self._document.created):%Y-%m-%dT%H:%M:%S}"
        listed = "".join(
            f'<ofd:Attachment ID="A{number}" Name={quoteattr(printable(one.name))} Format={quoteattr(one.filename.rpartition(".")[2])} '
            f'CreationDate="{created}" Size="{len(one.data) / 1024:.2f}" Visible="{str(one.visible).lower()}">'
            f"<ofd:FileLoc>{escape(one.filename)}</ofd:FileLoc></ofd:Attachment>"
            for number, one in enumerate(self._attachments, start=1)
        )
        index = f"{HEADER}<ofd:Attachments {XMLNS}>{listed}</ofd:Attachments>"
        return {f"{ROOT}/Attachs/{one.filename}": one.data for one in self._attachments} | {f"{ROOT}/Attachs/Attachments.xml": index}


def _check_names(attachments: Sequence[Attachment]) -> None:
    names = [one.filename.casefold() for one in attachments]
    if len(set(names)) < len(names) or "attachments.xml" in names or not all(_FILENAME.fullmatch(name) for name in names):
        raise ValueError(f"附件文件名不合规或重名：{'、'.join(names)}")


def _font_file(number: int) -> str:
    return f"font_{number}.ttf"


def _image_file(number: int, kind: str) -> str:
    return f"image_{number}.{EXTENSIONS[kind]}"


def _text(value: str) -> str:
    return escape(printable(value))


def _flag(name: str, value: str) -> str:
    """属性；空值不写。"""
    return f' {name}="{value}"' if value else ""


def _optional(tag: str, value: str) -> str:
    return f"<ofd:{tag}>{_text(value)}</ofd:{tag}>" if value else ""
