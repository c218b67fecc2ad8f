"""OFD 测试的小世界：一个根、一个制章者、两个签章者、一张证照。证书自造，不碰 `$DATA/pki`。"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from shilong.foundation.documents.ofd import fonts, layout, package, signing, verify, writer
from shilong.foundation.documents.ofd.seal import SealInfo, build_seal
from shilong.foundation.gm.certificates import Certificate, issue, self_signed
from shilong.foundation.gm.provider import KeyHandle, provider

AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
START, END = AT - timedelta(days=300), AT + timedelta(days=3000)
LICENCE = '<?xml version="1.0" encoding="UTF-8"?>\n<license><holder>测试甲</holder></license>'.encode()
BOX = signing.Stamp(1, 130, 222, 40, 40)


@dataclass(frozen=True)
class Person:
    """一把私钥和它的证书。"""

    key: KeyHandle
    certificate: Certificate


@cache
def root() -> Person:
    key = provider().generate()
    return Person(key, self_signed(subject=name("测试根"), key=key, not_before=START, not_after=END))


@cache
def person(common_name: str) -> Person:
    return issued(common_name)


def issued(common_name: str, *, by: Person | None = None, **options) -> Person:
    key, by = provider().generate(), by or root()
    period = {"not_before": START, "not_after": END} | options
    certificate = issue(subject=name(common_name), public_key=key.public, issuer_cert=by.certificate, issuer_key=by.key, **period)
    return Person(key, certificate)


def name(common_name: str) -> dict[str, str]:
    return {"country_name": "CN", "organization_name": "平顶山市石龙区", "common_name": common_name}


@cache
def stamp_png(size: int = 240) -> bytes:
    """一枚红圈五角星。"""
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    pen, centre, red = ImageDraw.Draw(image), size / 2, (214, 24, 24, 235)
    pen.ellipse((4, 4, size - 4, size - 4), outline=red, width=size // 34)
    radii = [(size * (0.16 if point % 2 == 0 else 0.062), -math.pi / 2 + point * math.pi / 5) for point in range(10)]
    pen.polygon([(centre + radius * math.cos(angle), centre + radius * math.sin(angle)) for radius, angle in radii], fill=red)
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def seal(signer: Person, *, maker: Person | None = None, **changes) -> bytes:
    maker = maker or person("石龙区电子印章中心")
    facts = {
        "es_id": "41040400000001",
        "name": "测试印章",
        "picture": stamp_png(),
        "width": 40,
        "height": 40,
        "signers": [signer.certificate],
        "created": START,
        "valid_from": AT - timedelta(days=1),
        "valid_until": AT + timedelta(days=365),
    }
    return build_seal(SealInfo(**{**facts, **changes}), maker.certificate, maker.key)


def certificate(holder: str = "石龙区捞饭店餐饮管理有限公司") -> layout.OfdDocument:
    """一张证照：底纹、边框、标题、若干行、二维码。"""
    label, value = layout.Style(size=5), layout.Style(size=5)
    rows = [("证照编号", "JY14104040000001"), ("经营者名称", holder), ("法定代表人", "张喆堃"), ("有效期至", "二〇三一年十一月二十一日")]
    items = [
        layout.Placed(12, 12, layout.Watermark("石龙区政务服务", 186, 273)),
        layout.Placed(8, 8, layout.Rect(194, 281, (160, 30, 30), None, 1.2)),
        layout.Placed(8, 28, layout.TextBlock("食品经营许可证", layout.Style(fonts.HEI, 14, layout.RED, layout.Align.CENTER)), 194),
        layout.Placed(24, 222, layout.QrCode("https://example.invalid/v/7Q2MK9XD4TPAB23K", 34)),
    ]
    for number, (key, text) in enumerate(rows):
        items.append(layout.Placed(22, 66 + 15 * number, layout.TextBlock(f"{key}：", label), 48))
        items.append(layout.Placed(70, 66 + 15 * number, layout.TextBlock(text, value), 118))
        items.append(layout.Placed(70, 74 + 15 * number, layout.Line(118, 0, 0.2, layout.GREY)))
    return layout.OfdDocument(
        "食品经营许可证", AT, "石龙区市场监督管理局", pages=[layout.Page(items)], custom={"证照编号": "JY14104040000001"}
    )


def attachment() -> writer.Attachment:
    return writer.Attachment("license", "license.xml", LICENCE, visible=False)


@cache
def unsigned() -> bytes:
    return writer.write(certificate(), attachments=[attachment()])


def sign(ofd: bytes, signer: Person, *, der: bytes | None = None, stamps=(BOX,), at: datetime = AT, **options) -> bytes:
    der = der or seal(signer)
    return signing.sign(ofd, seal=der, signer_cert=signer.certificate, signer_key=signer.key, stamps=stamps, at=at, **options)


@cache
def signed() -> bytes:
    return sign(unsigned(), person("石龙区市场监督管理局"))


@cache
def countersigned() -> bytes:
    second = signing.Stamp(1, 80, 222, 40, 40)
    return sign(signed(), person("石龙区卫生健康委员会"), der=seal(person("石龙区卫生健康委员会"), digests_only=True), stamps=[second])


def check(ofd: bytes, **options) -> verify.Report:
    return verify.verify(ofd, **{"roots": [root().certificate], **options})


def codes(report: verify.Report) -> set[str]:
    """没过的原因码。"""
    return {one.code for one in report.failures}


def changed(ofd: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """把包里一个文件的内容换掉一处。"""
    files = package.unpack(ofd)
    assert old in files[name], f"{name} 里没有要改的内容"
    return package.pack({**files, name: files[name].replace(old, new, 1)})
