"""打开看一看：图片去元数据并转正，PDF 数页数。不合格的在这里拒绝。"""

import io
import threading
import warnings
from dataclasses import dataclass

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from shilong.foundation.files.kinds import IMAGES, JPEG, PDF, PNG, WEBP, Kind
from shilong.foundation.files.refusals import Bomb, CannotPreview, Damaged, NoSuchPage, PasswordProtected

MAX_PIXELS = 64_000_000  # 解码后约 190 MB；手机 5000 万像素照片在内
MAX_PAGES = 500
MAX_PREVIEW_PIXELS = 12_000_000
_pdfium = threading.Lock()  # pdfium 不是线程安全的
_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_PRIVATE = ("exif", "xmp", "comment", "XML:com.adobe.xmp", "Raw profile type exif", "photoshop")


@dataclass(frozen=True, slots=True)
class Inspected:
    """检查后的内容：图片可能已重写。"""

    content: bytes
    pages: int


def inspect(content: bytes, kind: Kind) -> Inspected:
    """核验并净化。

    异常：
        Damaged、Bomb、PasswordProtected: 打不开、过大、有密码。
    """
    if kind in IMAGES:
        return Inspected(_clean_image(content, kind), 1)
    if kind is PDF:
        return Inspected(content, _count_pages(content))
    return Inspected(content, 1)


def render(content: bytes, kind: Kind, page: int, width: int) -> bytes:
    """把一页变成 PNG；宽度不超过 `width`，像素总数有上限。

    异常：
        CannotPreview: 不是图片或 PDF。
        NoSuchPage: 没有这一页。
    """
    if kind in IMAGES:
        if page != 1:
            raise NoSuchPage(pages=1)
        picture = _open(content, kind)
        picture.thumbnail((width, width * 4))
    elif kind is PDF:
        picture = _render_page(content, page, width)
    else:
        raise CannotPreview(found=kind.name.strip())
    return _png(picture)


def combine(parts: list[tuple[bytes, Kind]]) -> bytes:
    """按顺序合成一个 PDF：图片一张一页，PDF 逐页并入。"""
    pages = [content if kind is PDF else _image_page(content, kind) for content, kind in parts]
    with _pdfium:
        target = pypdfium2.PdfDocument.new()
        try:
            for content in pages:
                source = pypdfium2.PdfDocument(content)
                target.import_pages(source)
                source.close()
            buffer = io.BytesIO()
            target.save(buffer)
        finally:
            target.close()
    return buffer.getvalue()


def _clean_image(content: bytes, kind: Kind) -> bytes:
    """没有元数据、没有尾部夹带的图片原样保留（摘要不变）；否则转正后重写，位置、机型等信息一并去掉。"""
    picture = _open(content, kind)
    private = bool(picture.getexif()) or any(picture.info.get(name) for name in _PRIVATE) or bool(getattr(picture, "text", None))
    if not private and _ends_cleanly(content, kind):
        return content
    upright = ImageOps.exif_transpose(picture)
    buffer = io.BytesIO()
    profile = picture.info.get("icc_profile")
    options = {"icc_profile": profile} if profile else {}
    if kind is not PNG:
        options["quality"] = 92
    plain = Image.new(upright.mode, upright.size)
    plain.paste(upright)
    if upright.mode == "P" and (palette := upright.getpalette()) is not None:
        plain.putpalette(palette)
    if "transparency" in upright.info:
        plain.info["transparency"] = upright.info["transparency"]
    plain.save(buffer, _FORMATS[kind], **options)
    return buffer.getvalue()


def _open(content: bytes, kind: Kind) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=[_FORMATS[kind]])
            if picture.width * picture.height > MAX_PIXELS:
                raise Bomb(reason=f"图片有 {picture.width}×{picture.height} 像素")
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Damaged(found=kind.name.strip()) from error
    return picture


def _ends_cleanly(content: bytes, kind: Kind) -> bool:
    if kind is JPEG:
        return content.endswith(b"\xff\xd9")
    if kind is PNG:
        return content.endswith(b"IEND\xaeB`\x82")
    return int.from_bytes(content[4:8], "little") + 8 == len(content)


def _count_pages(content: bytes) -> int:
    with _pdfium:
        document = _pdf(content)
        try:
            pages = len(document)
        finally:
            document.close()
    if pages > MAX_PAGES:
        raise Bomb(reason=f"PDF 有 {pages} 页（上限 {MAX_PAGES} 页）")
    if pages == 0:
        raise Damaged(found="PDF 文档")
    return pages


def _render_page(content: bytes, page: int, width: int) -> Image.Image:
    with _pdfium:
        document = _pdf(content)
        try:
            if not 1 <= page <= len(document):
                raise NoSuchPage(pages=len(document))
            sheet = document[page - 1]
            across, down = sheet.get_size()
            scale = min(width / max(across, 1), (MAX_PREVIEW_PIXELS / max(across * down, 1)) ** 0.5)
            return sheet.render(scale=scale).to_pil().copy()
        finally:
            document.close()


def _pdf(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise PasswordProtected from error
        raise Damaged(found="PDF 文档") from error


def _image_page(content: bytes, kind: Kind) -> bytes:
    picture = _open(content, kind)
    flat = Image.new("RGB", picture.size, "white")
    rgba = picture.convert("RGBA")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    buffer = io.BytesIO()
    flat.save(buffer, "PDF", resolution=max(72.0, max(flat.size) / 11.7))  # 长边约等于 A4
    return buffer.getvalue()


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    (picture if picture.mode in ("RGB", "RGBA", "L", "P") else picture.convert("RGB")).save(buffer, "PNG")
    return buffer.getvalue()
