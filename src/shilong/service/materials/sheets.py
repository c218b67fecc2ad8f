"""网上填报内容 → 电子材料（W11）：按表单排出申请表，嵌入手写签名。"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from shilong.foundation.documents.typesetting import compile_template
from shilong.service.forms import rules as forms
from shilong.service.materials import checking
from shilong.service.materials.selectors import Signed
from shilong.service.materials.views import DraftView

TEMPLATE = Path(__file__).with_name("sheet.typ")


def compose(view: DraftView, title: str, clean: dict[str, Any], signed: Signed | None, *, signer: str, at: datetime) -> bytes:
    """申请表 PDF。同样的内容得到逐字节相同的文件。

    参数：
        title: 材料名称，作表名。clean: 校验过的申请表。signed: 手写签名，没有签为 None。signer: 签名人。at: 生成时间。

    异常：
        FontMissing: 服务器没有中文字体。
    """
    shown = forms.visible(view.definition, view.values, view.context)
    groups = checking.answers(view.definition, {**view.values, **clean}, shown, plain=True)
    facts = {
        "title": title,
        "item_name": view.item.name,
        "item_code": view.item.code,
        "department": view.item.department_name,
        "applicant": view.applicant.name,
        "signer": signer,
        "made_at": _when(at),
        "signed_at": _when(signed.signed_at) if signed else "",
        "sections": [{"title": name, "rows": [_row(one) for one in rows]} for name, rows in groups],
        "materials": [row.view.name for row in view.materials if row.state in ("done", "late", "free") and not row.view.generated],
    }
    inputs = {"facts": json.dumps(facts, ensure_ascii=False), "signature": signed.svg if signed else ""}
    return compile_template(TEMPLATE, inputs, at=at)


def renditions(title: str, pdf: bytes) -> list[tuple[str, bytes]]:
    """入件的各种版式 [(文件名, 内容)]。只有这一处决定：要同时交 OFD，在这里接上文书房间的 PDF→OFD 誊写即可。"""
    return [(f"{title[:80]}.pdf", pdf)]


def _row(answer: checking.Answer) -> dict[str, Any]:
    return {"label": answer.label, "text": answer.text, "lines": [[list(pair) for pair in line] for line in answer.rows]}


def _when(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y年%m月%d日 %H:%M}"
