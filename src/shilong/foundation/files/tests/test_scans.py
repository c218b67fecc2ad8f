"""找四角、纠偏、旋转：合成的照片，结果按几何与颜色断言。"""

import io
from math import dist

import pytest
from PIL import Image, ImageDraw

from shilong.foundation.files import scans
from shilong.foundation.files.refusals import Damaged
from shilong.foundation.refusals import Invalid

pytestmark = pytest.mark.req("W11")


def photo(quad, size=(800, 600), desk="#3a3f45", paper="#f4f2ea", **save) -> bytes:
    """暗台面上一张亮纸，左上角画一个红块好认方向。"""
    image = Image.new("RGB", size, desk)
    pen = ImageDraw.Draw(image)
    pen.polygon(quad, fill=paper)
    (x, y), _, (a, b), _ = quad
    pen.rectangle((x + (a - x) * 0.08, y + (b - y) * 0.08, x + (a - x) * 0.2, y + (b - y) * 0.2), fill="#c01818")
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92, **save)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "quad",
    [
        [(150, 60), (650, 60), (650, 540), (150, 540)],
        [(180, 90), (640, 60), (690, 520), (120, 560)],  # 透视
        [(220, 40), (700, 130), (610, 560), (120, 470)],  # 斜放
    ],
)
def test_corners_of_a_sheet_are_found(quad):
    found = scans.detect(photo(quad))
    for (x, y), (a, b) in zip(quad, found, strict=True):
        assert dist((x / 800, y / 600), (a, b)) < 0.03


@pytest.mark.parametrize("paper", ["#3a3f45", "#40454b"])
def test_without_a_sheet_the_whole_picture_is_kept(paper):
    buffer = io.BytesIO()
    Image.new("RGB", (300, 200), paper).save(buffer, "JPEG")
    assert scans.detect(buffer.getvalue()) == scans.WHOLE


def test_straightening_fills_the_sheet_and_keeps_the_direction():
    quad = [(180, 90), (640, 60), (690, 520), (120, 560)]
    content = photo(quad)
    result = Image.open(io.BytesIO(scans.straighten(content, scans.detect(content))))
    red = result.getpixel((round(result.width * 0.14), round(result.height * 0.14)))
    assert red[0] > 150
    assert red[1] < 90
    for place in ((0.95, 0.95), (0.05, 0.95), (0.95, 0.05)):
        assert min(result.getpixel((round(result.width * place[0]), round(result.height * place[1])))) > 200


TURNED = [(0, (0.14, 0.14)), (1, (0.86, 0.14)), (2, (0.86, 0.86)), (3, (0.14, 0.86)), (5, (0.86, 0.14))]


@pytest.mark.parametrize(("turns", "corner"), TURNED)
def test_turns_are_clockwise(turns, corner):
    content = photo([(0, 0), (799, 0), (799, 599), (0, 599)])
    result = Image.open(io.BytesIO(scans.straighten(content, turns=turns)))
    assert result.getpixel((round(result.width * corner[0]), round(result.height * corner[1])))[0] > 150


def test_large_photos_are_shrunk_and_lose_their_metadata():
    exif = Image.Exif()
    exif[0x010F] = "虚构相机"
    result = scans.straighten(photo([(0, 0), (3999, 0), (3999, 2999), (0, 2999)], (4000, 3000), exif=exif))
    image = Image.open(io.BytesIO(result))
    assert max(image.size) == scans.LONGEST
    assert not image.getexif()


@pytest.mark.parametrize(
    "corners",
    [
        None,
        [],
        [[0, 0], [1, 0], [1, 1]],
        [["a", 0], [1, 0], [1, 1], [0, 1]],
        [[-0.1, 0], [1, 0], [1, 1], [0, 1]],
        [[0, 0], [1, 1], [1, 0], [0, 1]],  # 交叉
        [[0, 0], [1, 0], [0.1, 0.1], [0, 1]],  # 凹
        [[0, 0], [0.05, 0], [0.05, 0.05], [0, 0.05]],  # 太小
        [[float("nan"), 0], [1, 0], [1, 1], [0, 1]],
    ],
)
def test_bad_corners_are_refused(corners):
    with pytest.raises(Invalid):
        scans.parse(corners)


def test_not_a_picture():
    for does in (scans.detect, scans.straighten):
        with pytest.raises(Damaged):
            does(b"%PDF-1.7 nothing")
