"""制章、启用、停用、恢复、到期。"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from shilong.foundation.gm.certificates import RevocationReason
from shilong.foundation.numbering import services as numbering
from shilong.identity.roles.actor import SYSTEM, Actor
from shilong.service.seals import journal, making, permissions, picture, rules, tasks
from shilong.service.seals.models import Application, Seal
from shilong.service.seals.refusals import SealInvalid, SealNotFound
from shilong.service.seals.rules import ApplicationKind, ApplicationStatus, SealStatus, Step
from shilong.service.seals.rules.lifecycle import APPLICATION_STEPS, MAX_REASON, MIN_REASON
from shilong.service.seals.services.applications import locked, require_status, title


def make(number: str, *, actor: Actor) -> str:
    """行政审批局按批准的申请制章（新章或新版），返回印章编号。同一份申请并发制章只成一次。

    异常：
        NotAllowed: 不是行政审批局。ApplicationClosed: 没有批准，或已经制过。
        StepNotPossible: 印章状态变了。DevelopmentOnly: 生产模式没有正式的签发机构。
    """
    with transaction.atomic():
        row = locked(number)
        permissions.require_bureau(actor, row.seal.department)
        require_status(row, ApplicationStatus.APPROVED, "制章")
        seal, step = row.seal, APPLICATION_STEPS[ApplicationKind(row.kind)]
        target = rules.advance(step, SealStatus(seal.status))
        made = making.make(_blank(row, actor))
        old = seal.version
        seal.status, seal.version, seal.name, seal.valid_until = target, made.version, made.name, made.valid_until
        seal.save()
        row.status = ApplicationStatus.DONE
        row.save(update_fields=["status"])
        now = timezone.now()
        journal.record(seal, step, actor, reason=row.reason, document=row.document, application=row.number, at=now)
        if old:
            _supersede(seal, old, now)
    return seal.seal_no


def activate(seal_no: str, *, actor: Actor, reason: str = "") -> None:
    """启用：部门负责人领取，或行政审批局。异常：NotAllowed、StepNotPossible。"""
    with transaction.atomic():
        seal = _locked_seal(seal_no)
        permissions.require_manager(actor, seal.department)
        _move(seal, Step.ACTIVATE, actor, reason)


def freeze(seal_no: str, *, actor: Actor, reason: str, document: str = "") -> None:
    """停用（冻结）：立即不能签新文，历史签章不受影响。异常：NotAllowed、StepNotPossible、SealInvalid。"""
    _require_reason(reason)
    with transaction.atomic():
        seal = _locked_seal(seal_no)
        permissions.require_manager(actor, seal.department)
        _move(seal, Step.FREEZE, actor, reason, document)


def resume(seal_no: str, *, actor: Actor, reason: str, document: str = "") -> None:
    """恢复停用的章：只有行政审批局。异常同 `freeze`。"""
    _require_reason(reason)
    with transaction.atomic():
        seal = _locked_seal(seal_no)
        permissions.require_bureau(actor, seal.department)
        _move(seal, Step.RESUME, actor, reason, document)


def expire_due(now: datetime | None = None) -> int:
    """把到期的章置为过期，返回枚数。由定时作业调用，重复执行无害。"""
    moment = now or timezone.now()
    live = [status for step, status in rules.STEPS if step is Step.EXPIRE]
    done = 0
    for seal_no in list(Seal.objects.filter(status__in=live, valid_until__lte=moment).values_list("seal_no", flat=True)):
        with transaction.atomic():
            seal = _locked_seal(seal_no)
            if seal.status in live and seal.valid_until and seal.valid_until <= moment:
                _move(seal, Step.EXPIRE, SYSTEM, "有效期届满")
                done += 1
    return done


def _blank(row: Application, actor: Actor) -> making.Blank:
    seal, name = row.seal, row.content["name"]
    code = numbering.next_number("seal_code")
    uploaded = bytes(row.picture) if row.picture is not None else b""
    face = picture.Face(rules.KINDS[seal.kind], name, code, seal.holder)
    until = timezone.now().replace(microsecond=0) + timedelta(days=365 * row.content["years"])
    return making.Blank(
        seal=seal,
        version=seal.version + 1,
        code=code,
        name=title(seal, name),
        picture=uploaded or picture.draw(face),
        valid_until=until,
        made_by=actor.name,
    )


def _supersede(seal: Seal, old: int, at: datetime) -> None:
    seal.versions.filter(version=old).update(superseded_at=at)
    tasks.revoke.enqueue(seal.seal_no, [old], RevocationReason.SUPERSEDED.value, at.isoformat())


def _move(seal: Seal, step: Step, actor: Actor, reason: str = "", document: str = "") -> None:
    seal.status = rules.advance(step, SealStatus(seal.status))
    seal.save(update_fields=["status"])
    journal.record(seal, step, actor, reason=reason.strip()[:MAX_REASON], document=document.strip()[:120])


def _locked_seal(seal_no: str) -> Seal:
    row = Seal.objects.select_for_update().filter(seal_no=seal_no).first()
    if row is None:
        raise SealNotFound
    return row


def _require_reason(text: str) -> None:
    if not MIN_REASON <= len(text.strip()) <= MAX_REASON:
        raise SealInvalid(fields={"reason": f"请写明原因，{MIN_REASON} 到 {MAX_REASON} 个字"})
