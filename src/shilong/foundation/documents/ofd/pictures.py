"""图片与二维码。"""

from functools import lru_cache
from io import BytesIO

import segno
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from shilong.foundation.documents.ofd.refusals import BadPicture, DoesNotFit

KINDS = ("PNG", "JPEG")
MAX_PIXELS = 40_000_000
QUIET = 2  # 二维码静区，模块数；印在白底证照上，两格够扫
SCALE = 6  # 每个模块的像素
MASK = 2  # 固定掩码：八种掩码都合标准，逐一打分要花四倍时间


@lru_cache(maxsize=64)
def facts(data: bytes) -> tuple[str, int, int]:
    """图片的格式与像素宽高，不解码像素。

    异常：
        BadPicture: 不是 PNG 或 JPEG，或像素太多。
    """
    try:
        with Pillow.open(BytesIO(data), formats=KINDS) as picture:
            kind, (width, height) = str(picture.format), picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Pillow.DecompressionBombError):
        raise BadPicture from None
    if not 0 < width * height <= MAX_PIXELS:
        raise BadPicture
    return kind, width, height


def qr_png(text: str) -> bytes:
    """二维码 PNG，黑白一位色。

    异常：
        DoesNotFit: 内容太长。
    """
    try:
        rows = segno.make(text, error="m", micro=False, mask=MASK).matrix_iter(border=QUIET)
    except segno.DataOverflowError:
        raise DoesNotFit(detail="二维码内容太长") from None
    lines = [bytes(255 * (not dark) for dark in row) for row in rows]
    image = Pillow.frombytes("L", (len(lines[0]), len(lines)), b"".join(lines)).convert("1")
    buffer = BytesIO()
    image.resize((image.width * SCALE, image.height * SCALE), Pillow.Resampling.NEAREST).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()
