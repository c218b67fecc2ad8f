"""OFD 的骨架：文档、页面、签名清单。读、签、验、预览共用。

元素一律按本地名找：前缀、默认命名空间两种写法都有厂商在用。
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from lxml import etree

from shilong.foundation.documents.ofd import package
from shilong.foundation.documents.ofd.refusals import BadOfd

Files = Mapping[str, bytes]
Box = tuple[float, float, float, float]
MAX_PAGES = 2000
MAX_LENGTH = 10_000.0  # 毫米；再大不是页面，是想耗内存
A4: Box = (0, 0, 210, 297)


@dataclass(frozen=True, slots=True)
class PageEntry:
    """一页：标识、内容文件、页面大小（毫米）。"""

    identifier: str
    location: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class StampBox:
    """印章画在哪里。`clip` 相对 `box` 左上角；骑缝章每页露出一段。"""

    page: str
    box: Box
    clip: Box | None = None


@dataclass(frozen=True, slots=True)
class SignatureEntry:
    """一个签名的描述文件（GB/T 33190 18.2）。`references` 是 条目名 → 摘要的 Base64。"""

    identifier: str
    kind: str
    location: str
    raw: bytes = field(repr=False)
    method: str
    check_method: str
    declared_at: str
    references: dict[str, str] = field(repr=False)
    repeated: bool
    stamps: tuple[StampBox, ...]
    seal_location: str
    value_location: str


class Document:
    """包里的一份文档（DocBody）。解析是惰性的，坏文件在用到时抛 BadOfd。"""

    def __init__(self, files: Files, body: etree._Element) -> None:
        self.files = files
        self.body = body

    @cached_property
    def root_name(self) -> str:
        return package.resolve(text(self.body, "DocRoot"), package.ENTRY)

    @cached_property
    def root(self) -> etree._Element:
        return package.parse_file(self.files, self.root_name)

    @cached_property
    def signatures_name(self) -> str:
        """Signatures.xml 的条目名；没有签名为空。"""
        location = text(self.body, "Signatures")
        return package.resolve(location, package.ENTRY) if location else ""

    @cached_property
    def pages(self) -> list[PageEntry]:
        """全部页。异常：BadOfd。"""
        default = _page_size(self.root.find("{*}CommonData/{*}PageArea"), A4)
        listed = self.root.findall("{*}Pages/{*}Page")
        if len(listed) > MAX_PAGES:
            raise BadOfd("too_many_pages", f"超过 {MAX_PAGES} 页")
        return [self._page(one, default) for one in listed]

    def _page(self, element: etree._Element, default: Box) -> PageEntry:
        location = package.resolve(element.get("BaseLoc", ""), self.root_name)
        page = package.parse_file(self.files, location)
        _, _, width, height = _page_size(page.find("{*}Area"), default)
        return PageEntry(element.get("ID", ""), location, width, height)

    def signatures(self) -> list[SignatureEntry]:
        """全部签名，按清单次序。异常：BadOfd。"""
        if not self.signatures_name:
            return []
        listed = package.parse_file(self.files, self.signatures_name).findall("{*}Signature")
        return [self._signature(one) for one in listed]

    def _signature(self, element: etree._Element) -> SignatureEntry:
        location = package.resolve(element.get("BaseLoc", ""), self.signatures_name)
        raw = package.read(self.files, location)
        root = package.parse(raw, location)
        info = required(root, "SignedInfo", location)
        references = required(info, "References", location)
        pairs = [(package.resolve(one.get("FileRef", ""), location), text(one, "CheckValue")) for one in references.findall("{*}Reference")]
        seal = text(info, "Seal/{*}BaseLoc")
        return SignatureEntry(
            identifier=element.get("ID", ""),
            kind=element.get("Type", "Seal"),
            location=location,
            raw=raw,
            method=text(info, "SignatureMethod"),
            check_method=references.get("CheckMethod", "MD5"),  # 标准的缺省值；弱，验章时不认
            declared_at=text(info, "SignatureDateTime"),
            references=dict(pairs),
            repeated=len(dict(pairs)) != len(pairs),
            stamps=tuple(_stamp(one) for one in info.findall("{*}StampAnnot")),
            seal_location=package.resolve(seal, location) if seal else "",
            value_location=package.resolve(text(root, "SignedValue"), location),
        )


def documents(files: Files) -> list[Document]:
    """包里的全部文档，一般只有一份。异常：BadOfd。"""
    bodies = package.parse_file(files, package.ENTRY).findall("{*}DocBody")
    if not bodies:
        raise BadOfd("no_document", "OFD.xml 里没有文档")
    return [Document(files, body) for body in bodies]


def required(parent: etree._Element, tag: str, name: str) -> etree._Element:
    """异常：BadOfd——没有这个元素。"""
    if (found := parent.find(f"{{*}}{tag}")) is None:
        raise BadOfd("missing_element", f"{name} 缺少 {tag}")
    return found


def text(parent: etree._Element, tag: str) -> str:
    """子元素的文字，没有为空。"""
    return (parent.findtext(f"{{*}}{tag}") or "").strip()


def numbers(value: str) -> list[float]:
    """空格分开的数。异常：BadOfd——不是有限的数。"""
    try:
        found = [float(one) for one in value.split()]
    except ValueError:
        raise BadOfd("bad_number", "坐标不是数") from None
    if not all(math.isfinite(one) and abs(one) <= 1e6 for one in found):
        raise BadOfd("bad_number", "坐标超出范围")
    return found


def box(value: str) -> Box:
    """ST_Box：x y 宽 高。异常：BadOfd。"""
    found = numbers(value)
    if len(found) != 4:
        raise BadOfd("bad_number", "矩形要四个数")
    return (found[0], found[1], found[2], found[3])


def _page_size(area: etree._Element | None, default: Box) -> Box:
    written = text(area, "PhysicalBox") if area is not None else ""
    found = box(written) if written else default
    if not (0 < found[2] <= MAX_LENGTH and 0 < found[3] <= MAX_LENGTH):
        raise BadOfd("bad_number", "页面大小不合理")
    return found


def _stamp(element: etree._Element) -> StampBox:
    clip = element.get("Clip")
    return StampBox(element.get("PageRef", ""), box(element.get("Boundary", "")), box(clip) if clip else None)


def parse_moment(value: str) -> datetime | None:
    """签名描述里的时间；写法不一，认不出返回 None。"""
    for pattern in ("%Y%m%d%H%M%S", "%Y%m%d%H%M%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"):
        try:
            return datetime.strptime(value, pattern)
        except ValueError:
            continue
    return None
