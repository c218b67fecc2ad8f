"""用 typst 排版。数据一律作为 JSON 传入，不拼进模板源码，所以正文里的 #、$、\\ 只会是文字。"""

import json
import threading
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst

from shilong.foundation.refusals import Refused

TEMPLATES = Path(__file__).parent / "templates"
SERIF = "Noto Serif CJK SC"
_lock = threading.Lock()  # 编译器实例不是线程安全的；复用它省去每次扫描字体的 200 毫秒


class FontMissing(Refused):
    """没有中文字体时拒绝出文书：排出来是一页方框，发给群众比不发更糟。"""

    code = "font_missing"
    message = f"服务器没有中文字体“{SERIF}”，文书暂时不能生成。请管理员执行 apt-get install fonts-noto-cjk 后重启服务。"
    status = 503


def compile_pdf(kind: str, facts: dict[str, Any], *, at: datetime) -> bytes:
    """排成 PDF。同样的内容与成文时间得到逐字节相同的文件。

    参数：
        kind: 种类键，对应 templates/<kind>.typ。
        facts: 正文要素，值只能是文字、列表、字典。
        at: 写入 PDF 的生成时间（成文时间）。

    异常：
        FontMissing: 没有中文字体。
    """
    inputs = {"facts": json.dumps(facts, ensure_ascii=False), "qr": qr_svg(facts["verify_url"])}
    return compile_template(TEMPLATES / f"{kind}.typ", inputs, at=at)


def compile_template(template: Path, inputs: dict[str, str], *, at: datetime) -> bytes:
    """排任意一个模板，它所在的目录是它能读到的范围。参数与异常同 `compile_pdf`，`inputs` 原样给模板。"""
    with _lock:
        pdf = _compiler(template.parent).compile(template, format="pdf", sys_inputs=inputs, timestamp=int(at.timestamp()))
    if not isinstance(pdf, bytes):
        raise TypeError("typst 没有返回 PDF 内容")
    return pdf


def qr_svg(url: str) -> str:
    """验真二维码（SVG）；纠错级 M，打印后折皱一点也能扫。"""
    buffer = BytesIO()
    segno.make(url, error="m", micro=False).save(buffer, kind="svg", border=1, xmldecl=False, svgns=True)
    return buffer.getvalue().decode()


@cache
def _compiler(root: Path) -> typst.Compiler:
    fonts = typst.Fonts()
    if SERIF not in fonts.families():
        raise FontMissing
    return typst.Compiler(root=root, font_paths=fonts)
