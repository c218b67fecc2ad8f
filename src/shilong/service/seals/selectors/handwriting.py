"""手写签名的读。轨迹是生物特征信息，只给看得到办件的人。"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shilong.foundation.documents import selectors as documents
from shilong.foundation.files import services as files
from shilong.foundation.gm import sm3
from shilong.foundation.refusals import NotFound, Refused
from shilong.identity.roles.actor import Actor
from shilong.service.cases import selectors as cases
from shilong.service.seals import rules
from shilong.service.seals.models import PaperSeal, PersonalSignature
from shilong.service.seals.rules import strokes
from shilong.service.seals.services.handwriting import intact

APPLICATION = "application"  # 由申请表生成、随申请入件的材料，文书编号处是文件编号


@dataclass(frozen=True, slots=True)
class SignatureView:
    """一次手写签名。

    属性：
        strokes: 每笔若干 [x, y, 毫秒, 压力]。
        intact: 签名没有被改过。
        current: 签的就是平台上现在这份文书或入件的申请表；别处的文书没法比，为 None。
    """

    number: str
    doc_type: str
    doc_id: str
    doc_hash: str
    signer_name: str
    device: dict[str, Any]
    signed_at: datetime
    digest: str
    strokes: list[list[list[float]]] = field(repr=False)
    intact: bool = False
    current: bool | None = None

    @property
    def doc_type_name(self) -> str:
        return rules.doc_type_name(self.doc_type)


def signatures_of(case_no: str, *, actor: Actor) -> list[SignatureView]:
    """一件办件的全部手写签名，旧的在前。异常：OthersCase、CaseNotFound。"""
    cases.case(case_no, actor=actor)
    rows = list(PersonalSignature.objects.filter(case_no=case_no).order_by("pk"))
    known = _digests({row.doc_id for row in rows if row.doc_type != APPLICATION}) if rows else {}
    known |= {row.doc_id: _file_digest(row.doc_id) for row in rows if row.doc_type == APPLICATION}
    return [_view(row, known.get(row.doc_id)) for row in rows]


def signature_svg(number: str, *, actor: Actor) -> bytes:
    """手写签名的图（SVG）。异常：NotFound——没有，或看不到所在的办件。"""
    row = PersonalSignature.objects.filter(number=number).first()
    if row is None or not cases.may_read(row.case_no, actor):
        raise NotFound("没有这次签名。")
    return strokes.svg(json.loads(row.trace))


def _digests(numbers: Iterable[str]) -> dict[str, set[str]]:
    """平台文书的各份文件的摘要：出具时的 PDF、盖章后的 PDF 与 OFD。"""
    found = {number: {digest} for number, digest in documents.digests(numbers).items()}
    for row in PaperSeal.objects.filter(number__in=list(found), sealed_at__isnull=False):
        found[row.number] |= {row.ofd_digest, row.pdf_digest}
    return found


def _file_digest(file_id: str) -> set[str]:
    """申请表是入件的材料文件；文件没了或被换过就没有对得上的。"""
    try:
        return {sm3(files.open_file(file_id).read()).hex()}
    except Refused:
        return set()


def _view(row: PersonalSignature, known: set[str] | None) -> SignatureView:
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
        intact=intact(row),
        current=None if known is None else row.doc_hash in known,
    )
