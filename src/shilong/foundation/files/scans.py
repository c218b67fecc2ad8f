"""拍下来的纸：找四角、纠偏裁边、压缩。

只用 Pillow：找角是“亮的纸、暗的台面”上取最大亮块的四个极点，透视变换 Pillow 自带。
没有引入 OpenCV：多出两百多兆安装量，信创平台（龙芯等）没有现成的包；找不准时人在页面上拖四角，结果一样。
"""

import io
import warnings
from collections import deque
from collections.abc import Sequence
from math import dist

from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from shilong.foundation.files.inspection import MAX_PIXELS
from shilong.foundation.files.refusals import Bomb, Damaged
from shilong.foundation.refusals import Invalid

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]  # 左上、右上、右下、左下；占宽、高的比例 0–1
WHOLE: Corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
LONGEST, QUALITY = 2200, 82  # A4 长边 2200 像素约 190 dpi，看得清五号字
_SMALL = 180
_AREA = (0.12, 0.97)  # 亮块占画面的比例；再小是反光，再大是没有台面
_FILL = 0.82  # 亮块至少填满四边形的多少，才认为它是一张纸


def detect(content: bytes) -> Corners:
    """找出纸的四角；找不到时是整幅画面。

    异常：
        Damaged、Bomb: 不是图片，或像素过多。
    """
    grey = _open(content, rough=True).convert("L")
    grey.thumbnail((_SMALL, _SMALL))
    grey = grey.filter(ImageFilter.GaussianBlur(1.2))
    width, height = grey.size
    limit = _otsu(grey.histogram())
    blob = _largest(bytes(1 if value > limit else 0 for value in grey.tobytes()), width, height)
    share = len(blob) / (width * height)
    if not _AREA[0] <= share <= _AREA[1]:
        return WHOLE
    points = [(place % width, place // width) for place in blob]
    quad = (
        min(points, key=lambda p: p[0] + p[1]),
        max(points, key=lambda p: p[0] - p[1]),
        max(points, key=lambda p: p[0] + p[1]),
        min(points, key=lambda p: p[0] - p[1]),
    )
    area = _area(quad)
    if area <= 0 or len(blob) / area < _FILL or area / (width * height) < _AREA[0]:
        return WHOLE
    first, second, third, fourth = ((x / (width - 1), y / (height - 1)) for x, y in quad)
    return first, second, third, fourth


def straighten(content: bytes, corners: Corners = WHOLE, turns: int = 0) -> bytes:
    """按四角拉正、顺时针转 `turns` 个直角、缩到合适大小，存成 JPEG。拍摄位置等信息不保留。

    异常：
        Invalid: 四角不成四边形。Damaged、Bomb: 不是图片，或像素过多。
    """
    picture = _open(content).convert("RGB")
    if corners != WHOLE:
        picture = _warp(picture, _checked(corners))
    if turns % 4:
        picture = picture.rotate(-90 * (turns % 4), expand=True)
    picture.thumbnail((LONGEST, LONGEST))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def parse(values: object) -> Corners:
    """页面送来的四角 [[x, y]…]。异常：Invalid。"""
    try:
        points = [(float(x), float(y)) for x, y in values]  # type: ignore[attr-defined]
        first, second, third, fourth = points
    except (TypeError, ValueError) as error:
        raise Invalid("裁剪范围不对，请重新拖动四个角。") from error
    return _checked((first, second, third, fourth))


def _checked(corners: Corners) -> Corners:
    inside = all(0 <= value <= 1 for point in corners for value in point)
    if not inside or not _convex(corners) or _area(corners) < 0.01:
        raise Invalid("裁剪范围不对，请重新拖动四个角。")
    return corners


def _convex(corners: Sequence[Point]) -> bool:
    """四个角依次同向转弯：没有交叉、没有凹进去。"""
    turns = []
    for place in range(4):
        (ax, ay), (bx, by), (cx, cy) = (corners[(place + step) % 4] for step in range(3))
        turns.append((bx - ax) * (cy - by) - (by - ay) * (cx - bx))
    return all(turn > 0 for turn in turns)


def _area(quad: Sequence[Point]) -> float:
    total = sum(quad[n][0] * quad[(n + 1) % 4][1] - quad[(n + 1) % 4][0] * quad[n][1] for n in range(4))
    return total / 2


def _warp(picture: Image.Image, corners: Corners) -> Image.Image:
    """透视拉正（Heckbert 1989 的单位正方形到四边形的射影变换）。"""
    p0, p1, p2, p3 = ((x * (picture.width - 1), y * (picture.height - 1)) for x, y in corners)
    width = max(round(max(dist(p0, p1), dist(p3, p2))), 16)
    height = max(round(max(dist(p0, p3), dist(p1, p2))), 16)
    dx1, dy1, dx2, dy2 = p1[0] - p2[0], p1[1] - p2[1], p3[0] - p2[0], p3[1] - p2[1]
    sx, sy = p0[0] - p1[0] + p2[0] - p3[0], p0[1] - p1[1] + p2[1] - p3[1]
    bottom = dx1 * dy2 - dy1 * dx2
    g, h = (sx * dy2 - sy * dx2) / bottom, (dx1 * sy - dy1 * sx) / bottom
    rows = [(p1[n] - p0[n] + g * p1[n], p3[n] - p0[n] + h * p3[n], p0[n]) for n in (0, 1)]
    plan = [value for a, b, c in rows for value in (a / width, b / height, c)] + [g / width, h / height]
    return picture.transform((width, height), Image.Transform.PERSPECTIVE, plan, Image.Resampling.BICUBIC, fillcolor="white")


def _otsu(histogram: list[int]) -> int:
    """大津法阈值：让亮暗两类的类间方差最大。"""
    total, weighted = sum(histogram), sum(level * count for level, count in enumerate(histogram))
    best, limit, below, below_sum = 0.0, 127, 0, 0
    for level, count in enumerate(histogram):
        below, below_sum = below + count, below_sum + level * count
        if not 0 < below < total:
            continue
        apart = below_sum / below - (weighted - below_sum) / (total - below)
        spread = below * (total - below) * apart * apart
        if spread > best:
            best, limit = spread, level
    return limit


def _largest(mask: bytes, width: int, height: int) -> list[int]:
    """最大的一块相连亮区（四邻接），元素是行优先的像素序号。"""
    left = bytearray(mask)
    best: list[int] = []
    for start in range(width * height):
        if not left[start]:
            continue
        left[start] = 0
        queue, blob = deque([start]), [start]
        while queue:
            here = queue.popleft()
            column = here % width
            near = (here - width, here + width, here - 1 if column else -1, here + 1 if column < width - 1 else -1)
            for place in near:
                if 0 <= place < width * height and left[place]:
                    left[place] = 0
                    queue.append(place)
                    blob.append(place)
        if len(blob) > len(best):
            best = blob
    return best


def _open(content: bytes, *, rough: bool = False) -> Image.Image:
    """打开并转正；`rough` 为真时 JPEG 直接按缩小的尺寸解码，只够找角用。"""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"])
            if picture.width * picture.height > MAX_PIXELS:
                raise Bomb(reason=f"图片有 {picture.width}×{picture.height} 像素")
            if rough:
                picture.draft("L", (_SMALL * 2, _SMALL * 2))
            return ImageOps.exif_transpose(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Damaged(found="图片") from error
