"""印章图：每种都画得出、够小、透明底；上传的印模规整成红色透明底。"""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from shilong.foundation.documents.ofd.refusals import BadPicture, MissingGlyph
from shilong.service.seals import picture, rules
from shilong.service.seals.refusals import SealInvalid

pytestmark = pytest.mark.req("P06")
LONG = "平顶山市石龙区文化广电旅游体育和融媒体服务局"


def opened(png):
    return Image.open(BytesIO(png)).convert("RGBA")


@pytest.mark.parametrize("code", sorted(rules.KINDS))
@pytest.mark.parametrize("name", ["石龙区民政局", LONG, "长" * 30, "局局"])
def test_every_kind_is_drawn_small_red_and_transparent(code, name):
    kind = rules.KINDS[code]
    png = picture.draw(picture.Face(kind, name, "4104040000123", "张三" if code == "05" else ""))
    image = opened(png)
    assert len(png) < 50_000
    assert image.size == (kind.width * 12, kind.height * 12)
    assert image.getpixel((0, 0))[3] == 0
    solid = {pixel[:3] for _, pixel in image.getcolors(1 << 20) if pixel[3] > 200}
    assert solid == {picture.RED}


def test_the_same_face_is_the_same_bytes():
    face = picture.Face(rules.KINDS["11"], "石龙区民政局", "4104040000123")
    assert picture.draw(face) == picture.draw(face)
    assert picture.draw(face) != picture.draw(picture.Face(rules.KINDS["11"], "石龙区民政局", "4104040000124"))


def test_a_missing_glyph_or_an_overlong_name_is_refused():
    with pytest.raises(MissingGlyph):
        picture.draw(picture.Face(rules.KINDS["11"], "石龙区\U0002ffff局", "1"))
    with pytest.raises(SealInvalid):
        picture.draw(picture.Face(rules.KINDS["11"], "长" * 31, "1"))


def scanned(size=(900, 900), kind="PNG", noise=False):
    image = Image.effect_noise(size, 120).convert("RGB") if noise else Image.new("RGB", size, "white")
    ImageDraw.Draw(image).ellipse((100, 100, 800, 800), outline=(220, 30, 30), width=30)
    buffer = BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(("kind", "noise"), [("PNG", False), ("JPEG", False), ("JPEG", True)])
def test_an_uploaded_impression_becomes_red_on_transparent(kind, noise):
    png = picture.normalise(scanned(kind=kind, noise=noise), rules.KINDS["11"])
    image = opened(png)
    assert len(png) < 50_000
    assert {pixel[:3] for _, pixel in image.getcolors(1 << 20) if pixel[3] > 200} == {picture.RED}
    assert image.width == image.height


@pytest.mark.parametrize("data", [b"", b"GIF89a....", b"<svg/>", b"%PDF-1.4"])
def test_other_files_are_refused(data):
    with pytest.raises(BadPicture):
        picture.normalise(data, rules.KINDS["11"])


def test_damaged_blank_and_oversized_pictures_are_refused():
    white = BytesIO()
    Image.new("RGB", (300, 300), "white").save(white, "PNG")
    for data in (scanned()[:2000], white.getvalue(), b"x" * ((2 << 20) + 1)):
        with pytest.raises(SealInvalid) as caught:
            picture.normalise(data, rules.KINDS["11"])
        assert caught.value.fields["picture"]
