"""照面版式 → PDF 副本（typst），签名用 PAdES。PDF 只是副本，法律意义上的原件是 OFD。"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from shilong.foundation.documents import pades
from shilong.foundation.documents.typesetting import compile_template, qr_svg

TEMPLATE = Path(__file__).with_name("licence.typ")


def compose(template: Mapping[str, Any], values: Mapping[str, str], *, verify_url: str, at: datetime, note: str = "") -> bytes:
    """画一份 PDF。参数同 `faces.ofd.compose`。异常：FontMissing——服务器没有中文字体。"""
    inputs = {
        "face": json.dumps(template, ensure_ascii=False),
        "values": json.dumps(dict(values), ensure_ascii=False),
        "qr": qr_svg(verify_url),
        "note": note,
    }
    return compile_template(TEMPLATE, inputs, at=at)


def sign(pdf: bytes, *, signer: str, picture: bytes, seal: Mapping[str, float], at: datetime, reason: str) -> bytes:
    """签名并印上章图。

    参数：
        signer: 签名者名字，每个颁发部门一个。
        picture: 章图 PNG；没有就只签名不显示。
        seal: 章位 {x, y, size}，毫米。
    """
    identity = pades.ensure_identity(signer)
    stamp = pades.VisibleStamp(picture, 1, seal["x"], seal["y"], seal["size"], seal["size"]) if picture else None
    return pades.sign(pdf, key=identity.key, certificates=identity.certificates, at=at, reason=reason, stamp=stamp)
