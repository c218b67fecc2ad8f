"""申请、授权、驳回、执行、撤销、揭示。办件本身只由 `cases.services.correct` 改，而且只追加。"""

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.files import selectors as files
from shilong.foundation.numbering import services as numbering
from shilong.foundation.refusals import Refused
from shilong.identity.roles.actor import Actor, require
from shilong.service.amendments import permissions, rules
from shilong.service.amendments.models import Amendment, AmendmentItem
from shilong.service.amendments.refusals import (
    AlreadyPending,
    AmendmentInvalid,
    AmendmentNotFound,
    CaseHandled,
    CaseMoved,
)
from shilong.service.cases import services as cases
from shilong.service.cases.selectors import correctable as records
from shilong.service.cases.selectors.correctable import CorrectableField

MAX_FILES = 10


def request(case_no: str, changes: Mapping[str, str], *, reason: str, file_ids: Sequence[str], actor: Actor) -> str:
    """提出更正申请，返回申请编号。

    参数：
        changes: {项的键: 新值}，键见 `cases.selectors.correctable`；与现值相同的忽略。
        reason: 更正理由，5–500 字。
        file_ids: 凭据文件，须是申请人自己上传的，至少一份。

    异常：
        OthersCase、MustRecuse: 看不到这件办件，或办件就是自己的。
        AmendmentInvalid: 填写不合规，`fields` 指明每一处。
        AlreadyPending: 同一项已有一份在走。
    """
    require(actor, *permissions.REQUESTERS)
    view, fields = records.correctable(case_no, actor=actor)
    items = check(fields, changes, reason=reason, files=len(file_ids))
    for file_id in file_ids:
        files.owned(file_id, actor.account_id)
    _refuse_pending(case_no, [one for one, _ in items])
    try:
        with transaction.atomic():
            row = Amendment.objects.create(
                number=numbering.next_number("amendment"),
                case_no=case_no,
                case_version=view.version,
                item_name=view.item_name,
                department=view.department,
                department_name=view.department_name,
                reason=reason.strip(),
                file_ids=[str(one) for one in file_ids],
                requested_by_id=actor.account_id or 0,
                requested_by=actor.name,
                requested_at=timezone.now(),
            )
            AmendmentItem.objects.bulk_create(_item(row, one, after) for one, after in items)
            _record("request", row, actor, fields=[one.label for one, _ in items])
    except IntegrityError:  # 两人同时申请同一项：唯一约束挡住后到的
        _refuse_pending(case_no, [one for one, _ in items])
        raise
    return row.number


def check(fields: Sequence[CorrectableField], changes: Mapping[str, str], *, reason: str, files: int) -> list[tuple[CorrectableField, str]]:
    """逐项核对，一次说清全部问题；返回 [(项, 新值的规范写法)]。页面在保存凭据之前也先用它核一遍，不留没人要的文件。

    异常：
        AmendmentInvalid: `fields` 指明每一处。
    """
    known = {one.key: one for one in fields}
    errors: dict[str, str] = {key: "这件办件没有这一项" for key in changes if key not in known}
    items = []
    for key, raw in changes.items():
        new = str(raw).replace("\x00", "").strip()
        one = known.get(key)
        if one is None or new == one.value:
            continue
        error, clean = _clean(one, new)
        if error:
            errors[key] = error
        elif clean != one.value:
            items.append((one, clean))
    if not items and not errors:
        errors["changes"] = "请至少填写一项要更正的内容，新值要与现值不同"
    if len(items) > rules.MAX_FIELDS:
        errors["changes"] = f"一份申请最多更正 {rules.MAX_FIELDS} 项"
    if not rules.MIN_REASON <= len(reason.strip()) <= rules.MAX_REASON:
        errors["reason"] = f"请写明更正理由，{rules.MIN_REASON} 到 {rules.MAX_REASON} 个字"
    if not files:
        errors["files"] = "请上传凭据文件，例如身份证照片、情况说明"
    if files > MAX_FILES:
        errors["files"] = f"凭据文件最多 {MAX_FILES} 个"
    if errors:
        raise AmendmentInvalid(fields=errors)
    return items


def authorise(number: str, *, actor: Actor, opinion: str = "") -> None:
    """授权。

    异常：
        NotAllowed、NotYourOwn: 不是行政审批局、超出范围，或授权自己的申请。
        StepNotPossible: 不是待授权。
    """
    _decide(number, "authorise", actor, opinion)


def refuse(number: str, *, actor: Actor, opinion: str) -> None:
    """驳回，理由必填。异常同 `authorise`，另有 AmendmentInvalid。"""
    if len(opinion.strip()) < rules.MIN_REASON:
        raise AmendmentInvalid(fields={"opinion": f"请写明驳回理由，至少 {rules.MIN_REASON} 个字"})
    _decide(number, "refuse", actor, opinion)


def execute(number: str, *, actor: Actor, seen_version: int) -> None:
    """按授权执行更正：办件追加一条更正履历，投影取新值。

    参数：
        seen_version: 页面上看到的办件版本；之后办件又有办理的，要求核对后再执行。

    异常：
        OthersAmendment、NotAllowed: 既不是申请人也不是行政审批局。
        StepNotPossible: 还没授权，或已了结。
        CaseHandled: 打开页面之后办件又有办理。
        CaseMoved: 申请之后这几项已被改成别的值。
    """
    with transaction.atomic():
        row = _locked(number)
        permissions.require_executor(actor, row)
        target = rules.advance("execute", rules.Status(row.status))
        view, fields = records.correctable(row.case_no, actor=actor, lock=True)
        items = list(row.items.all())
        _require_unmoved(items, fields)
        if view.version != seen_version:
            raise CaseHandled
        done = cases.correct(
            row.case_no, {one.key: one.after for one in items}, actor=actor, request_no=row.number, authorised_by=row.decided_by
        )
        row.executed_version = done.version
        _close(row, target, actor)
        _record("execute", row, actor, fields=[one.label for one in items])


def cancel(number: str, *, actor: Actor) -> None:
    """申请人撤销还没执行的申请。异常：OthersAmendment、StepNotPossible。"""
    with transaction.atomic():
        row = _locked(number)
        permissions.require_requester(actor, row)
        _close(row, rules.advance("cancel", rules.Status(row.status)), actor)
        _record("cancel", row, actor)


def reveal(number: str, *, actor: Actor, reason: str) -> list[tuple[str, str, str]]:
    """查看前后明文 [(名称, 原值, 新值)]，留审计：授权人要看清改的是什么。

    异常：
        OthersAmendment: 只有授权人与申请人能看明文。
        AmendmentInvalid: 没有写查看事由。
    """
    row = _get(number)
    if row.requested_by_id != actor.account_id:
        permissions.require_executor(actor, row)
    if not reason.strip():
        raise AmendmentInvalid(fields={"reason": "请写明查看事由，例如“授权前核对”"})
    with transaction.atomic():
        _record("reveal", row, actor, reason=reason.strip()[:200])
        return [(one.label, one.before, one.after) for one in row.items.order_by("pk")]


def _clean(one: CorrectableField, new: str) -> tuple[str, str]:
    """（问题，规范写法）。"""
    if not new or len(new) > 300:
        return "更正后的内容不能为空，且不超过 300 字", ""
    try:
        return "", one.check(new)
    except Refused as refusal:
        return next(iter(refusal.fields.values()), refusal.text), ""


def _item(row: Amendment, one: CorrectableField, after: str) -> AmendmentItem:
    return AmendmentItem(
        amendment=row,
        case_no=row.case_no,
        key=one.key,
        label=one.label[:100],
        kind=one.kind[:12],
        choices=one.choices,
        before=one.value,
        after=after,
    )


def _refuse_pending(case_no: str, fields: Sequence[CorrectableField]) -> None:
    keys = [one.key for one in fields]
    rows = list(AmendmentItem.objects.filter(case_no=case_no, live=True, key__in=keys).select_related("amendment"))
    if rows:
        raise AlreadyPending(labels="、".join(one.label for one in rows), number=rows[0].amendment.number)


def _decide(number: str, step: str, actor: Actor, opinion: str) -> None:
    with transaction.atomic():
        row = _locked(number)
        permissions.require_authoriser(actor, row)
        target = rules.advance(step, rules.Status(row.status))
        row.decided_by_id, row.decided_by, row.decided_at = actor.account_id, actor.name, timezone.now()
        row.opinion = opinion.strip()[: rules.MAX_REASON]
        row.status = target
        row.save()
        if target not in rules.LIVE:
            row.items.update(live=False)
        _record(step, row, actor)


def _close(row: Amendment, target: rules.Status, actor: Actor) -> None:
    row.status = target
    row.closed_by_id, row.closed_by, row.closed_at = actor.account_id, actor.name, timezone.now()
    row.save()
    row.items.update(live=False)


def _require_unmoved(items: Sequence[AmendmentItem], fields: Sequence[CorrectableField]) -> None:
    current = {one.key: one.value for one in fields}
    moved = [one.label for one in items if current.get(one.key) != one.before]
    if moved:
        raise CaseMoved(labels="、".join(moved))


def _get(number: str) -> Amendment:
    row = Amendment.objects.filter(number=number).first()
    if row is None:
        raise AmendmentNotFound
    return row


def _locked(number: str) -> Amendment:
    row = Amendment.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise AmendmentNotFound
    return row


def _record(step: str, row: Amendment, actor: Actor, **detail: object) -> None:
    audit.record(f"amendment.{step}", actor=actor, object_type="amendment", object_id=row.number, detail={"case_no": row.case_no, **detail})


__all__ = ["authorise", "cancel", "check", "execute", "refuse", "request", "reveal"]
