"""按内容判断文件是什么。纯函数；扩展名只用来核对，从不用来决定类型。"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Collection
from dataclasses import dataclass

import puremagic

from shilong.foundation.files.refusals import Bomb, Damaged, Disguised, KindNotAllowed, Macro

ZIP_ENTRIES = 5000
ZIP_EXPANDED = 200 * 1024 * 1024
ZIP_RATIO = 100  # 正常 docx/xlsx 的展开比在 3–30
NAME_LIMIT = 120
_MP4_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"3gp4", b"3gp5")
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")  # 含能把扩展名倒过来显示的双向控制符


@dataclass(frozen=True, slots=True)
class Kind:
    """一种文件。"""

    key: str
    mime: str
    name: str
    extensions: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = Kind("pdf", "application/pdf", " PDF 文档", ("pdf",))
JPEG = Kind("jpg", "image/jpeg", " JPG 图片", ("jpg", "jpeg", "jpe", "jfif"))
PNG = Kind("png", "image/png", " PNG 图片", ("png",))
WEBP = Kind("webp", "image/webp", " WebP 图片", ("webp",))
HEIC = Kind("heic", "image/heic", " HEIC 照片（苹果手机的高效格式，可在“设置－相机－格式”改为“兼容性最佳”）", ("heic", "heif"))
DOCX = Kind("docx", f"{_OFFICE}.wordprocessingml.document", " Word 文档", ("docx",))
XLSX = Kind("xlsx", f"{_OFFICE}.spreadsheetml.sheet", " Excel 表格", ("xlsx",))
OFD = Kind("ofd", "application/ofd", " OFD 版式文件", ("ofd",))
ZIP = Kind("zip", "application/zip", " ZIP 压缩包", ("zip",))
MP4 = Kind("mp4", "video/mp4", " MP4 视频", ("mp4", "m4v"))
MOV = Kind("mov", "video/quicktime", " MOV 视频", ("mov", "qt"))
WEBM = Kind("webm", "video/webm", " WebM 视频", ("webm",))

IMAGES = frozenset({JPEG, PNG, WEBP})
VIDEOS = frozenset({MP4, MOV, WEBM})
DOCUMENT_KINDS = frozenset({PDF, JPEG, PNG, WEBP, DOCX, XLSX, OFD})
BY_MIME = {kind.mime: kind for kind in (PDF, JPEG, PNG, WEBP, DOCX, XLSX, OFD, ZIP, MP4, MOV, WEBM)}


def identify(content: bytes, filename: str, allowed: Collection[Kind] = DOCUMENT_KINDS) -> Kind:
    """判断类型并与扩展名核对。

    参数：
        content: 全部内容。
        filename: 上传时的文件名；没有扩展名时不核对。
        allowed: 允许的类型。

    异常：
        KindNotAllowed: 不在允许之列。
        Disguised: 扩展名与内容不符。
        Damaged、Bomb、Macro: 压缩包打不开、展开过大、含宏。
    """
    kind = detect(content)
    extension = suffix(filename)
    if kind is None:
        raise KindNotAllowed(found=_guess(content, extension), allowed=_names(allowed))
    if extension and extension not in kind.extensions:
        raise Disguised(extension=extension, found=kind.name)
    if kind not in allowed:
        raise KindNotAllowed(found=kind.name, allowed=_names(allowed))
    return kind


def detect(content: bytes) -> Kind | None:
    """按魔数与内部结构判断；认不出返回 None。"""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1", b"heif", b"hevc"):
        return HEIC
    if content[4:8] == b"ftyp":
        return MOV if content[8:12] == b"qt  " else MP4 if content[8:12] in _MP4_BRANDS else None
    if content[:4] == b"\x1aE\xdf\xa3" and b"webm" in content[:64]:
        return WEBM
    return _package(content) if content.startswith(b"PK\x03\x04") else None


def clean_name(filename: str, kind: Kind) -> str:
    """可以放心显示与下载的文件名：只留最后一段，去掉不可见字符，过长截短但保留扩展名。"""
    base = _INVISIBLE.sub("", unicodedata.normalize("NFC", filename)).replace("\\", "/").rsplit("/", 1)[-1].strip(" .")
    base = re.sub(r'[<>:"|?*]', "_", base)
    extension = suffix(base)
    stem = base[: -len(extension) - 1] if extension else base
    return f"{stem[:NAME_LIMIT].strip(' .') or '未命名'}.{extension or kind.extensions[0]}"


def suffix(filename: str) -> str:
    """小写扩展名；没有或不像扩展名（太长、含中文、含空格）返回空串。"""
    match = re.search(r"[^/\\.]\.([A-Za-z0-9]{1,8})$", filename.strip())
    return match.group(1).lower() if match else ""


def size_text(size: int) -> str:
    """给人看的大小。"""
    return f"{size / 1024 / 1024:g} MB" if size >= 1024 * 1024 else f"{size // 1024} KB"


def _package(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Damaged(found="压缩包格式的文件") from error
    expanded = sum(entry.file_size for entry in entries)
    if len(entries) > ZIP_ENTRIES or expanded > ZIP_EXPANDED or expanded > max(len(content), 10_000) * ZIP_RATIO:
        raise Bomb(reason=f"文件展开后有 {size_text(expanded)}、{len(entries)} 项")
    names = {entry.filename for entry in entries}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Macro
    if "OFD.xml" in names:
        return OFD
    if "[Content_Types].xml" in names:
        for kind, part in ((DOCX, "word/document.xml"), (XLSX, "xl/workbook.xml")):
            if part in names:
                return kind
    return ZIP


def _guess(content: bytes, extension: str) -> str:
    try:
        found = puremagic.from_string(content[:4096]).lstrip(".")
    except (puremagic.PureError, ValueError):
        found = ""
    label = found or extension
    return f" {label} 类型的文件" if label else "这种类型的文件"


def _names(allowed: Collection[Kind]) -> str:
    return "、".join(sorted({kind.extensions[0] for kind in allowed}))
