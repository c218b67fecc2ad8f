"""盖章：找本部门的章，盖到版式规定的位置。印章房间的接口只在这里用。"""

from datetime import datetime
from typing import Protocol

from shilong.foundation.documents.ofd import signing
from shilong.foundation.documents.ofd.verify import SealSummary
from shilong.foundation.refusals import Refused
from shilong.identity.roles.actor import Actor
from shilong.service.licences.models import Licence
from shilong.service.seals import selectors as seals
from shilong.service.seals import services as sealing
from shilong.service.seals.rules import KINDS
from shilong.service.seals.selectors import SealBrief

DOC_TYPE = "licence"


class NoSeal(Refused):
    code = "licence_no_seal"
    message = "{department}还没有启用“{kind}”，不能签发。请部门负责人申请并启用印章。"


class Stamp(Protocol):
    """盖章的办法：单份或批量。"""

    def __call__(self, ofd: bytes, row: Licence, seal: SealBrief, *, actor: Actor) -> bytes:
        """返回盖好的 OFD。异常：印章房间的拒绝。"""


def seal_for(row: Licence) -> SealBrief:
    """颁发部门该用的章。异常：NoSeal。"""
    found = seals.department_seal(row.department, row.type.seal_kind)
    if found is None:
        raise NoSeal(department=row.issuer_name, kind=KINDS[row.type.seal_kind].name)
    return found


def stamp(ofd: bytes, row: Licence, seal: SealBrief, *, actor: Actor) -> bytes:
    """单份盖章。异常：印章房间的拒绝（没有用章权、章不能用）。"""
    places = _places(row, seal)
    return sealing.stamp(
        ofd, seal_no=seal.seal_no, doc_type=DOC_TYPE, doc_id=row.identifier, case_no=row.case_no, actor=actor, stamps=places
    )


def stamp_in_bulk(ofd: bytes, row: Licence, seal: SealBrief, *, actor: Actor) -> bytes:
    """批量签发里的一份：要有批量用章授权（standards §5.4）。异常：同上。"""
    document = sealing.BatchDocument(ofd, row.identifier, _places(row, seal), row.case_no)
    result = sealing.stamp_many([document], seal_no=seal.seal_no, doc_type=DOC_TYPE, actor=actor)[0]
    if result.refusal is not None:
        raise result.refusal
    return result.ofd or b""


def copy(pdf: bytes, row: Licence, seal: SealSummary, *, at: datetime) -> bytes:
    """PDF 副本签名并印上原件里的那枚章。异常：IdentityMissing、BadPdf。"""
    drawn = sealing.CopySeal(row.department, seal.picture)
    return sealing.sign_copy(pdf, drawn, stamps=_places(row, seal), at=at, reason=f"{row.name} {row.number}")


def _places(row: Licence, seal: SealBrief | SealSummary) -> list[signing.Stamp]:
    place = row.type.template["seal"]
    return [sealing.fit(1, place["x"], place["y"], place["size"], width=seal.width, height=seal.height)]
