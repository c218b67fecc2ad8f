"""签章：单份、批量、会签。每一次都记用章日志，成功与拒绝都记。

规则（standards §5.4）：印章启用、在有效期内；签章人有这类文书的授权；文书有正文；批量另要批量授权。
停用、注销只挡新文，历史签章照验。
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.documents.ofd import package, reader, signing, structure
from shilong.foundation.documents.ofd.signing import Sealing, Stamp
from shilong.foundation.gm import sm3
from shilong.foundation.refusals import Refused
from shilong.identity.roles.actor import Actor
from shilong.service.seals import making, rules
from shilong.service.seals.models import Grant, Seal, SealVersion
from shilong.service.seals.refusals import (
    BlankDocument,
    SealCancelled,
    SealExpired,
    SealFrozen,
    SealNotActive,
    SealNotFound,
    TooManyDocuments,
)
from shilong.service.seals.rules import SealStatus
from shilong.service.seals.services import chain, grants

MAX_BATCH = 500
_UNUSABLE = {SealStatus.FROZEN: SealFrozen, SealStatus.CANCELLED: SealCancelled, SealStatus.EXPIRED: SealExpired}


@dataclass(frozen=True, slots=True)
class BatchDocument:
    """批量里的一份。"""

    ofd: bytes = field(repr=False)
    doc_id: str
    stamps: Sequence[Stamp]
    case_no: str = ""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """一份的结果：成功时 `ofd` 是签后的文件，不成时 `refusal` 说明为什么。"""

    doc_id: str
    ofd: bytes | None = field(repr=False)
    refusal: Refused | None = None


@dataclass(frozen=True, slots=True)
class Countersignature:
    """会签里的一枚章。"""

    seal_no: str
    stamps: Sequence[Stamp]


@dataclass(frozen=True, slots=True)
class _Use:
    """一次用章：谁、用哪一版、签什么。日志照它记。"""

    seal: Seal
    version: SealVersion
    actor: Actor
    doc_type: str
    approved_by: str = ""
    batch: str = ""


def stamp(
    ofd: bytes,
    *,
    seal_no: str,
    doc_type: str,
    doc_id: str,
    case_no: str = "",
    actor: Actor,
    stamps: Sequence[Stamp],
    approved_by: str = "",
) -> bytes:
    """给一份 OFD 加盖一枚章，返回签后的文件；已有章的再盖就是会签。骑缝章用 `signing.straddle` 得到位置。

    参数：
        doc_type: `rules.DOC_TYPES` 的键。
        doc_id: 文书编号，如证照编号、文号；日志凭它对得上。
        approved_by: 用印审批人姓名，没有审批环节的为空。

    异常：
        SealNotFound、SealNotActive、SealFrozen、SealExpired、SealCancelled: 印章不能用。
        NotAuthorisedToSeal: 没有授权。BlankDocument: 空白文书。
        BadOfd、StampOutsidePage: 文件或位置不对。

    拒绝也记日志；调用方自己开着事务并随拒绝回滚的，这一行随之回滚。
    """
    use = _use(seal_no, doc_type, actor, approved_by)
    target = BatchDocument(ofd, doc_id, stamps, case_no)
    try:
        permission = _permitted(use, bulk=False)
        return _stamped(use, target, permission, making.sealing(use.version))
    except Refused as refusal:
        _log_refusal(use, target, refusal)
        raise


def stamp_many(
    documents: Sequence[BatchDocument], *, seal_no: str, doc_type: str, actor: Actor, approved_by: str = ""
) -> list[BatchResult]:
    """批量加盖同一枚章；逐份独立成败，次序与给的一致。要有批量授权。

    异常：
        NotAuthorisedInBulk、NotAuthorisedToSeal、Seal…: 整批不能签。TooManyDocuments: 超过 500 份。
    """
    if len(documents) > MAX_BATCH:
        raise TooManyDocuments(limit=MAX_BATCH)
    use = _use(seal_no, doc_type, actor, approved_by, batch=uuid.uuid4().hex)
    try:
        permission = _permitted(use, bulk=True)
        material = making.sealing(use.version)
    except Refused as refusal:
        for one in documents:
            _log_refusal(use, one, refusal)
        raise
    return [_one_of_many(use, one, permission, material) for one in documents]


def countersign(
    ofd: bytes,
    *,
    parts: Sequence[Countersignature],
    doc_type: str,
    doc_id: str,
    case_no: str = "",
    actor: Actor,
    approved_by: str = "",
) -> bytes:
    """会签：按次序盖几枚章，要么全盖上要么一枚都不盖。后章覆盖前章，前章被动过后章能查出来。异常同 `stamp`。"""
    signed = ofd
    reached = BatchDocument(ofd, doc_id, (), case_no)
    use = None
    try:
        with transaction.atomic():
            for part in parts:
                use = _use(part.seal_no, doc_type, actor, approved_by)
                reached = BatchDocument(signed, doc_id, part.stamps, case_no)
                signed = _stamped(use, reached, _permitted(use, bulk=False), making.sealing(use.version))
    except Refused as refusal:
        if use is not None:  # 前面几枚的日志随整份撤回，拒绝这一枚的要留下
            _log_refusal(use, reached, refusal)
        raise
    return signed


def _one_of_many(use: _Use, one: BatchDocument, permission: Grant, material: Sealing) -> BatchResult:
    try:
        return BatchResult(one.doc_id, _stamped(use, one, permission, material))
    except Refused as refusal:
        _log_refusal(use, one, refusal)
        return BatchResult(one.doc_id, None, refusal)


def _use(seal_no: str, doc_type: str, actor: Actor, approved_by: str, batch: str = "") -> _Use:
    version = SealVersion.objects.select_related("seal").filter(seal__seal_no=seal_no).order_by("-version").first()
    if version is None:
        seal = Seal.objects.filter(seal_no=seal_no).first()
        if seal is None:
            raise SealNotFound
        raise SealNotActive(name=seal.name, status=rules.STATUS_NAMES[SealStatus(seal.status)])
    return _Use(version.seal, version, actor, doc_type, approved_by.strip()[:100], batch)


def _permitted(use: _Use, *, bulk: bool) -> Grant:
    """印章能用、人有授权。"""
    require_usable(use.seal)
    return grants.authorised(use.seal, use.actor, use.doc_type, bulk=bulk)


def require_usable(seal: Seal) -> None:
    """印章此刻能不能签新文；到期按有效期当场算，不等定时作业。异常：SealUnusable 的子类。"""
    status = SealStatus(seal.status)
    until = timezone.localtime(seal.valid_until) if seal.valid_until else None
    named: dict[str, Any] = {"name": seal.name, "status": rules.STATUS_NAMES[status], "until": until}
    if status is not SealStatus.ACTIVE:
        raise _UNUSABLE.get(status, SealNotActive)(**named)
    if seal.valid_until is None or seal.valid_until <= timezone.now():
        raise SealExpired(**named)


def _stamped(use: _Use, one: BatchDocument, permission: Grant, material: Sealing) -> bytes:
    if not any(character.isalnum() for character in reader.text(one.ofd)):
        raise BlankDocument
    now = timezone.now()
    files = signing.apply(package.unpack(one.ofd), material, stamps=one.stamps, at=now)
    signed = package.pack(files)
    entry = structure.documents(files)[0].signatures()[-1]
    facts = {
        "at": now,
        "grant_id": permission.pk,
        "after_hash": sm3(signed).hex(),
        "signature_hash": sm3(files[entry.value_location]).hex(),
        "result": "ok",
    }
    with transaction.atomic():
        chain.append(_line(use, one) | facts)
    return signed


def _log_refusal(use: _Use, one: BatchDocument, refusal: Refused) -> None:
    facts = {"at": timezone.now(), "result": "refused", "fail_code": refusal.code[:40], "fail_reason": refusal.text[:300]}
    chain.append(_line(use, one) | facts)


def _line(use: _Use, one: BatchDocument) -> dict[str, Any]:
    """日志里成败都有的各列。"""
    actor = use.actor
    return {
        "seal_no": use.seal.seal_no,
        "seal_name": use.version.name,
        "seal_kind": use.seal.kind,
        "seal_version": use.version.version,
        "department": use.seal.department,
        "doc_type": _text(use.doc_type, 32),
        "doc_id": _text(one.doc_id, 80),
        "case_no": _text(one.case_no, 50),
        "account_id": actor.account_id,
        "user_name": actor.name[:100],
        "user_department": actor.department[:32],
        "approved_by": use.approved_by,
        "serial": use.version.serial,
        "positions": [_position(stamp) for stamp in list(one.stamps)[:200]],
        "before_hash": sm3(one.ofd).hex(),
        "batch": use.batch,
        "ip": actor.ip,
    }


def _text(value: str, longest: int) -> str:
    return value.replace("\x00", "")[:longest]


def _position(stamp: Stamp) -> list[float]:
    return [stamp.page, *(round(float(value), 2) for value in (stamp.x, stamp.y, stamp.w, stamp.h))]
