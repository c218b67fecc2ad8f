"""印章图：按种类由字体轮廓画出圆形、椭圆、方形章，红色、透明底的 PNG。

不用国徽：党政机关带国徽的章由国家、省统一印章系统制发。图要小：有的阅读器遇到大章图会出错（实测 480 KB 出错、55 KB 正常）。
画的时候放大四倍再缩小，边缘才平滑。
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps

from shilong.foundation.documents.ofd import fonts, pictures
from shilong.service.seals.refusals import SealInvalid
from shilong.service.seals.rules import Kind, Shape

RED = (200, 16, 16)
DOTS = 12  # 每毫米像素数，约 300 dpi
SMOOTH = 4  # 放大倍数
MAX_BYTES = 50_000
MAX_UPLOAD = 2 << 20
MAX_NAME = 30  # 再长，弧上的字就小得看不清
LEVELS = 32  # 透明度级数：够平滑，图又小
FONT = fonts.Font("宋体", bold=True)


@dataclass(frozen=True, slots=True)
class Face:
    """章面上的字。`code` 是下弦的防伪编码。"""

    kind: Kind
    name: str
    code: str
    holder: str = ""


def draw(face: Face) -> bytes:
    """画一枚章，返回 PNG。

    异常：
        MissingGlyph: 名称里有字体没有的字。FontUnavailable: 服务器没有中文字体。
        SealInvalid: 名称太长。
    """
    if not 1 <= len(face.name) <= MAX_NAME:
        raise SealInvalid(fields={"name": f"章面上的单位名称 1 到 {MAX_NAME} 个字"})
    canvas = _Canvas(face)
    {Shape.ROUND: canvas.round, Shape.OVAL: canvas.oval, Shape.SQUARE: canvas.square}[face.kind.shape]()
    return _png(canvas.finished())


def normalise(data: bytes, kind: Kind) -> bytes:
    """把上传的印模图变成标准的章图：白底变透明，一律红色，缩到章面大小。

    异常：
        SealInvalid: 太大，或图上没有印迹。BadPicture: 不是 PNG、JPEG。
    """
    if len(data) > MAX_UPLOAD:
        raise SealInvalid(fields={"picture": "印模图最大 2 MB"})
    pictures.facts(data)
    try:
        with Image.open(BytesIO(data), formats=pictures.KINDS) as opened:
            image = opened.convert("RGBA")
    except (OSError, SyntaxError, ValueError):  # 文件头是好的，像素数据坏了
        raise SealInvalid(fields={"picture": "印模图已损坏，打不开"}) from None
    flat = Image.new("RGBA", image.size, "white")
    flat.alpha_composite(image)
    ink = ImageOps.invert(ImageChops.darker(*flat.split()[1:3]))  # 红印在绿、蓝通道里最深
    if (box := ink.point(lambda value: 255 * (value > 60)).getbbox()) is None:
        raise SealInvalid(fields={"picture": "图上没有看到印迹，请上传白底的红色印模"})
    fitted = ImageOps.pad(ink.crop(box), (kind.width * DOTS, kind.height * DOTS), Image.Resampling.LANCZOS, color=0)
    return _png(fitted)


def _png(ink: Image.Image) -> bytes:
    """印迹浓淡 → 只有一种红色、带透明度的调色板 PNG。太大就减透明度级数、再减像素。"""
    for levels, scale in ((LEVELS, 1.0), (8, 1.0), (8, 0.7), (4, 0.5)):
        size = (round(ink.width * scale), round(ink.height * scale))
        smaller = ink if scale == 1 else ink.resize(size, Image.Resampling.LANCZOS)
        steps = smaller.point([round(value * (levels - 1) / 255) for value in range(256)])
        steps.putpalette(RED * levels)
        buffer = BytesIO()
        steps.save(buffer, "PNG", optimize=True, transparency=bytes(round(255 * level / (levels - 1)) for level in range(levels)))
        if len(content := buffer.getvalue()) <= MAX_BYTES:
            return content
    raise SealInvalid(fields={"picture": "印模图太复杂，请换一张背景干净的图"})


class _Canvas:
    """一张放大的灰度画布，255 是有印泥的地方。坐标单位是像素。"""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._unit = DOTS * SMOOTH
        self._size = (face.kind.width * self._unit, face.kind.height * self._unit)
        self._image = Image.new("L", self._size, 0)
        self._draw = ImageDraw.Draw(self._image)
        characters = "".join(sorted({*face.name, *face.kind.lower, *face.code, *face.holder, *"之印"}))
        self._font = fonts.subset(FONT, characters)

    def finished(self) -> Image.Image:
        """缩回正常大小。"""
        return self._image.resize((self._size[0] // SMOOTH, self._size[1] // SMOOTH), Image.Resampling.LANCZOS)

    def round(self) -> None:
        """圆章：边、上弧单位名称、中心五角星、下方用途、下弦编码。"""
        face = self._face
        self._ring(1.2)
        if face.kind.star:
            self._star(face.kind.width * 0.165, up=face.kind.width * 0.02)
        radius = face.kind.width / 2 - 2.4
        widest = 3.75 if face.kind.lower else 4.4  # 弧度；下方有字时两端收高一些，免得碰上
        size = min(5.6, radius * widest * 0.92 / len(face.name))
        self._arc(face.name, size, radius, radius, min(widest, len(face.name) * size * 1.18 / radius))
        if face.kind.lower:
            self._line(face.kind.lower, min(4.0, face.kind.width * 0.54 / len(face.kind.lower)), face.kind.width * 0.27)
        self._lower_arc(face.code, 1.9, face.kind.width / 2 - 2.0)

    def oval(self) -> None:
        """椭圆章：上弧单位名称、中间用途、下弦编码。"""
        face = self._face
        self._ring(1.0)
        half_width, half_height = face.kind.width / 2 - 2.0, face.kind.height / 2 - 2.0
        size = min(4.2, half_width * 3.0 / len(face.name))
        self._arc(face.name, size, half_width, half_height, min(3.9, len(face.name) * size * 1.12 / half_height))
        self._line(face.kind.lower, 4.2, 0.8)
        self._line(face.code, 2.0, face.kind.height / 2 - 5.2)

    def square(self) -> None:
        """名章：阳文方章，姓名加“印”或“之印”，从右到左竖排。"""
        face = self._face
        line = round(0.9 * self._unit)
        self._draw.rectangle((line, line, self._size[0] - line, self._size[1] - line), outline=255, width=line)
        name = face.holder or face.name
        text = name + {2: "之印", 3: "印"}.get(len(name), "")
        rows = math.ceil(len(text) / 2)
        inner = face.kind.width - 3.8
        size = min(inner / 2, inner / rows)
        for order, character in enumerate(text):
            column, row = divmod(order, rows)
            x = face.kind.width / 2 + (0.5 - column) * inner / 2
            y = face.kind.height / 2 + (row - (rows - 1) / 2) * inner / rows
            self._put(character, size * 0.92, x, y, 0)

    def _ring(self, thickness: float) -> None:
        edge = round(0.3 * self._unit)
        box = (edge, edge, self._size[0] - edge, self._size[1] - edge)
        self._draw.ellipse(box, outline=255, width=round(thickness * self._unit))

    def _star(self, radius: float, *, up: float) -> None:
        center_x, center_y = self._face.kind.width / 2, self._face.kind.height / 2 - up
        points = []
        for order in range(10):
            length = radius if order % 2 == 0 else radius * 0.382
            angle = math.pi * order / 5 - math.pi / 2
            points.append(((center_x + length * math.cos(angle)) * self._unit, (center_y + length * math.sin(angle)) * self._unit))
        self._draw.polygon(points, fill=255)

    def _arc(self, text: str, size: float, half_width: float, half_height: float, spread: float) -> None:
        """沿上弧等分排字，字脚朝圆心。`spread` 是首尾两字之间的张角，弧度。"""
        for character, angle in zip(text, _angles(len(text), spread), strict=True):
            x = self._face.kind.width / 2 + (half_width - size / 2) * math.sin(angle)
            y = self._face.kind.height / 2 - (half_height - size / 2) * math.cos(angle)
            slope = math.atan2((half_height) * math.sin(angle), half_width * math.cos(angle))
            self._put(character, size, x, y, -math.degrees(slope))

    def _lower_arc(self, text: str, size: float, radius: float) -> None:
        """下弦编码：从左到右，字头朝圆心。"""
        for character, angle in zip(text, _angles(len(text), len(text) * size * 0.72 / radius), strict=True):
            x = self._face.kind.width / 2 + (radius - size / 2) * math.sin(angle)
            y = self._face.kind.height / 2 + (radius - size / 2) * math.cos(angle)
            self._put(character, size, x, y, math.degrees(angle))

    def _line(self, text: str, size: float, below: float) -> None:
        """横排一行，中心在章面中心之下 `below` 毫米。数字只占半个字宽。"""
        step = size * (0.56 if text.isascii() else 1)
        for order, character in enumerate(text):
            x = self._face.kind.width / 2 + (order - (len(text) - 1) / 2) * step
            self._put(character, size, x, self._face.kind.height / 2 + below, 0)

    def _put(self, character: str, size: float, x: float, y: float, degrees: float) -> None:
        """在 (x, y) 毫米处居中放一个字，逆时针转 `degrees` 度。"""
        pixels = round(size * self._unit)
        tile = Image.new("L", (pixels * 2, pixels * 2), 0)
        font = ImageFont.truetype(BytesIO(self._font), pixels)
        ImageDraw.Draw(tile).text((pixels, pixels), character, fill=255, font=font, anchor="mm")
        turned = tile.rotate(degrees, Image.Resampling.BICUBIC) if degrees else tile
        corner = (round(x * self._unit) - pixels, round(y * self._unit) - pixels)
        self._image.paste(255, (*corner, corner[0] + turned.width, corner[1] + turned.height), turned)


def _angles(count: int, spread: float) -> Iterator[float]:
    """从左到右等分的角，正上方（或正下方）为零。"""
    if count == 1:
        yield 0.0
        return
    for order in range(count):
        yield spread * (order / (count - 1) - 0.5)
