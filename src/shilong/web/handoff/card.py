"""签名卡片：核对页与窗口代填页共用。"""

from base64 import b64encode
from typing import Any

from shilong.service.materials import selectors
from shilong.service.materials.views import DraftView


def data_uri(svg: str) -> str:
    """笔迹图，放进 img 用。"""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def signing(draft: DraftView) -> dict[str, Any]:
    """签名卡片要的：能不能签、签了没有。"""
    found = selectors.signature(draft)
    image = data_uri(found.svg) if found else ""
    return {"signable": selectors.signable(draft), "signature": found, "signature_image": image}
