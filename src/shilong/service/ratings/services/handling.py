"""差评工单：立单、各步、揭示联系方式、超期预警。"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.calendar import services as calendars
from shilong.foundation.calendar.rules import Unit, due
from shilong.foundation.codes import masks, redaction
from shilong.foundation.events import services as events
from shilong.foundation.notify import services as notify
from shilong.foundation.numbering import services as numbering
from shilong.foundation.refusals import Invalid
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles import selectors as roles
from shilong.identity.roles import services as grants
from shilong.identity.roles.actor import SYSTEM, Actor, Role
from shilong.service.cases.selectors import served as cases
from shilong.service.ratings import permissions
from shilong.service.ratings.models import Occasion, Rating, Ticket, TicketEvent
from shilong.service.ratings.refusals import ContactFirst, NoteMissing, NotIdentified, OwnRating, TicketChanged, VisitFirst
from shilong.service.ratings.rules.tickets import ACCEPTED, APPEAL_KINDS, OPEN, VISITS, Move, Stage, Step, move
from shilong.service.ratings.services import policies

NOTE_LIMIT = 500
LATE = {"contact": "联系核实", "rectify": "整改"}


def open_ticket(rating: Rating, occasion: Occasion) -> Ticket:
    """实名差评立单，派给责任部门；同一次服务的工单还没了结时，追评记在原工单上。须在事务里。"""
    running = Ticket.objects.select_for_update().filter(rating__occasion=occasion, stage__in=sorted(OPEN)).first()
    if running is not None:
        _journal(running, Step.OPEN, running.stage, "评价人追评，仍为差评", SYSTEM, rating.rated_at)
        return running
    row = Ticket.objects.create(
        number=numbering.next_number("rating_ticket", at=rating.rated_at),
        rating=rating,
        department=rating.department,
        staff_id=occasion.staff_id,
        created_at=rating.rated_at,
        contact_due=_workdays(rating.rated_at, policies.current()["contact_days"]),
    )
    _journal(row, Step.OPEN, "", "实名差评自动立单", SYSTEM, rating.rated_at)
    events.emit("rating.ticket", key=row.number, ticket=row.pk)
    return row


def advance(
    number: str, step: Step, values: Mapping[str, str], *, actor: Actor, expected_version: int, at: datetime | None = None
) -> Ticket:
    """对工单做一步；这是改变工单的唯一入口。

    参数：
        values: `note` 情况说明；改派另要 `department`，申诉另要 `kind`，回访另要 `visit`，反馈可给 `reply` 公开答复。
        expected_version: 页面上看到的版本。

    异常：
        TicketNotFound: 看不到这张。TicketChanged: 别人刚处理过（409）。
        StepNotPossible、ContactFirst、VisitFirst: 次序不对。
        NotAllowed、OwnRating、SamePerson: 这个人不能做。
        NoteMissing、Invalid: 没写清楚。
    """
    moment = at or timezone.now()
    with transaction.atomic():
        row = permissions.ticket(number, actor, lock=True)
        if row.version != expected_version:
            raise TicketChanged
        found = move(row.stage, step)
        permissions.require_step(actor, found, row)
        _require_order(found, row)
        note = values.get("note", "").replace("\x00", "").strip()
        if step is not Step.TAKE and not 0 < len(note) <= NOTE_LIMIT:
            raise NoteMissing(fields={"note": "请写明情况，不超过 500 字"})
        source = row.stage
        _APPLY.get(step, _nothing)(row, values, actor, moment, note)
        row.stage = found.target or row.stage
        row.version += 1
        row.save()
        _journal(row, step, source, note, actor, moment)
        audit.record(f"rating_ticket.{step}", actor=actor, object_type="rating_ticket", object_id=row.number, detail={"to": row.stage})
        _announce(row, step)
    return row


def reveal(number: str, *, actor: Actor, reason: str) -> dict[str, str]:
    """看评价人联系方式：只给经办这张工单的人（不含被评人），写事由、留审计；回访时审批局也可看。

    异常：
        NoteMissing: 没写事由。NotIdentified: 匿名。OwnRating: 评的是本人。
    """
    words = reason.replace("\x00", "").strip()
    if not 0 < len(words) <= 200:
        raise NoteMissing(fields={"reason": "请写明查看事由，不超过 200 字"})
    with transaction.atomic():
        row = permissions.ticket(number, actor)
        if row.staff_id is not None and row.staff_id == actor.account_id:
            raise OwnRating
        occasion = row.rating.occasion
        contact = cases.contacts([occasion.case_no]).get(occasion.case_no)
        if row.rating.anonymous or contact is None:
            raise NotIdentified
        audit.record("rating_ticket.reveal", actor=actor, object_type="rating_ticket", object_id=row.number, detail={"reason": words})
    return {"name": contact.name, "mobile": contact.mobile, "masked": masks.mask_name(contact.name)}


def warn_overdue(now: datetime | None = None) -> int:
    """超期的工单告诉责任部门与审批局，每种只说一次；返回发了几张。由定时作业调用，可重复执行。"""
    moment = now or timezone.now()
    contact = Ticket.objects.filter(stage__in=[Stage.WAITING, Stage.CHECKING], contacted_at=None, contact_due__lt=moment)
    rectify = Ticket.objects.filter(stage=Stage.RECTIFYING, rectify_due__lt=moment)
    sent = 0
    for kind, rows in (("contact", contact), ("rectify", rectify)):
        for pk in rows.values_list("pk", flat=True):
            sent += _warn(pk, kind)
    return sent


def tell_department(ticket_pk: int) -> None:
    """立单、改派后告诉责任部门（被评人除外）。"""
    row = Ticket.objects.select_related("rating__occasion").get(pk=ticket_pk)
    context = {"number": row.number, "item_name": _name(row), "due": f"{timezone.localtime(row.contact_due):%m月%d日}", "note": ""}
    for account_id in people(row.department):
        if account_id != row.staff_id:
            notify.send("rating_ticket", context=context, account_id=account_id, subject_no="")


def people(department: str, *wanted: Role) -> list[int]:
    """一个部门里审批人员与负责人的账号。"""
    ids = [row.account_id for row in organizations.staff_of(department)]
    held = roles.roles_of(ids)
    return [pk for pk in ids if set(held[pk]) & set(wanted or (Role.OFFICER, Role.LEADER))]


def _require_order(found: Move, row: Ticket) -> None:
    if found.contacted and row.contacted_at is None:
        raise ContactFirst
    if found.visited is None:
        return
    if not row.visit:
        raise VisitFirst(detail="请先登记回访情况。")
    if (row.visit in ACCEPTED) is not found.visited:
        text = "回访结果是不满意，不能办结，请退回重新整改。" if found.visited else "回访已经认可，不需要退回，请复核办结。"
        raise VisitFirst(detail=text)


def _nothing(row: Ticket, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    """这一步不改别的列。"""


def _take(row: Ticket, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    row.handler_id, row.handler_name = actor.account_id, actor.name


def _assign(row: Ticket, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    known = {one.key for one in organizations.departments()}
    if values.get("department") not in known or values.get("department") == row.department:
        raise Invalid("请选择要改派到的部门。", fields={"department": "请选择另一个部门"})
    row.department, row.handler_id, row.handler_name = values["department"], None, ""


def _contact(row: Ticket, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    row.contacted_at = row.contacted_at or at
    _take(row, values, actor, at, note)


def _appeal(row: Ticket, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    if values.get("kind") not in APPEAL_KINDS:
        raise Invalid("请选择申诉类型：误评或恶意评价。", fields={"kind": "请选择"})
    row.appeal_kind, row.appealed_by_id = values["kind"], actor.account_id


def _uphold(row: Ticket, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    row.closed_at = at
    rating = Rating.objects.select_for_update().get(pk=row.rating_id)
    rating.excluded, rating.excluded_at = row.appeal_kind, at
    rating.save(update_fields=["excluded", "excluded_at"])
    events.emit("rating.excluded", key=row.number, occasion=rating.occasion_id, rating=rating.pk)


def _rectify(row: Ticket, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    row.rectify_due = _workdays(at, policies.current()["rectify_days"])
    row.visit, row.rectified_at = "", None


def _feedback(row: Ticket, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    row.rectified_at, row.rectification = at, note
    row.handler_id, row.handler_name = actor.account_id, actor.name
    row.reply = redaction.redact(values.get("reply", "").strip()[:NOTE_LIMIT])


def _visit(row: Ticket, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    if values.get("visit") not in VISITS:
        raise Invalid("请选择回访结果：满意、认可或不满意。", fields={"visit": "请选择"})
    row.visit, row.visited_at, row.visited_by_id = values["visit"], at, actor.account_id


def _close(row: Ticket, values: Mapping[str, str], actor: Actor, at: datetime, note: str) -> None:
    row.closed_at = at


_APPLY = {
    Step.TAKE: _take,
    Step.ASSIGN: _assign,
    Step.CONTACT: _contact,
    Step.APPEAL: _appeal,
    Step.UPHOLD: _uphold,
    Step.DISMISS: _rectify,
    Step.RECTIFY: _rectify,
    Step.FEEDBACK: _feedback,
    Step.VISIT: _visit,
    Step.REDO: _rectify,
    Step.CLOSE: _close,
}


def _announce(row: Ticket, step: Step) -> None:
    if step is Step.ASSIGN:
        events.emit("rating.ticket", key=row.number, ticket=row.pk)
    if step is not Step.CLOSE:
        return
    occasion = row.rating.occasion
    if occasion.account_id is not None:
        context = {"item_name": _name(row), "note": row.reply or "已核实整改。"}
        notify.send("rating_closed", context=context, account_id=occasion.account_id, subject_no=occasion.case_no)


def _warn(pk: int, kind: str) -> int:
    with transaction.atomic():
        row = Ticket.objects.select_for_update().select_related("rating__occasion").get(pk=pk)
        limit = row.contact_due if kind == "contact" else row.rectify_due
        mark = f"{kind}:{limit:%Y%m%d}" if limit else ""
        if not mark or mark in row.warned:
            return 0
        row.warned = [*row.warned, mark]
        row.save(update_fields=["warned"])
        context = {"number": row.number, "item_name": _name(row), "stage": LATE[kind], "due": f"{timezone.localtime(limit):%m月%d日}"}
        for account_id in {*people(row.department), *roles_of_bureau()}:
            notify.send("rating_overdue", context=context, account_id=account_id)
    return 1


def roles_of_bureau() -> list[int]:
    """审批局监察人员的账号。"""
    return grants.holders(Role.BUREAU)


def _name(row: Ticket) -> str:
    return row.rating.occasion.item_name or "窗口服务"


def _workdays(start: datetime, count: int) -> datetime:
    return due(timezone.localdate(start), count, Unit.WORKDAY, calendars.load())


def _journal(row: Ticket, step: Step, source: str, note: str, actor: Actor, at: datetime) -> None:
    seq = (row.history.order_by("-seq").values_list("seq", flat=True).first() or 0) + 1
    TicketEvent.objects.create(
        ticket=row,
        seq=seq,
        action=step,
        source=source,
        target=row.stage,
        note=note,
        actor_id=actor.account_id,
        actor_name=actor.name,
        at=at,
    )
