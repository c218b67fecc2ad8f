"""文书用章：出文书时自动盖部门的章；没盖成的照样出，由有用章权的人补盖。

自动盖章凭“系统自动签章”的授权，部门没有授权、章停用或到期，就只记下没盖的原因。
一份文书只盖一次；OFD（SES 签章）与 PDF（PAdES）两份同时成，或者都没有。
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.documents import rules as document_rules
from shilong.foundation.documents import selectors as document_store
from shilong.foundation.documents import services as documents
from shilong.foundation.documents.ofd.signing import Stamp
from shilong.foundation.documents.ofd.verify import Report
from shilong.foundation.documents.services import Editions, IssuedDocument
from shilong.foundation.documents.transcribe import Spot
from shilong.foundation.files import blobs
from shilong.foundation.files.refusals import Tampered
from shilong.foundation.gm import sm3
from shilong.foundation.refusals import Refused
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import SYSTEM, Actor, require
from shilong.service.cases import selectors as cases
from shilong.service.seals import permissions, rules
from shilong.service.seals.models import PaperSeal, Seal, SealVersion
from shilong.service.seals.refusals import (
    NoDepartmentSeal,
    OthersPaper,
    PaperAlreadySealed,
    PaperBroken,
    PaperForbidden,
    PaperNotSealed,
)
from shilong.service.seals.services import grants, stamping
from shilong.service.seals.services.copies import CopySeal, sign_copy
from shilong.service.seals.services.placing import straddles
from shilong.service.seals.services.verifying import verify

log = logging.getLogger(__name__)

ABOVE = 4.0  # 章心比署名与日期的中心高几毫米：署名、日期居印章中心偏下（GB/T 9704—2012 7.3.5.1）
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
FORMATS: Mapping[str, str] = {"pdf": "application/pdf", "ofd": "application/ofd"}


@dataclass(frozen=True, slots=True)
class PaperFile:
    """一份可下载的文书；`sealed` 为假就是没有盖章的。"""

    content: bytes = field(repr=False)
    mime: str
    sealed: bool


def paper_file(number: str, form: str) -> PaperFile:
    """取文书的 PDF 或 OFD；还没轮到自动盖章的当场盖。能不能看由调用方先判断。

    参数：
        form: `FORMATS` 的键。

    异常：
        DocumentNotFound、DocumentTampered、FontMissing: 见 `documents.services`。
        PaperBroken: 盖过章的文件丢失或被改动。
    """
    try:
        seal_automatically(number)
    except Refused as refusal:  # 签章服务一时不可用不能挡住拿文书；作业会再试
        log.warning("文书 %s 暂时没有盖章：%s", number, refusal.text)
    row = PaperSeal.objects.filter(number=number, sealed_at__isnull=False).first()
    if row is not None:
        return PaperFile(_load(row, form), FORMATS[form], True)
    content = documents.render(number) if form == "pdf" else documents.editions(number).ofd
    return PaperFile(content, FORMATS[form], False)


def seal_automatically(number: str) -> None:
    """按“系统自动签章”的授权盖章；盖过、登记过没盖成的，或这种文书不盖章，都不再做。重复执行无害。

    异常：
        Refused（状态 5xx）: 字体、磁盘、密钥一时不可用，不登记，留给下一次。
    """
    issued = document_store.document(number)
    if issued.kind not in rules.PAPER_SEALS or PaperSeal.objects.filter(number=number).exists():
        return
    try:
        _require_electronic(issued)
        seal = _chosen(issued, SYSTEM)
        _require_permitted(seal, SYSTEM, issued.kind)
        _seal(issued, seal, SYSTEM, straddle=False)
    except PaperAlreadySealed:  # 两个进程同时盖，后到的不用再盖
        return
    except Refused as refusal:
        if refusal.status >= 500 and refusal.code != "pades_identity_missing":
            raise
        _not_sealed(issued, refusal)


def seal_paper(number: str, *, actor: Actor, straddle: bool = False) -> None:
    """有用章权的人给没盖章的文书补盖。

    参数：
        straddle: 另加骑缝章；只有一页的不加。

    异常：
        NotAllowed、OthersPaper: 不是工作人员，或看不到这件办件。
        NotAuthorisedToSeal、SealUnusable 的子类: 没有授权，或章不能用；记用章日志。
        PaperNotSealed、PaperForbidden、PaperAlreadySealed、NoDepartmentSeal: 见各类的说明。
    """
    issued = document_store.document(number)
    require(actor, *permissions.USERS)
    if not cases.may_read(issued.subject, actor):
        raise OthersPaper
    if issued.kind not in rules.PAPER_SEALS:
        raise PaperNotSealed(paper=issued.title)
    _require_electronic(issued)
    _seal(issued, _chosen(issued, actor), actor, straddle=straddle)


def check_paper(number: str) -> Report | None:
    """验盖过章的 OFD；没有盖章返回 None。文件丢了或被换过也是一份没通过的报告。"""
    row = PaperSeal.objects.filter(number=number, sealed_at__isnull=False).first()
    return verify(_raw(row)) if row is not None else None


def _seal(issued: IssuedDocument, seal: Seal, actor: Actor, *, straddle: bool) -> None:
    """盖章并存档。拒绝这次用章时登记照留（用章日志），其余不变。"""
    ready = documents.editions(issued.number)
    version = SealVersion.objects.get(seal=seal, version=seal.version)
    stamps = _stamps(ready, version, straddle=straddle)
    refusal: Refused | None = None
    with transaction.atomic():
        row = _locked(issued)
        if row.sealed_at is not None:
            raise PaperAlreadySealed(at=timezone.localtime(row.sealed_at), name=row.seal_name)
        try:
            facts = {"doc_type": issued.kind, "doc_id": issued.number, "case_no": issued.subject}
            ofd = stamping.stamp(ready.ofd, seal_no=seal.seal_no, stamps=stamps, actor=actor, **facts)
        except Refused as error:
            refusal = error
        else:
            _keep(row, ready, version, ofd, stamps, actor)
    if refusal is not None:
        raise refusal


def _keep(row: PaperSeal, ready: Editions, version: SealVersion, ofd: bytes, stamps: list[Stamp], actor: Actor) -> None:
    at = timezone.now()
    copy = CopySeal(version.seal.department, bytes(version.picture))
    pdf = sign_copy(ready.pdf, copy, stamps=stamps, at=at, reason=f"{rules.doc_type_name(row.kind)} {row.number}")
    row.seal_no, row.seal_name, row.sealed_at = version.seal.seal_no, version.name, at
    row.sealed_by = grants.SYSTEM_NAME if actor.account_id is None else actor.name[:100]
    row.straddled, row.pages, row.problem_code, row.problem = len(stamps) > 1, ready.pages, "", ""
    row.ofd_digest, row.pdf_digest = sm3(ofd).hex(), sm3(pdf).hex()
    blobs.write(_path(row, "ofd"), ofd)
    blobs.write(_path(row, "pdf"), pdf)
    row.save()
    audit.record("seal.paper", actor=actor, object_type="document", object_id=row.number, detail={"seal": row.seal_no, "case": row.subject})


def _locked(issued: IssuedDocument) -> PaperSeal:
    """这份文书的用章登记，加锁；没有就建。"""
    facts = {"kind": issued.kind, "subject": issued.subject, "created_at": timezone.now()}
    PaperSeal.objects.get_or_create(number=issued.number, defaults=facts)
    return PaperSeal.objects.select_for_update().get(number=issued.number)


def _not_sealed(issued: IssuedDocument, refusal: Refused) -> None:
    facts = {"kind": issued.kind, "subject": issued.subject, "created_at": timezone.now()}
    reason = {"problem_code": refusal.code[:40], "problem": refusal.text[:300]}
    row, made = PaperSeal.objects.get_or_create(number=issued.number, defaults=facts | reason)
    if not made:
        PaperSeal.objects.filter(pk=row.pk, sealed_at__isnull=True).update(**reason)


def _chosen(issued: IssuedDocument, actor: Actor) -> Seal:
    """签发部门该用的章：能用且有授权的优先，都不行就是最该用的那枚，由签章去说清为什么不行。异常：NoDepartmentSeal。"""
    kinds = rules.PAPER_SEALS[issued.kind]
    rows = sorted(Seal.objects.filter(department=issued.department, kind__in=kinds, version__gt=0), key=lambda row: kinds.index(row.kind))
    if not rows:
        name = organizations.department(issued.department).name
        raise NoDepartmentSeal(department=name, paper=document_rules.KINDS[issued.kind].name)
    return next((row for row in rows if _permitted(row, actor, issued.kind)), rows[0])


def _permitted(seal: Seal, actor: Actor, kind: str) -> bool:
    try:
        _require_permitted(seal, actor, kind)
    except Refused:
        return False
    return True


def _require_permitted(seal: Seal, actor: Actor, kind: str) -> None:
    stamping.require_usable(seal)
    grants.authorised(seal, actor, kind, bulk=False)


def _require_electronic(issued: IssuedDocument) -> None:
    item = cases.case(issued.subject, actor=SYSTEM).item_name
    if not rules.electronic_allowed(item):
        raise PaperForbidden(item=item)


def _stamps(ready: Editions, version: SealVersion, *, straddle: bool) -> list[Stamp]:
    spot = ready.spot or Spot(ready.pages, 150, 240)
    left = min(max(0.0, spot.x - version.width / 2), PAGE_WIDTH - version.width)
    top = min(max(0.0, spot.y - ABOVE - version.height / 2), PAGE_HEIGHT - version.height)
    main = Stamp(spot.page, round(left, 1), round(top, 1), version.width, version.height)
    return [main, *(straddles(ready.ofd, version.width) if straddle else [])]


def _load(row: PaperSeal, form: str) -> bytes:
    try:
        return blobs.read_exact(_path(row, form), row.ofd_digest if form == "ofd" else row.pdf_digest)
    except Tampered as error:
        log.error("签章文书的存档丢失或被改动：%s", row.number)
        raise PaperBroken(number=row.number) from error


def _raw(row: PaperSeal) -> bytes:
    """验章用的原样内容；打不开的当作空文件，报告里自会说结构不对。"""
    try:
        return blobs.read_exact(_path(row, "ofd"), row.ofd_digest)
    except Tampered:
        return b""


def _path(row: PaperSeal, form: str) -> Path:
    """文件名带摘要：没存成的半成品不会被当成正式文件。"""
    digest = row.ofd_digest if form == "ofd" else row.pdf_digest
    return Path(settings.DATA) / "papers" / f"{row.created_at:%Y}" / f"{row.pk}-{digest[:16]}.{form}"
