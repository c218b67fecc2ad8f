"""照面版式 → PDF 副本（typst），签名用 PAdES。PDF 只是副本，法律意义上的原件是 OFD。"""

import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import typst

from shilong.foundation.documents import pades
from shilong.foundation.documents.typesetting import SERIF, FontMissing, qr_svg

TEMPLATES = Path(__file__).parent
_lock = threading.Lock()  # 编译器实例不是线程安全的


def compose(template: Mapping[str, Any], values: Mapping[str, str], *, verify_url: str, at: datetime, note: str = "") -> bytes:
    """画一份 PDF。参数同 `faces.ofd.compose`。异常：FontMissing——服务器没有中文字体。"""
    inputs = {
        "face": json.dumps(template, ensure_ascii=False),
        "values": json.dumps(dict(values), ensure_ascii=False),
        "qr": qr_svg(verify_url),
        "note": note,
    }
    with _lock:
        pdf = _compiler().compile(TEMPLATES / "licence.typ", format="pdf", sys_inputs=inputs, timestamp=int(at.timestamp()))
    if not isinstance(pdf, bytes):
        raise TypeError("typst 没有返回 PDF 内容")
    return pdf


def sign(pdf: bytes, *, signer: str, picture: bytes, seal: Mapping[str, float], at: datetime, reason: str) -> bytes:
    """签名并印上章图。

    参数：
        signer: 签名者名字，每个颁发部门一个。
        picture: 章图 PNG；没有就只签名不显示。
        seal: 章位 {x, y, size}，毫米。
    """
    identity = pades.ensure_identity(signer)
    stamp = pades.VisibleStamp(picture, 1, seal["x"], seal["y"], seal["size"], seal["size"]) if picture else None
    # 签名库自己起事件循环；调用者所在的线程可能已经有一个（ASGI、浏览器测试），放到单独的线程里做。
    work = partial(pades.sign, pdf, key=identity.key, certificates=identity.certificates, at=at, reason=reason, stamp=stamp)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts()
    if SERIF not in fonts.families():
        raise FontMissing
    return typst.Compiler(root=TEMPLATES, font_paths=fonts)
