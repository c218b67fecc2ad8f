"""申请、审批、撤回。三种申请（制发、变更、注销）走同一条路，申请人不能自批。"""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.gm.certificates import RevocationReason
from shilong.foundation.numbering import services as numbering
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor
from shilong.service.seals import journal, permissions, picture, rules, tasks
from shilong.service.seals.models import Application, Seal
from shilong.service.seals.refusals import ApplicationClosed, ApplicationNotFound, ApplicationPending, SealInvalid, SealNotFound
from shilong.service.seals.rules import ApplicationKind, ApplicationStatus, SealStatus
from shilong.service.seals.rules.lifecycle import APPLICATION_STEPS, LIVE, MAX_REASON, MIN_REASON


def apply(
    *,
    kind: str,
    department: str,
    reason: str,
    document: str = "",
    name: str = "",
    holder: str = "",
    years: int = 3,
    upload: bytes = b"",
    actor: Actor,
) -> str:
    """部门负责人申请制发一枚章，返回申请编号。

    参数：
        kind: `rules.KINDS` 的键。
        name: 章面上的单位名称，默认部门全称。
        holder: 名章上的姓名，只有名章要填。
        years: 有效年限，1 到 5。
        document: 依据文号，如“石编〔2026〕3 号”。
        upload: 已有的印模图（PNG、JPEG），不给就按种类画。

    异常：
        NotAllowed: 不是这个部门的负责人。
        SealInvalid、BadPicture: 填写不合规。
    """
    permissions.require_leader(actor, department)
    place = organizations.department(department)
    content: dict[str, Any] = {"name": (name or place.name).strip(), "years": years}
    _check(content, kind=kind, holder=holder, reason=reason)
    known = rules.KINDS[kind]
    image = _image(upload, known, content["name"], holder)
    with transaction.atomic():
        seal = Seal.objects.create(
            seal_no=numbering.next_number("seal"),
            name=_title(known, content["name"], holder),
            kind=kind,
            department=department,
            department_name=place.name,
            holder=holder.strip(),
            created_at=timezone.now(),
        )
        return _filed(seal, ApplicationKind.CREATE, content, reason, document, actor, image)


def apply_change(seal_no: str, *, name: str, years: int, reason: str, document: str = "", upload: bytes = b"", actor: Actor) -> str:
    """申请变更：改名称、换印模、续有效期，都要重新制一版。返回申请编号。异常同 `apply`，另有 StepNotPossible、ApplicationPending。"""
    seal = _seal(seal_no)
    permissions.require_leader(actor, seal.department)
    rules.advance(APPLICATION_STEPS[ApplicationKind.CHANGE], SealStatus(seal.status))
    content: dict[str, Any] = {"name": name.strip() or seal.department_name, "years": years}
    _check(content, kind=seal.kind, holder=seal.holder, reason=reason)
    image = _image(upload, rules.KINDS[seal.kind], content["name"], seal.holder)
    return _filed(seal, ApplicationKind.CHANGE, content, reason, document, actor, image)


def apply_cancel(seal_no: str, *, cause: str, reason: str, document: str = "", actor: Actor) -> str:
    """申请注销，返回申请编号。

    参数：
        cause: `rules.CANCEL_CAUSES` 的键；密钥泄露的，历史签章一并作废。

    异常：
        NotAllowed、StepNotPossible、ApplicationPending、SealInvalid。
    """
    seal = _seal(seal_no)
    permissions.require_leader(actor, seal.department)
    rules.advance(APPLICATION_STEPS[ApplicationKind.CANCEL], SealStatus(seal.status))
    if cause not in set(rules.CANCEL_CAUSES):
        raise SealInvalid(fields={"cause": "请选择注销的原因"})
    _check_reason(reason)
    return _filed(seal, ApplicationKind.CANCEL, {"cause": cause}, reason, document, actor, None)


def approve(number: str, *, actor: Actor, opinion: str = "") -> None:
    """行政审批局批准。注销一经批准即办结：吊销证书，印章不能再用。

    异常：
        NotAllowed、OwnApplication: 不是审批局，或批自己的。
        ApplicationClosed: 已经审过或撤回。StepNotPossible: 申请之后印章状态变了。
    """
    with transaction.atomic():
        row = locked(number)
        permissions.require_approver(actor, row)
        require_status(row, ApplicationStatus.PENDING, "审批")
        rules.advance(APPLICATION_STEPS[ApplicationKind(row.kind)], SealStatus(row.seal.status))
        _decide(row, ApplicationStatus.APPROVED, actor, opinion)
        journal.record(row.seal, "approve", actor, reason=opinion, application=row.number)
        if row.kind == ApplicationKind.CANCEL:
            _cancel(row, actor)


def refuse(number: str, *, actor: Actor, opinion: str) -> None:
    """不予批准，理由必填。异常同 `approve`，另有 SealInvalid。"""
    _check_reason(opinion, "opinion")
    with transaction.atomic():
        row = locked(number)
        permissions.require_approver(actor, row)
        require_status(row, ApplicationStatus.PENDING, "审批")
        _decide(row, ApplicationStatus.REFUSED, actor, opinion)
        _ended(row, "refuse", actor, opinion)


def withdraw(number: str, *, actor: Actor) -> None:
    """申请人撤回还没有审批的申请。异常：OthersApplication、ApplicationClosed。"""
    with transaction.atomic():
        row = locked(number)
        permissions.require_applicant(actor, row)
        require_status(row, ApplicationStatus.PENDING, "撤回")
        row.status = ApplicationStatus.WITHDRAWN
        row.save(update_fields=["status"])
        _ended(row, "withdraw", actor, "")


def _cancel(row: Application, actor: Actor) -> None:
    seal, cause = row.seal, RevocationReason(row.content["cause"])
    seal.status = rules.advance(rules.Step.CANCEL, SealStatus(seal.status))
    seal.save(update_fields=["status"])
    row.status = ApplicationStatus.DONE
    row.save(update_fields=["status"])
    why = f"{rules.CANCEL_CAUSES[cause]}：{row.reason}"[:MAX_REASON]
    now = timezone.now()
    journal.record(seal, rules.Step.CANCEL, actor, reason=why, document=row.document, application=row.number, at=now)
    tasks.revoke.enqueue(seal.seal_no, [], cause.value, now.isoformat())


def _ended(row: Application, step: str, actor: Actor, reason: str) -> None:
    """没批或撤回：制发申请作废，变更、注销申请不影响原章。"""
    if row.kind == ApplicationKind.CREATE:
        row.seal.status = rules.advance(rules.Step.VOID, SealStatus(row.seal.status))
        row.seal.save(update_fields=["status"])
    journal.record(row.seal, step, actor, reason=reason, application=row.number)


def _decide(row: Application, status: ApplicationStatus, actor: Actor, opinion: str) -> None:
    row.status = status
    row.decided_by_id, row.decided_by, row.decided_at = actor.account_id, actor.name, timezone.now()
    row.opinion = opinion.strip()[:MAX_REASON]
    row.save()


def _filed(
    seal: Seal, kind: ApplicationKind, content: Mapping[str, Any], reason: str, document: str, actor: Actor, image: bytes | None
) -> str:
    """登记申请；同一枚章同时只能有一份在走，由唯一约束把关。"""
    _refuse_pending(seal)
    try:
        with transaction.atomic():
            row = Application.objects.create(
                number=numbering.next_number("seal_application"),
                seal=seal,
                kind=kind,
                content=dict(content),
                picture=image,
                reason=reason.strip(),
                document=document.strip()[:120],
                applied_by_id=actor.account_id or 0,
                applied_by=actor.name,
                applied_at=timezone.now(),
            )
            journal.record(seal, f"apply_{kind}", actor, reason=row.reason, document=row.document, application=row.number)
    except IntegrityError:
        _refuse_pending(seal)
        raise
    return row.number


def _refuse_pending(seal: Seal) -> None:
    live = Application.objects.filter(seal=seal, status__in=LIVE).first()
    if live is not None:
        raise ApplicationPending(kind=rules.APPLICATION_NAMES[ApplicationKind(live.kind)], number=live.number)


def _check(content: Mapping[str, Any], *, kind: str, holder: str, reason: str) -> None:
    errors = {}
    if kind not in rules.KINDS:
        errors["kind"] = "请从列表里选择印章种类"
    if not 2 <= len(content["name"]) <= picture.MAX_NAME:
        errors["name"] = f"章面上的单位名称 2 到 {picture.MAX_NAME} 个字"
    if not 1 <= content["years"] <= rules.MAX_YEARS:
        errors["years"] = f"有效年限 1 到 {rules.MAX_YEARS} 年"
    if kind == "05" and not 2 <= len(holder.strip()) <= 7:
        errors["holder"] = "名章要写姓名，2 到 7 个字"
    if not MIN_REASON <= len(reason.strip()) <= MAX_REASON:
        errors["reason"] = f"请写明事由，{MIN_REASON} 到 {MAX_REASON} 个字"
    if errors:
        raise SealInvalid(fields=errors)


def _check_reason(text: str, field: str = "reason") -> None:
    if not MIN_REASON <= len(text.strip()) <= MAX_REASON:
        raise SealInvalid(fields={field: f"请写明原因，{MIN_REASON} 到 {MAX_REASON} 个字"})


def _image(upload: bytes, kind: rules.Kind, name: str, holder: str) -> bytes | None:
    """上传的印模先规整好；没上传就试画一次，有字画不出来当场就说。"""
    if upload:
        return picture.normalise(upload, kind)
    picture.draw(picture.Face(kind, name, "0" * 13, holder.strip()))
    return None


def _title(kind: rules.Kind, name: str, holder: str) -> str:
    return f"{name}{holder.strip()}名章" if kind.code == "05" else f"{name}{kind.lower or '公章'}"


def title(seal: Seal, name: str) -> str:
    """印章的全名：单位名称加用途。"""
    return _title(rules.KINDS[seal.kind], name, seal.holder)


def _seal(seal_no: str) -> Seal:
    row = Seal.objects.filter(seal_no=seal_no).first()
    if row is None:
        raise SealNotFound
    return row


def locked(number: str) -> Application:
    """先锁印章再锁申请：所有改印章的动作都按这个次序，不会互相等。"""
    found = Application.objects.filter(number=number).values_list("seal_id", flat=True).first()
    if found is None:
        raise ApplicationNotFound
    seal = Seal.objects.select_for_update().get(pk=found)
    row = Application.objects.select_for_update().get(number=number)
    row.seal = seal
    return row


def require_status(row: Application, wanted: ApplicationStatus, step: str) -> None:
    if row.status != wanted:
        raise ApplicationClosed(status=rules.APPLICATION_STATUS_NAMES[ApplicationStatus(row.status)], step=step)
