"""手写签名的读。轨迹是生物特征信息，只给看得到办件的人。"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shilong.identity.roles.actor import Actor
from shilong.service.cases import selectors as cases
from shilong.service.seals.models import PersonalSignature


@dataclass(frozen=True, slots=True)
class SignatureView:
    """一次手写签名。`strokes` 每笔若干 [x, y, 毫秒, 压力]。"""

    number: str
    doc_type: str
    doc_id: str
    doc_hash: str
    signer_name: str
    device: dict[str, Any]
    signed_at: datetime
    digest: str
    strokes: list[list[list[float]]] = field(repr=False)


def signatures_of(case_no: str, *, actor: Actor) -> list[SignatureView]:
    """一件办件的全部手写签名，旧的在前。异常：OthersCase、CaseNotFound。"""
    cases.case(case_no, actor=actor)
    return [_view(row) for row in PersonalSignature.objects.filter(case_no=case_no).order_by("pk")]


def _view(row: PersonalSignature) -> SignatureView:
    return SignatureView(
        number=row.number,
        doc_type=row.doc_type,
        doc_id=row.doc_id,
        doc_hash=row.doc_hash,
        signer_name=row.signer_name,
        device=row.device,
        signed_at=row.signed_at,
        digest=row.digest,
        strokes=json.loads(row.trace),
    )
