"""读任何来源的 OFD：文字、页面、附件、印章。只读不验；可不可信由 `verify` 说。"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from shilong.foundation.documents.ofd import package, structure
from shilong.foundation.documents.ofd.refusals import BadOfd
from shilong.foundation.documents.ofd.seal import parse_signature
from shilong.foundation.documents.ofd.structure import Document, PageEntry
from shilong.foundation.documents.ofd.verify import SealSummary, summary
from shilong.foundation.gm.certificates import BadCertificate, parse
from shilong.foundation.gm.errors import GmError

SAME_LINE = 0.5  # 基线差不到半个字号就算同一行


@dataclass(frozen=True, slots=True)
class Attached:
    """读出的附件。"""

    name: str
    filename: str
    visible: bool
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Metadata:
    """DocInfo 里的要点。"""

    identifier: str
    title: str
    author: str
    created: str
    custom: dict[str, str]


def metadata(ofd: bytes) -> Metadata:
    """文档信息。异常：BadOfd。"""
    document = _first(ofd)
    info = structure.required(document.body, "DocInfo", package.ENTRY)
    custom = {one.get("Name", ""): (one.text or "").strip() for one in info.findall("{*}CustomDatas/{*}CustomData")}
    identifier, title, author, created = (structure.text(info, tag) for tag in ("DocID", "Title", "Author", "CreationDate"))
    return Metadata(identifier, title, author, created, custom)


def pages(ofd: bytes) -> list[PageEntry]:
    """每页的标识与大小（毫米）。异常：BadOfd。"""
    return _first(ofd).pages


def text(ofd: bytes) -> str:
    """正文文字：一行一行，页与页之间空一行；底纹、页眉页脚层不算正文。异常：BadOfd。"""
    document = _first(ofd)
    return "\n\n".join(_page_text(document, page) for page in document.pages)


def _page_text(document: Document, page: PageEntry) -> str:
    root = package.parse_file(document.files, page.location)
    rows: list[tuple[float, float, float, str]] = []
    for layer in root.iterfind("{*}Content/{*}Layer"):
        if layer.get("Type", "Body") == "Body":
            rows += list(_pieces(layer))
    return "\n".join(_lines(rows))


def _pieces(layer: etree._Element) -> Iterator[tuple[float, float, float, str]]:
    """（基线 y, 左 x, 字号, 文字）。"""
    for item in layer.iter("{*}TextObject"):
        left, top, *_ = structure.box(item.get("Boundary", ""))
        size = (structure.numbers(item.get("Size", "")) or [1.0])[0]
        for code in item.findall("{*}TextCode"):
            x = (structure.numbers(code.get("X") or "0") or [0.0])[0]
            y = (structure.numbers(code.get("Y") or "0") or [0.0])[0]
            yield top + y, left + x, size, code.text or ""


def _lines(rows: list[tuple[float, float, float, str]]) -> Iterator[str]:
    line: list[tuple[float, str]] = []
    baseline = 0.0
    for y, x, size, piece in sorted(rows, key=lambda row: row[0]):
        if line and y - baseline > size * SAME_LINE:
            yield _joined(line)
            line = []
        if not line:
            baseline = y
        line.append((x, piece))
    if line:
        yield _joined(line)


def _joined(line: list[tuple[float, str]]) -> str:
    return " ".join(piece for _, piece in sorted(line, key=lambda one: one[0]))


def attachments(ofd: bytes) -> list[Attached]:
    """全部附件。异常：BadOfd——清单里的文件不在包里也算。"""
    document = _first(ofd)
    location = structure.text(document.root, "Attachments")
    if not location:
        return []
    index = package.resolve(location, document.root_name)
    listed = package.parse_file(document.files, index).findall("{*}Attachment")
    return [_attached(document, one, index) for one in listed]


def _attached(document: Document, element: etree._Element, index: str) -> Attached:
    name = package.resolve(structure.text(element, "FileLoc"), index)
    data = package.read(document.files, name)
    return Attached(element.get("Name", ""), name.rpartition("/")[2], element.get("Visible", "true") != "false", data)


def seals(ofd: bytes) -> list[SealSummary]:
    """全部印章的要点，别家平台的也读；读不懂就拒绝，不悄悄少报一枚。

    异常：
        BadOfd: 文件结构不对。BadSeal: 签章值不合结构。
    """
    document = _first(ofd)
    found = []
    for entry in document.signatures():
        signature = parse_signature(package.read(document.files, entry.value_location))
        try:
            signer, maker = parse(signature.certificate), parse(signature.seal.maker)
        except (BadCertificate, GmError) as error:
            raise BadOfd("bad_certificate", "印章里的证书读不出来") from error
        found.append(summary(entry, signature, signer, maker, signature.claimed_at))
    return found


def _first(ofd: bytes) -> Document:
    return structure.documents(package.unpack(ofd))[0]
