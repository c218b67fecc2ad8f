"""提交与处理咨询投诉。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.calendar import services as calendars
from shilong.foundation.codes.checks import InvalidCode, check_mobile
from shilong.foundation.codes.redaction import redact
from shilong.foundation.events import services as events
from shilong.foundation.files import services as files
from shilong.foundation.files.kinds import IMAGES
from shilong.foundation.notify import services as notify
from shilong.foundation.numbering import services as numbering
from shilong.identity.accounts import selectors as accounts
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles import selectors as roles
from shilong.identity.roles import services as grants
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.cases.selectors import served as cases
from shilong.service.catalog import selectors as catalog
from shilong.service.enquiries import permissions, rules
from shilong.service.enquiries.models import Enquiry, EnquiryEvent
from shilong.service.enquiries.refusals import (
    EnquiryChanged,
    EnquiryInvalid,
    NoContact,
    SameReviewer,
    StaffCannotAsk,
    TooManyOpen,
    UrgedToday,
)
from shilong.service.enquiries.rules import KINDS, OPEN, Publicity, Stage, Step

MAX_FILES = 3
MAX_OPEN = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """要提交的内容。`files` 是（内容，文件名）。"""

    kind: str
    title: str
    content: str
    anonymous: bool = False
    mobile: str = ""
    department: str = ""
    item_code: str = ""
    case_no: str = ""
    files: Sequence[tuple[BinaryIO, str]] = field(default=())


def submit(draft: Draft, *, actor: Actor, at: datetime | None = None) -> Enquiry:
    """提交一件。咨询、建议选了事项或部门的直接派到部门；投诉一律先由审批局分派。

    异常：
        StaffCannotAsk、NotSignedIn。TooManyOpen: 未答复的太多。
        EnquiryInvalid: 没写清楚；投诉没留手机。OthersCase: 办件不是本人的。
    """
    require(actor, *Role)
    if actor.is_staff or actor.account_id is None:
        raise StaffCannotAsk
    moment = at or timezone.now()
    named = _checked(draft)
    waiting = Enquiry.objects.filter(account_id=actor.account_id, stage__in=sorted(OPEN)).count()
    if waiting >= MAX_OPEN:
        raise TooManyOpen(count=waiting)
    department, item = _place(draft, actor)
    direct = draft.kind != "complaint" and bool(department)
    with transaction.atomic():
        ids = [str(files.store(stream, name, owner_id=actor.account_id, kinds=IMAGES).pk) for stream, name in draft.files]
        row = Enquiry.objects.create(
            number=numbering.next_number("enquiry", at=moment),
            kind=draft.kind,
            title=named["title"],
            content=named["content"],
            file_ids=ids,
            account_id=actor.account_id,
            anonymous=draft.anonymous,
            name="" if draft.anonymous else accounts.applicant(actor.account_id).name,
            mobile="" if draft.anonymous else named["mobile"],
            item_code=draft.item_code,
            item_name=item,
            case_no=draft.case_no,
            about=department,
            department=department if direct else "",
            stage=Stage.ASSIGNED if direct else Stage.UNASSIGNED,
            created_at=moment,
            due_at=rules.deadline(moment, calendars.load()),
        )
        _journal(row, Step.SUBMIT, "", actor, moment)
        events.emit("enquiry.submit", key=row.number, enquiry=row.pk)
    return row


def advance(
    number: str, step: Step, values: Mapping[str, str], *, actor: Actor, expected_version: int, at: datetime | None = None
) -> Enquiry:
    """做一步；改变一件咨询投诉的唯一入口。

    参数：
        values: 分派要 `department`；答复、退回、催办、不予公开要 `note`；评价要 `satisfaction`，可给 `note`；
            审核公开要 `public_title`、`public_content`、`public_answer`（审核人改好的脱敏文字）。

    异常：
        EnquiryNotFound、NotAllowed: 不是本人的，或不归这个人处理。
        EnquiryChanged: 页面已旧。StepNotPossible: 次序不对。
        EnquiryInvalid、UrgedToday、SameReviewer。
    """
    moment = at or timezone.now()
    with transaction.atomic():
        row = permissions.owned(number, actor) if not actor.is_staff else permissions.handled(number, actor)
        row = Enquiry.objects.select_for_update().get(pk=row.pk)
        if row.version != expected_version:
            raise EnquiryChanged
        found = rules.move(row.stage, row.publicity, step, owner=row.account_id == actor.account_id)
        permissions.require_move(actor, found, row)
        note = values.get("note", "").replace("\x00", "").strip()
        _APPLY[step](row, values, actor, moment, note)
        row.stage = found.target or row.stage
        row.version += 1
        row.save()
        _journal(row, step, note, actor, moment)
        audit.record(f"enquiry.{step}", actor=actor, object_type="enquiry", object_id=row.number, detail={"to": row.stage})
        events.emit(f"enquiry.{step}", key=row.number, enquiry=row.pk)
    return row


def reveal(number: str, *, actor: Actor, reason: str) -> dict[str, str]:
    """看提交人联系方式，写事由、留审计。异常：NoContact: 匿名。"""
    words = reason.replace("\x00", "").strip()
    if not 0 < len(words) <= 200:
        raise EnquiryInvalid(fields={"reason": "请写明查看事由，不超过 200 字"})
    row = permissions.handled(number, actor)
    if row.anonymous:
        raise NoContact
    audit.record("enquiry.reveal", actor=actor, object_type="enquiry", object_id=row.number, detail={"reason": words})
    return {"name": row.name, "mobile": row.mobile}


def warn_overdue(now: datetime | None = None) -> int:
    """超期没答复的告诉部门与审批局，每件一次。由定时作业调用，可重复执行。"""
    moment = now or timezone.now()
    late = Enquiry.objects.filter(stage__in=sorted(OPEN), due_at__lt=moment, warned=False).values_list("pk", flat=True)
    sent = 0
    for pk in list(late[:500]):
        with transaction.atomic():
            row = Enquiry.objects.select_for_update().get(pk=pk)
            if row.warned or row.stage not in OPEN:
                continue
            row.warned = True
            row.save(update_fields=["warned"])
            _tell(row, "enquiry_overdue", {*people(row), *grants.holders(Role.BUREAU)})
            sent += 1
    return sent


def announce(action: str, pk: int) -> None:
    """事件提交之后告诉该知道的人。"""
    row = Enquiry.objects.get(pk=pk)
    if action == Step.SUBMIT:
        _tell(row, "enquiry_received", {row.account_id}, mobile=row.mobile)
    if action in (Step.SUBMIT, Step.ASSIGN, Step.RETURN):
        _tell(row, "enquiry_assigned", set(people(row)))
    elif action == Step.URGE:
        _tell(row, "enquiry_urged", set(people(row)))
    elif action == Step.ANSWER:
        _tell(row, "enquiry_answered", {row.account_id}, mobile=row.mobile, note=row.answer[:200])


def people(row: Enquiry) -> list[int]:
    """该处理的人：派到部门的是部门审批人员与负责人，没分派的是审批局。"""
    if not row.department:
        return grants.holders(Role.BUREAU)
    ids = [one.account_id for one in organizations.staff_of(row.department)]
    held = roles.roles_of(ids)
    return [pk for pk in ids if {Role.OFFICER, Role.LEADER} & set(held[pk])]


def _checked(draft: Draft) -> dict[str, str]:
    values = {name: getattr(draft, name).replace("\x00", "").strip() for name in ("title", "content", "mobile")}
    errors = {} if draft.kind in KINDS else {"kind": "请选择咨询、投诉或建议"}
    if not 0 < len(values["title"]) <= rules.TITLE_LIMIT:
        errors["title"] = f"请写标题，不超过 {rules.TITLE_LIMIT} 字"
    if not 0 < len(values["content"]) <= rules.TEXT_LIMIT:
        errors["content"] = f"请写内容，不超过 {rules.TEXT_LIMIT} 字"
    if draft.kind == "complaint" and draft.anonymous:
        errors["anonymous"] = "投诉须留联系方式，部门才能核实后答复您；提咨询、建议可以匿名"
    if not draft.anonymous:
        try:
            check_mobile(values["mobile"])
        except InvalidCode as error:
            errors["mobile"] = str(error)
    if len(draft.files) > MAX_FILES:
        errors["files"] = f"最多 {MAX_FILES} 张图片"
    if errors:
        raise EnquiryInvalid(fields=errors)
    return values


def _place(draft: Draft, actor: Actor) -> tuple[str, str]:
    """涉及的部门与事项名称。"""
    if draft.case_no:
        case = cases.owned(draft.case_no, actor)
        return case.department, case.item_name
    if draft.item_code:
        brief = catalog.brief(draft.item_code)
        return brief.department, brief.name
    if draft.department and draft.department not in {one.key for one in organizations.departments()}:
        raise EnquiryInvalid(fields={"department": "没有这个部门"})
    return draft.department, ""


def _need(note: str, limit: int = 500) -> None:
    if not 0 < len(note) <= limit:
        raise EnquiryInvalid(fields={"note": f"请写明情况，不超过 {limit} 字"})


def _assign(row: Enquiry, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    known = {one.key for one in organizations.departments()}
    if values.get("department") not in known or values.get("department") == row.department:
        raise EnquiryInvalid(fields={"department": "请选择要派到的部门"})
    row.department = values["department"]


def _return(row: Enquiry, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    _need(note)
    row.department = ""


def _answer(row: Enquiry, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    _need(note, rules.ANSWER_LIMIT)
    row.answer, row.answered_at, row.answered_by_id, row.answered_by = note, at, actor.account_id, actor.name


def _urge(row: Enquiry, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    if row.urged_at is not None and timezone.localdate(row.urged_at) == timezone.localdate(at):
        raise UrgedToday
    row.urges, row.urged_at = row.urges + 1, at


def _rate(row: Enquiry, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    if values.get("satisfaction") not in ("1", "2", "3", "4", "5"):
        raise EnquiryInvalid(fields={"satisfaction": "请选择满意度"})
    row.satisfaction, row.remark = int(values["satisfaction"]), note[:200]


def _withdraw(row: Enquiry, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    """撤回不必写理由。"""


def _propose(row: Enquiry, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    names = [row.name, row.answered_by]
    row.publicity = Publicity.PROPOSED
    row.public_title, row.public_content = redact(row.title, names), redact(row.content, names)
    row.public_answer = redact(row.answer, names)


def _publish(row: Enquiry, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    if row.answered_by_id == actor.account_id:
        raise SameReviewer
    limits = {"public_title": rules.TITLE_LIMIT, "public_content": rules.TEXT_LIMIT, "public_answer": rules.ANSWER_LIMIT}
    texts = {name: redact(values.get(name, "").strip(), [row.name]) for name in limits}
    errors = {name: f"不能为空，不超过 {limit} 字" for name, limit in limits.items() if not 0 < len(texts[name]) <= limit}
    if errors:
        raise EnquiryInvalid(fields=errors)
    for name, text in texts.items():
        setattr(row, name, text)
    row.publicity, row.published_at = Publicity.PUBLISHED, at


def _decline(row: Enquiry, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    _need(note)
    row.publicity = Publicity.REFUSED


_APPLY = {
    Step.ASSIGN: _assign,
    Step.RETURN: _return,
    Step.ANSWER: _answer,
    Step.URGE: _urge,
    Step.RATE: _rate,
    Step.WITHDRAW: _withdraw,
    Step.PROPOSE: _propose,
    Step.PUBLISH: _publish,
    Step.DECLINE: _decline,
}


def _tell(row: Enquiry, template: str, ids: set[int], *, mobile: str = "", note: str = "") -> None:
    names = {one.key: one.short_name for one in organizations.departments(include_inactive=True)}
    context: dict[str, Any] = {
        "kind": KINDS[row.kind],
        "title": row.title,
        "number": row.number,
        "department_name": names.get(row.department, "区行政审批局分派后由责任部门"),
        "due": f"{timezone.localtime(row.due_at):%m月%d日}",
        "note": note,
    }
    for pk in sorted(ids):
        notify.send(template, context=context, account_id=pk, mobile=mobile)


def _journal(row: Enquiry, step: Step, note: str, actor: Actor, at: datetime) -> None:
    seq = (row.history.order_by("-seq").values_list("seq", flat=True).first() or 0) + 1
    who = {"actor_id": actor.account_id, "actor_name": actor.name if actor.is_staff else "提交人"}
    EnquiryEvent.objects.create(enquiry=row, seq=seq, action=step, target=row.stage, note=note, at=at, **who)
