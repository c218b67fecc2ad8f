"""照面版式 → OFD。"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shilong.foundation.documents.ofd import writer
from shilong.foundation.documents.ofd.fonts import FANG, HEI, KAI, SONG, Font
from shilong.foundation.documents.ofd.layout import (
    Align,
    Color,
    OfdDocument,
    Page,
    Pattern,
    Placed,
    QrCode,
    Rect,
    Style,
    TextBlock,
    Watermark,
    pt,
)
from shilong.service.licences.rules import layouts

LEADING = 1.45
_FONTS = {"song": SONG, "hei": HEI, "kai": KAI, "fang": FANG}
_ALIGNS = {"left": Align.LEFT, "center": Align.CENTER, "right": Align.RIGHT}
_WAVE = [[(0.0, 2.5), (1.5, 1.0), (3.0, 2.5), (4.5, 4.0), (6.0, 2.5)], [(0.0, 3.5), (1.5, 2.0), (3.0, 3.5), (4.5, 5.0), (6.0, 3.5)]]
LABEL: Color = (70, 83, 106)


def compose(
    template: Mapping[str, Any], values: Mapping[str, str], *, verify_url: str, at: datetime, note: str = "", metadata: bytes = b""
) -> bytes:
    """画一张证照。

    参数：
        template: 已核对过的版式。
        values: 要素的值。
        verify_url: 二维码内容。
        at: 生成时间，写进文件。
        note: 加注件的水印，如“仅用于食品经营许可”；空为原件。
        metadata: 结构化数据 XML，作为附件。

    异常：
        MissingGlyph: 有字库里没有的字。DoesNotFit: 版式放不下。
    """
    document = OfdDocument(
        title=f"{values['ZZMC']} {values['ZZBH']}".strip(),
        created=at,
        author=values.get("ZZBFJG", ""),
        pages=[Page(_items(template, values, verify_url, note), template["width"], template["height"])],
        custom={"ZZBS": values.get("ZZBS", ""), "ZZBH": values.get("ZZBH", "")},
    )
    attachments = [writer.Attachment("license", "license.xml", metadata)] if metadata else []
    return writer.write(document, attachments=attachments)


def _items(template: Mapping[str, Any], values: Mapping[str, str], verify_url: str, note: str) -> list[Placed]:
    items = [*_ground(template), *_frame(template)]
    for row in template["elements"]:
        items += _element(row, values)
    code = template["qr"]
    items.append(Placed(code["x"], code["y"], QrCode(verify_url, code["size"])))
    if note:
        style = Style(HEI, pt(26), (214, 120, 120))
        items.append(Placed(0, 0, Watermark(note, template["width"], template["height"], style, step=(120, 60))))
    return items


def _ground(template: Mapping[str, Any]) -> list[Placed]:
    ground, width, height = template["ground"], template["width"], template["height"]
    color = rgb(ground["color"])
    if ground["kind"] == "text" and ground["text"]:
        return [Placed(0, 0, Watermark(ground["text"], width, height, Style(KAI, pt(14), color)))]
    if ground["kind"] == "pattern":
        return [Placed(0, 0, Pattern(_WAVE, width, height, color=color))]
    return []


def _frame(template: Mapping[str, Any]) -> list[Placed]:
    frame = template["frame"]
    if not frame:
        return []
    color, inset, width, height = rgb(frame["color"]), frame["inset"], template["width"], template["height"]
    outer = Rect(width - 2 * inset, height - 2 * inset, color, line=0.9)
    inner = Rect(width - 2 * inset - 3, height - 2 * inset - 3, color, line=0.25)
    return [Placed(inset, inset, outer), Placed(inset + 1.5, inset + 1.5, inner)]


def _element(row: Mapping[str, Any], values: Mapping[str, str]) -> list[Placed]:
    style = Style(_font(row), pt(row["size"]), rgb(row["color"]), _ALIGNS[row["align"]], LEADING)
    if row["kind"] == "text":
        text = layouts.fill(row["text"], values)
        return [Placed(row["x"], row["y"], TextBlock(text, style), row["w"])] if text.strip() else []
    label = Style(HEI, style.size, LABEL, Align.LEFT, LEADING)
    taken = row["label_width"] if row["label"] else 0
    placed = [Placed(row["x"], row["y"], TextBlock(row["label"], label), taken)] if taken else []
    value = values.get(row["key"], "")
    return [*placed, Placed(row["x"] + taken, row["y"], TextBlock(value, style), row["w"] - taken)] if value.strip() else placed


def _font(row: Mapping[str, Any]) -> Font:
    font = _FONTS[row["font"]]
    return Font(font.family, bold=True) if row["bold"] else font


def rgb(color: str) -> Color:
    """#rrggbb → 三原色。"""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
