"""照面版式 → PDF 副本（typst）。PDF 只是副本，法律意义上的原件是 OFD。"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

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
