"""写 OFD：内容一字不差，字形嵌得进，同样的输入同样的字节，缺字就不出。"""

from dataclasses import replace
from io import BytesIO

import ofdkit
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from shilong.foundation.documents.ofd import fonts, layout, lines, package, preview, reader, writer
from shilong.foundation.documents.ofd.refusals import BadPicture, DoesNotFit, MissingGlyph
from shilong.foundation.documents.tests import ofd_world as world

pytestmark = pytest.mark.req("P05")
FANG = layout.Style(fonts.FANG, layout.pt(16), leading=1.75)


def flow(*blocks, **options) -> bytes:
    return writer.write(layout.OfdDocument("通知书", world.AT, flow=blocks, **options))


def third_party_text(ofd: bytes) -> str:
    """别人写的阅读器看到的文字，去掉空白。"""
    with ofdkit.open(BytesIO(ofd)) as document:
        return "".join("".join(run.text for run in page.runs) for page in document.pages).replace(" ", "").replace("\u3000", "")


def test_another_reader_sees_every_character():
    text = third_party_text(world.unsigned())
    for piece in ("食品经营许可证", "JY14104040000001", "石龙区捞饭店餐饮管理有限公司", "张喆堃", "二〇三一年十一月二十一日"):
        assert piece in text


def test_our_reader_gives_the_same_text_without_the_watermark():
    text = reader.text(world.unsigned())
    assert "张喆堃" in text
    assert "石龙区政务服务" not in text


def test_the_same_document_is_the_same_bytes():
    assert writer.write(world.certificate(), attachments=[world.attachment()]) == world.unsigned()


def test_package_order_prefix_and_paths():
    """OFD.xml 在最前；前缀字面是 ofd；路径不带前导斜杠。"""
    files = package.unpack(world.unsigned())
    assert next(iter(files)) == "OFD.xml"
    assert files["OFD.xml"].startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"')
    assert {"Doc_0/Document.xml", "Doc_0/PublicRes.xml", "Doc_0/Pages/Page_0/Content.xml", "Doc_0/Attachs/license.xml"} <= set(files)


def test_identifiers_are_unique_and_below_the_maximum():
    files = package.unpack(world.unsigned())
    parts = [etree.fromstring(data) for name, data in files.items() if name.endswith(".xml") and "Attachs" not in name]
    found = [int(one) for part in parts for one in part.xpath("//@ID")]
    (maximum,) = [int(one) for part in parts for one in part.xpath("//*[local-name()='MaxUnitID']/text()")]
    assert len(found) == len(set(found))
    assert max(found) < maximum


def test_embedded_font_is_truetype_with_exactly_the_used_glyphs():
    files = package.unpack(flow(layout.TextBlock("石龙区，〇喆。")))
    (name,) = [name for name in files if name.endswith(".ttf")]
    font = TTFont(BytesIO(files[name]))
    assert "glyf" in font
    assert set(map(chr, font.getBestCmap())) == set("石龙区，〇喆。")
    assert b'FontName="\xe5\xae\x8b\xe4\xbd\x93" FamilyName="\xe5\xae\x8b\xe4\xbd\x93"' in files["Doc_0/PublicRes.xml"]


def test_missing_glyph_is_refused_and_named():
    with pytest.raises(MissingGlyph) as caught:
        flow(layout.TextBlock("张\U0002f9f4\U000f0000"))
    assert "U+F0000" in caught.value.text
    assert "宋体" in caught.value.text


def test_own_font_files_win(settings, tmp_path):
    """单位自己的字体放进数据目录就用它：这里拿黑体当宋体，字形应当变。"""
    settings.DATA = tmp_path
    fonts.store.cache_clear()
    fonts.subset.cache_clear()
    usual = fonts.subset(fonts.SONG, "石")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "宋体.ttf").write_bytes(fonts.subset(fonts.HEI, "石"))
    fonts.store.cache_clear()
    fonts.subset.cache_clear()
    own = fonts.subset(fonts.SONG, "石")
    fonts.store.cache_clear()
    fonts.subset.cache_clear()
    assert own != usual


def test_broken_glyph_cache_is_rebuilt(settings, tmp_path):
    settings.DATA = tmp_path
    path = fonts.source_path(fonts.SONG)
    cache = fonts._database(path)
    first = fonts.GlyphStore(path, fonts.SONG).ensure("石龙")
    cache.write_bytes(b"not a database" * 100)
    assert fonts.GlyphStore(path, fonts.SONG).ensure("石龙") == first
    assert fonts.GlyphStore(path, fonts.SONG)._glyphs.keys() == {"石", "龙"}


def test_attachments_and_metadata_come_back():
    (attached,) = reader.attachments(world.unsigned())
    assert (attached.name, attached.filename, attached.visible, attached.data) == ("license", "license.xml", False, world.LICENCE)
    facts = reader.metadata(world.unsigned())
    assert (facts.title, facts.author, facts.created) == ("食品经营许可证", "石龙区市场监督管理局", "2026-11-24")
    assert facts.custom == {"证照编号": "JY14104040000001"}


@pytest.mark.parametrize("filename", ["../x.xml", "a/b.xml", "", "x", "Attachments.xml", "中.xml"])
def test_unsafe_attachment_names_are_programming_errors(filename):
    with pytest.raises(ValueError, match="附件文件名"):
        writer.write(world.certificate(), attachments=[writer.Attachment("x", filename, b"")])


def test_markup_in_text_stays_text():
    ofd = writer.write(layout.OfdDocument("<b>&\"'", world.AT, flow=[layout.TextBlock("a<b>&\"'\x00\x0b\u200b]]>")], custom={'"k"': "<v>"}))
    assert reader.text(ofd) == "a<b>&\"']]>"
    assert reader.metadata(ofd).title == "<b>&\"'"
    assert reader.metadata(ofd).custom == {'"k"': "<v>"}


@pytest.mark.parametrize(
    ("text", "width", "broken"),
    [
        ("一二三四五六", 20, ["一二三四", "五六"]),
        ("一二三四，五六", 20, ["一二三", "四，五六"]),  # 逗号不在行首
        ("一二三（四五）", 20, ["一二三", "（四五）"]),  # 前括号不在行末
        ("一二三四”。", 20, ["一二三", "四”。"]),  # 连着的标点一起带走
        ("编号AB1234到", 25, ["编号", "AB1234到"]),  # 西文数字不拆
        ("甲\n\n乙", 20, ["甲", "", "乙"]),
        ("一二三四 五六", 20, ["一二三四", "五六"]),  # 行首不留空格
        ("", 20, [""]),
    ],
)
def test_line_breaking(text, width, broken):
    assert [line.text for line in lines.break_lines(text, layout.Style(size=5), width)] == broken


def test_justified_lines_fill_the_width_except_the_last():
    style = layout.Style(size=5, align=layout.Align.JUSTIFY, indent=2)
    found = lines.break_lines("经审查材料齐全、符合法定形式，决定予以受理，编号ABC123。" * 3, style, 83)
    assert all(line.x + sum(line.advances) == pytest.approx(83) for line in found[:-1])
    assert found[0].x == 10
    assert sum(found[-1].advances) < 83


@settings(deadline=None, max_examples=60)
@given(st.text("中文，。（）“”AB12 .\n", max_size=80), st.floats(1, 60))
def test_line_breaking_keeps_every_character(text, width):
    found = lines.break_lines(text, layout.Style(size=5), width)
    assert "".join(line.text for line in found).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert all(len(line.advances) == len(line.text) for line in found)


def test_long_text_runs_over_pages_with_page_numbers():
    ofd = flow(layout.TextBlock("依据行政许可法第三十二条的规定予以受理。" * 120, FANG), numbered=True)
    texts = reader.text(ofd).split("\n\n")
    assert len(texts) == len(reader.pages(ofd)) > 2
    assert [text.split("\n")[-1] for text in texts] == [f"— {number} —" for number in range(1, len(texts) + 1)]
    body = "".join(line for text in texts for line in text.split("\n")[:-1])
    assert body == "依据行政许可法第三十二条的规定予以受理。" * 120


def test_table_header_repeats_on_every_page():
    rows = [("序号", "材料名称"), *((str(number), f"第{number}项材料，原件核对后退还") for number in range(1, 120))]
    ofd = flow(layout.Table([20, 100], rows, header=1))
    pages = reader.text(ofd).split("\n\n")
    assert len(pages) > 2
    assert all(page.startswith("序号 材料名称") for page in pages)
    assert [line.split()[0] for page in pages for line in page.split("\n")[1:]] == [str(number) for number in range(1, 120)]


def test_a_row_taller_than_a_page_is_split():
    ofd = flow(layout.Table([20, 60], [("甲", "乙"), ("一", "很长的说明。" * 700)], header=1))
    assert len(reader.pages(ofd)) > 1
    assert reader.text(ofd).replace("\n", "").count("很长的说明。") >= 690


@pytest.mark.parametrize(
    "block",
    [
        layout.Table([20, 20], [("一格",)]),
        layout.Table([2], [("窄",)]),
        layout.Rect(10, 900),
        layout.TextBlock("大", layout.Style(size=400)),
        layout.QrCode("长" * 4000, 30),
    ],
)
def test_what_cannot_fit_is_refused(block):
    with pytest.raises(DoesNotFit):
        flow(block)


def test_pictures_must_be_png_or_jpeg():
    with pytest.raises(BadPicture):
        flow(layout.Picture(b"GIF89a" + bytes(40), 20))
    ofd = flow(layout.Picture(world.stamp_png(), 20), layout.Picture(world.stamp_png(), 30))
    assert len([name for name in package.unpack(ofd) if name.endswith(".png")]) == 1


def test_preview_draws_what_was_written():
    svg = etree.fromstring(preview.render_svg(world.signed(), 1))
    assert svg.get("viewBox") == "0 0 210 297"
    assert len(svg.findall(".//{*}use")) > 80
    assert len(svg.findall(".//{*}image")) == 2
    assert not svg.findall(".//{*}script")
    assert not svg.findall(".//{*}text")


def test_preview_png_has_ink_where_the_text_and_seal_are():
    from PIL import Image

    image = Image.open(BytesIO(preview.render_png(world.signed(), 1, dpi=100))).convert("RGB")
    assert image.size == (827, 1169)
    scale = image.width / 210
    title = image.crop(tuple(round(one * scale) for one in (60, 30, 150, 46)))
    seal = image.crop(tuple(round(one * scale) for one in (130, 222, 170, 262)))
    for region in (title, seal):
        assert any(red > 150 and green < 80 for red, green, _ in region.get_flattened_data())


def test_preview_of_a_straddling_seal_shows_one_strip_per_page():
    ofd = flow(layout.TextBlock("正文。" * 2000, FANG))
    count = len(reader.pages(ofd))
    stamps = world.signing.straddle(range(1, count + 1), page_width=210, y=120, size=40)
    ofd = world.sign(ofd, world.person("石龙区市场监督管理局"), stamps=stamps)
    assert world.check(ofd).ok
    strips = [etree.fromstring(preview.render_svg(ofd, page)).find(".//{*}clipPath/{*}rect") for page in range(1, count + 1)]
    assert [float(one.get("x")) + float(one.get("width")) for one in strips] == pytest.approx([210] * count, abs=0.01)
    assert sum(float(one.get("width")) for one in strips) == pytest.approx(40, abs=0.01)


def test_flow_background_is_on_every_page():
    backdrop = [layout.Placed(0, 0, layout.Pattern([[(0, 0), (3, 3)]], 210, 297))]
    ofd = flow(layout.TextBlock("正文。" * 1500), background=backdrop)
    contents = [data for name, data in package.unpack(ofd).items() if name.endswith("Content.xml")]
    assert len(contents) > 1
    assert all(b'Type="Background"' in content for content in contents)


def test_identifier_can_be_given():
    ofd = writer.write(replace(world.certificate(), identifier="a" * 32))
    assert reader.metadata(ofd).identifier == "a" * 32
