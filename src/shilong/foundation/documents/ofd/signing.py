"""给 OFD 加盖电子印章（GB/T 38540 第 7.2 条，GB/T 33190 第 18.2 条）。

次序不能变：先在 OFD.xml 写上签名清单的指针（OFD.xml 自己也要被摘要），再写 Seal.esl，再逐文件取摘要写 Signature.xml，
最后签名并写签章值与清单。清单 Signatures.xml 不被摘要：会签时还要往里加。
后一枚章把前一枚章的全部文件也摘要进去，所以前章被动过，后章能查出来。
"""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from shilong.foundation.documents.ofd import package, structure
from shilong.foundation.documents.ofd.marks import number
from shilong.foundation.documents.ofd.refusals import BadOfd, StampOutsidePage
from shilong.foundation.documents.ofd.seal import SM2_SM3, SM3, build_signature
from shilong.foundation.documents.ofd.structure import Document
from shilong.foundation.documents.ofd.writer import CREATOR, CREATOR_VERSION, HEADER, XMLNS
from shilong.foundation.gm import sm3
from shilong.foundation.gm.certificates import Certificate
from shilong.foundation.gm.provider import KeyHandle

_SIGN_DIRECTORY = re.compile(r"Sign_(\d+)/")
_BODY_END = re.compile(rb"(<(?:\w+:)?Versions\b|</(?:\w+:)?DocBody\s*>)")


@dataclass(frozen=True, slots=True)
class Stamp:
    """一处盖章。

    属性：
        page: 第几页，从 1 起。
        x、y、w、h: 章面位置与大小，毫米，左上角起算。
        clip: 只露出章面的哪一块 (x, y, 宽, 高)，相对章面左上角；不给就整枚。
    """

    page: int
    x: float
    y: float
    w: float
    h: float
    clip: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Sealing:
    """用哪枚章、谁的证书与私钥。批量签章时共用一份。"""

    seal: bytes
    certificate: Certificate
    key: KeyHandle


def straddle(pages: Sequence[int], *, page_width: float, y: float, size: float) -> list[Stamp]:
    """骑缝章：一枚章竖着切成若干条，依次露在各页右边缘。

    参数：
        pages: 页码，从 1 起，一页一条。
        page_width: 页宽；y: 章面上沿；size: 章面边长。
    """
    part = size / len(pages)
    return [Stamp(page, page_width - part * (order + 1), y, size, size, (part * order, 0, part, size)) for order, page in enumerate(pages)]


def sign(
    ofd: bytes,
    *,
    seal: bytes,
    signer_cert: Certificate,
    signer_key: KeyHandle,
    stamps: Sequence[Stamp],
    at: datetime,
    timestamp: bytes = b"",
) -> bytes:
    """加盖一枚章，返回新的 OFD；对已盖过章的文件再盖就是会签。

    参数：
        seal: 印章（SESeal）。签章者证书不在印章的列表里时也会签，但验不过：由调用方先判断。
        at: 签章时间。
        timestamp: 见 `seal.build_signature`。

    异常：
        BadOfd: 不是能签的 OFD。BadSeal: 印章不合结构或是旧版。StampOutsidePage: 页码或位置不对。
    """
    files = package.unpack(ofd)
    return package.pack(apply(files, Sealing(seal, signer_cert, signer_key), stamps=stamps, at=at, timestamp=timestamp))


def sign_many(documents: Iterable[tuple[bytes, Sequence[Stamp]]], *, sealing: Sealing, at: datetime) -> list[bytes]:
    """批量盖同一枚章；任何一份不成就整批不给。异常：同 `sign`。"""
    return [package.pack(apply(package.unpack(ofd), sealing, stamps=stamps, at=at)) for ofd, stamps in documents]


def apply(
    files: Mapping[str, bytes], sealing: Sealing, *, stamps: Sequence[Stamp], at: datetime, timestamp: bytes = b""
) -> dict[str, bytes]:
    """同 `sign`，在拆开的包上做；写完接着签时不必来回压缩。异常：同 `sign`。"""
    document = _only_document(files)
    boxes = _boxes(document, stamps)
    signatures = document.signatures_name or f"{_directory(document.root_name)}Signs/Signatures.xml"
    order = _next_order(files)
    folder = f"{_directory(signatures)}Sign_{order}/"
    signed = dict(files)
    signed[package.ENTRY] = _pointed(files[package.ENTRY], document, signatures)
    signed[f"{folder}Seal.esl"] = sealing.seal
    location = f"{folder}Signature.xml"
    description = _description(signed, boxes, folder, signatures, order, at).encode()
    signed[location] = description
    signed[f"{folder}SignedValue.dat"] = build_signature(
        sealing.seal,
        signature_xml=description,
        location=f"/{location}",
        signer_cert=sealing.certificate,
        signer_key=sealing.key,
        at=at,
        timestamp=timestamp,
    )
    signed[signatures] = _listed(files, document, signatures, location).encode()
    return signed


def _only_document(files: Mapping[str, bytes]) -> Document:
    found = structure.documents(files)
    if len(found) > 1:
        raise BadOfd("many_documents", "一个文件里有多份文档，不能盖章")
    return found[0]


def _directory(name: str) -> str:
    return name[: name.rfind("/") + 1]


def _next_order(files: Mapping[str, bytes]) -> int:
    """用过的序号不再用：被撤掉的签名可能还留着目录。"""
    return max((int(match[1]) for name in files if (match := _SIGN_DIRECTORY.search(name))), default=-1) + 1


def _boxes(document: Document, stamps: Sequence[Stamp]) -> list[tuple[str, Stamp]]:
    pages = document.pages
    if not stamps:
        raise StampOutsidePage(detail="没有指定盖章位置")
    for stamp in stamps:
        if not 1 <= stamp.page <= len(pages):
            raise StampOutsidePage(detail=f"没有第 {stamp.page} 页，一共 {len(pages)} 页")
        page = pages[stamp.page - 1]
        x, y, w, h = stamp.clip or (0, 0, stamp.w, stamp.h)
        left, top = stamp.x + x, stamp.y + y
        if w <= 0 or h <= 0 or left < 0 or top < 0 or left + w > page.width + 0.01 or top + h > page.height + 0.01:
            raise StampOutsidePage(detail=f"第 {stamp.page} 页的印章超出了页面")
    return [(pages[stamp.page - 1].identifier, stamp) for stamp in stamps]


def _pointed(entry: bytes, document: Document, signatures: str) -> bytes:
    """在 OFD.xml 里写上签名清单的位置；已有就一字不动，前章摘要的正是它。"""
    if document.signatures_name:
        return entry
    prefix = f"{document.body.prefix}:".encode() if document.body.prefix else b""
    pointer = b"<%bSignatures>/%b</%bSignatures>" % (prefix, signatures.encode(), prefix)
    before = _BODY_END.split(entry, maxsplit=1)
    if len(before) != 3:
        raise BadOfd("odd_encoding", "OFD.xml 的编码不是 UTF-8")
    if b"Versions" in before[1]:  # 标准的次序：Versions 在 Signatures 之前
        head, end, tail = re.split(rb"(</(?:\w+:)?DocBody\s*>)", entry, maxsplit=1)
        return head + pointer + end + tail
    return before[0] + pointer + before[1] + before[2]


def _description(files: Mapping[str, bytes], boxes: list[tuple[str, Stamp]], folder: str, signatures: str, order: int, at: datetime) -> str:
    references = "".join(_reference(name, data) for name, data in files.items() if name != signatures)
    stamps = "".join(
        f'<ofd:StampAnnot ID="a{order}_{place}" PageRef="{_attribute(page)}" Boundary="{_box(stamp.x, stamp.y, stamp.w, stamp.h)}"'
        f"{_clip(stamp)}/>"
        for place, (page, stamp) in enumerate(boxes)
    )
    return (
        f"{HEADER}<ofd:Signature {XMLNS}><ofd:SignedInfo>"
        f'<ofd:Provider ProviderName="{CREATOR}" Version="{CREATOR_VERSION}" Company="{CREATOR}"/>'
        f"<ofd:SignatureMethod>{SM2_SM3}</ofd:SignatureMethod>"
        f"<ofd:SignatureDateTime>{timezone.localtime(at):%Y%m%d%H%M%S}</ofd:SignatureDateTime>"
        f'<ofd:References CheckMethod="{SM3}">{references}</ofd:References>{stamps}'
        f"<ofd:Seal><ofd:BaseLoc>/{folder}Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>"
        f"<ofd:SignedValue>/{folder}SignedValue.dat</ofd:SignedValue></ofd:Signature>"
    )


def _listed(files: Mapping[str, bytes], document: Document, signatures: str, location: str) -> str:
    """清单：保留原有各项，末尾加上新签的。MaxSignId 与各项不同名（两者在模式里都是 xs:ID）。"""
    entries = [(one.kind, one.location) for one in document.signatures()] if signatures in files else []
    rows = "".join(
        f'<ofd:Signature ID="s{order}" Type="{_attribute(kind)}" BaseLoc="/{_attribute(where)}"/>'
        for order, (kind, where) in enumerate([*entries, ("Seal", location)], start=1)
    )
    return f"{HEADER}<ofd:Signatures {XMLNS}><ofd:MaxSignId>s{len(entries) + 2}</ofd:MaxSignId>{rows}</ofd:Signatures>"


def _reference(name: str, data: bytes) -> str:
    value = base64.b64encode(sm3(data)).decode()
    return f'<ofd:Reference FileRef="/{_attribute(name)}"><ofd:CheckValue>{value}</ofd:CheckValue></ofd:Reference>'


def _clip(stamp: Stamp) -> str:
    return f' Clip="{_box(*stamp.clip)}"' if stamp.clip else ""


def _box(*values: float) -> str:
    return " ".join(number(value) for value in values)


def _attribute(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
