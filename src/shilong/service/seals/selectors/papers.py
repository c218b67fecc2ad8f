"""文书的用章情况：给下载处、验真页显示。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from shilong.foundation.documents.services import IssuedDocument
from shilong.identity.roles.actor import ANONYMOUS, Actor
from shilong.service.seals import permissions, rules
from shilong.service.seals.models import Grant, PaperSeal
from shilong.service.seals.rules import SealStatus


@dataclass(frozen=True, slots=True)
class PaperView:
    """一份文书的用章情况。

    属性：
        wanted: 这种文书要不要盖章。
        problem: 没盖的原因；还没轮到自动盖章时为空。
        may_seal: 当前操作人能不能补盖。
    """

    number: str
    wanted: bool
    sealed_at: datetime | None = None
    seal_name: str = ""
    sealed_by: str = ""
    straddled: bool = False
    ofd_digest: str = ""
    pdf_digest: str = ""
    problem: str = ""
    may_seal: bool = False


def papers(documents: Sequence[IssuedDocument], actor: Actor = ANONYMOUS) -> dict[str, PaperView]:
    """一批文书的用章情况，按文书编号。"""
    rows = {row.number: row for row in PaperSeal.objects.filter(number__in=[one.number for one in documents])}
    open_ = [one for one in documents if one.kind in rules.PAPER_SEALS and not _closed(rows.get(one.number))]
    allowed = _allowed(open_, actor) if open_ and actor.has(*permissions.USERS) else frozenset()
    return {one.number: _view(one, rows.get(one.number), may_seal=one.number in allowed) for one in documents}


def _closed(row: PaperSeal | None) -> bool:
    """盖过了，或依法不许盖。"""
    return row is not None and (row.sealed_at is not None or row.problem_code == "paper_forbidden")


def _allowed(documents: Sequence[IssuedDocument], actor: Actor) -> frozenset[str]:
    now = timezone.now()
    grants = Grant.objects.filter(account_id=actor.account_id, revoked_at__isnull=True, valid_from__lte=now, valid_until__gt=now)
    usable = grants.filter(seal__status=SealStatus.ACTIVE, seal__valid_until__gt=now).select_related("seal")
    return frozenset(one.number for grant in usable for one in documents if _covers(grant, one))


def _covers(grant: Grant, document: IssuedDocument) -> bool:
    seal, types = grant.seal, grant.doc_types
    fitting = seal.department == document.department and seal.kind in rules.PAPER_SEALS[document.kind]
    return fitting and (document.kind in types or rules.ALL_DOC_TYPES in types)


def _view(document: IssuedDocument, row: PaperSeal | None, *, may_seal: bool) -> PaperView:
    wanted = document.kind in rules.PAPER_SEALS
    if row is None:
        return PaperView(document.number, wanted, may_seal=may_seal)
    return PaperView(
        number=document.number,
        wanted=wanted,
        sealed_at=row.sealed_at,
        seal_name=row.seal_name,
        sealed_by=row.sealed_by,
        straddled=row.straddled,
        ofd_digest=row.ofd_digest,
        pdf_digest=row.pdf_digest,
        problem=row.problem,
        may_seal=may_seal,
    )
