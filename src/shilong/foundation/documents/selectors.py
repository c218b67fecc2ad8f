"""读文书：某办件的全部文书、验真。"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shilong.foundation.codes import masks
from shilong.foundation.documents import rules
from shilong.foundation.documents.models import Document
from shilong.foundation.documents.services import DocumentNotFound, IssuedDocument


@dataclass(frozen=True, slots=True)
class VerifyView:
    """凭验真码能看到的内容：足以核对真伪，不足以知道别人的事。姓名、办件号都已脱敏。"""

    number: str
    kind: str
    kind_name: str
    title: str
    issuer: str
    issued_at: datetime
    item_name: str
    applicant: str
    case_no: str
    digest: str
    public: bool


def document(number: str) -> IssuedDocument:
    """按编号取文书。

    异常：
        DocumentNotFound: 编号不存在。
    """
    row = Document.objects.defer("context").filter(number=number).first()
    if row is None:
        raise DocumentNotFound(number=number)
    return IssuedDocument.of(row)


def for_subject(subject: str) -> list[IssuedDocument]:
    """某办件（或事项）的全部文书，按签发先后。"""
    rows = Document.objects.defer("context").filter(subject=subject).order_by("issued_at", "pk")
    return [IssuedDocument.of(row) for row in rows]


def digests(numbers: Iterable[str]) -> dict[str, str]:
    """这些文书的 PDF 的 SM3；还没排版的为空串，没有的不在里面。"""
    return dict(Document.objects.filter(number__in=list(numbers)).values_list("number", "digest"))


def unrendered(*, since: datetime, limit: int) -> list[str]:
    """`since` 之后签发、还没排版存档的文书编号，先签发的在前。"""
    rows = Document.objects.filter(digest="", issued_at__gte=since).order_by("issued_at")
    return list(rows.values_list("number", flat=True)[:limit])


def verify(code: str) -> VerifyView | None:
    """凭验真码取脱敏信息；没有这个码返回 None。"""
    row = Document.objects.filter(verify_code=rules.clean_code(code)).first()
    if row is None:
        return None
    facts = json.loads(row.context)
    public = rules.KINDS[row.kind].public
    return VerifyView(
        number=row.number,
        kind=row.kind,
        kind_name=rules.KINDS[row.kind].name,
        title=row.title,
        issuer=row.issuer,
        issued_at=row.issued_at,
        item_name=str(facts.get("item_name") or ""),
        applicant=_masked(str(facts.get("applicant") or "")),
        case_no="" if public else _masked_no(row.subject),
        digest=row.digest,
        public=public,
    )


def _masked(name: str) -> str:
    """自然人姓名脱敏；单位名称依法公开，原样显示。"""
    person = len(name) <= 4 or "·" in name
    return masks.mask_name(name) if person and name else name


def _masked_no(subject: str) -> str:
    return f"{subject[:6]}…{subject[-4:]}" if len(subject) > 10 else subject
