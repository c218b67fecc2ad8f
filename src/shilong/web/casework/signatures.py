"""办件详情里的手写签名：笔迹、谁签的、何时、什么设备、有没有被改过。"""

from dataclasses import dataclass

from shilong.foundation.files import services as files
from shilong.identity.roles.actor import Actor
from shilong.service.seals import rules, selectors, services
from shilong.service.seals.selectors import SignatureView
from shilong.web.handoff.card import data_uri


@dataclass(frozen=True, slots=True)
class Shown:
    """一次签名。`intact` 为真：轨迹没有改过，签的就是入件的那份申请表。"""

    row: SignatureView
    picture: str
    intact: bool


def shown(case_no: str, actor: Actor) -> list[Shown]:
    """一件办件上由申请表生成、带手写签名的。"""
    rows = [row for row in selectors.signatures_of(case_no, actor=actor) if row.doc_type == "application"]
    return [Shown(row, data_uri(rules.svg(row.strokes)), services.check_handwriting(row.number, _document(row))) for row in rows]


def _document(row: SignatureView) -> bytes:
    return files.open_file(row.doc_id).read()
