"""OFD 的容器：安全地拆开别人给的 zip，确定地装成自己的 zip。

拆：条目数、总大小、压缩比有上限；重名、绝对路径、`..`、加密条目一概不收（GB/T 38540 验章的前提是
“看到的文件”与“核对的文件”是同一个）。XML 不许带 DTD 与实体。
"""

import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from shilong.foundation.documents.ofd.refusals import BadOfd

NAMESPACE = "http://www.ofdspec.org/2016"
ENTRY = "OFD.xml"
EPOCH = (1980, 1, 1, 0, 0, 0)  # zip 的时间戳不入签名也没人看；固定下来，同样的内容就是同样的字节
_PACKED = (".png", ".jpg", ".jpeg", ".esl", ".dat")  # 已压缩或以图为主，再压只费时间
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Limits:
    """拆包上限。

    属性：
        total: 全部条目解压后的总字节数。
        entries: 条目数。
        ratio: 单个条目的压缩比；小于 `ratio_floor` 字节的条目不看压缩比。
        xml: 单个 XML 的字节数。
    """

    total: int = 200 << 20
    entries: int = 5000
    ratio: int = 200
    ratio_floor: int = 1 << 20
    xml: int = 32 << 20


DEFAULT = Limits()


def unpack(data: bytes, limits: Limits = DEFAULT) -> dict[str, bytes]:
    """拆开 OFD，返回 条目名 → 内容，次序同文件。

    异常：
        BadOfd: 不是 zip、缺 OFD.xml，或触到任何一条安全限制。
    """
    try:
        if not data.startswith(b"PK\x03\x04"):
            raise BadOfd("not_zip", "文件开头不是压缩包")
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members, limits)
            files = {member.filename: archive.read(member) for member in members if not member.is_dir()}
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
        IndexError,
        KeyError,
    ) as error:
        raise BadOfd("not_zip", "压缩包已损坏") from error
    if ENTRY not in files:
        raise BadOfd("no_entry", "压缩包里没有 OFD.xml")
    return files


def _check_members(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.entries:
        raise BadOfd("too_many_entries", f"条目超过 {limits.entries} 个")
    seen: set[str] = set()
    for member in members:
        _check_name(member.filename, member.orig_filename)
        if (folded := member.filename.casefold()) in seen:
            raise BadOfd("duplicate_entry", f"有重名的条目 {_shown(member.filename)}")
        seen.add(folded)
        if member.flag_bits & 0x1:
            raise BadOfd("encrypted_entry", f"条目 {_shown(member.filename)} 已加密")
        if member.compress_type not in _METHODS:
            raise BadOfd("odd_compression", f"条目 {_shown(member.filename)} 的压缩方法不认识")
        if member.file_size > limits.ratio_floor and member.file_size > limits.ratio * max(member.compress_size, 1):
            raise BadOfd("bomb", f"条目 {_shown(member.filename)} 的压缩比异常")
    if sum(member.file_size for member in members) > limits.total:
        raise BadOfd("too_large", f"解压后超过 {limits.total >> 20} MB")


def _check_name(name: str, original: str) -> None:
    parts = name.rstrip("/").split("/")
    if name != original or "\\" in name or name.startswith("/") or ":" in parts[0] or not all(parts) or {".", ".."} & set(parts):
        raise BadOfd("unsafe_path", f"条目路径不安全：{_shown(original)}")


def _shown(name: str) -> str:
    """放进说明文字里的条目名：截短，换掉控制字符与孤立代理。"""
    return "".join(character if character.isprintable() else "?" for character in name[:80])


def pack(files: Mapping[str, bytes]) -> bytes:
    """装成 zip，OFD.xml 在最前；同样的内容得到同样的字节。"""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files, key=lambda name: name != ENTRY):
            member = zipfile.ZipInfo(name, EPOCH)
            member.external_attr = 0o644 << 16
            member.create_system = 3
            packed = name.lower().endswith(_PACKED)
            level = 1 if name.endswith(".ttf") else 3  # 6 级只再小百分之几（底纹多的页小两成），时间却要三倍
            archive.writestr(member, files[name], zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED, level)
    return buffer.getvalue()


def resolve(location: str, base: str) -> str:
    """把 ST_Loc 换成条目名。

    参数：
        location: 文件里写的路径；以 / 开头的从包根算起，其余相对 `base` 所在目录。
        base: 写着这个路径的条目名。

    异常：
        BadOfd: 路径跳出包外。
    """
    joined = location.strip() if location.startswith("/") else posixpath.join("/", posixpath.dirname(base), location.strip())
    parts = [part for part in joined.split("/") if part not in ("", ".")]
    if ".." in parts or not parts:
        raise BadOfd("unsafe_path", f"引用的路径不安全：{_shown(location)}")
    return "/".join(parts)


def read(files: Mapping[str, bytes], name: str) -> bytes:
    """异常：BadOfd——没有这个条目。"""
    if (data := files.get(name)) is None:
        raise BadOfd("missing_file", f"缺少文件 {_shown(name)}")
    return data


def parse(data: bytes, name: str, limits: Limits = DEFAULT) -> etree._Element:
    """解析 XML，不取外部内容、不展开实体。

    异常：
        BadOfd: 不是良好的 XML，带 DTD 或实体，太大或嵌套太深（libxml2 上限 256 层）。
    """
    if len(data) > limits.xml:
        raise BadOfd("too_large", f"{_shown(name)} 太大")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise BadOfd("xml_dtd", f"{_shown(name)} 带有 DTD 或实体")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadOfd("bad_xml", f"{_shown(name)} 不是良好的 XML") from error
    if root is None or root.getroottree().docinfo.doctype:  # 换一种编码写的 DTD 躲得过上面的字节比对
        raise BadOfd("xml_dtd", f"{_shown(name)} 带有 DTD 或实体")
    return root


def parse_file(files: Mapping[str, bytes], name: str) -> etree._Element:
    """读出并解析一个 XML 条目。异常：BadOfd。"""
    return parse(read(files, name), name)
