"""一个号；姓名默认脱敏。"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from shilong.foundation.audit import services as audit
from shilong.foundation.codes.masks import mask_name
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor
from shilong.service.queueing import permissions
from shilong.service.queueing.models import Ticket
from shilong.service.queueing.refusals import TicketNotFound
from shilong.service.queueing.rules import STATE_NAMES, State
from shilong.service.queueing.voice import sentence

TONES = {State.WAITING: "b", State.CALLED: "o", State.SERVING: "o", State.MISSED: "r", State.FINISHED: "g"}
IDCARD, USCC = "111", "001"


@dataclass(frozen=True, slots=True)
class TicketView:
    """一个号。`ahead` 是前面还有几位，只在单看一个号时给。"""

    uid: UUID
    number: str
    state: str
    state_name: str
    tone: str
    hall: str
    hall_name: str
    group: str
    group_name: str
    window: str
    name: str
    priority: str
    booked: bool
    booking_no: str
    slot_start: datetime | None
    item_code: str
    item_name: str
    case_no: str
    returns: int
    calls: int
    taken_at: datetime
    called_at: datetime | None
    serving_at: datetime | None
    ahead: int = 0


def view(row: Ticket, *, ahead: int = 0) -> TicketView:
    """号的只读样子；`row` 须取过 hall、group、window。"""
    state = State(row.state)
    return TicketView(
        uid=row.uid,
        number=row.number,
        state=state.value,
        state_name=STATE_NAMES[state],
        tone=TONES.get(state, ""),
        hall=row.hall.key,
        hall_name=row.hall.name,
        group=row.group.key,
        group_name=row.group.name,
        window=row.window.name if row.window else "",
        name=mask_name(row.name),
        priority=row.priority,
        booked=row.booked,
        booking_no=row.booking_no,
        slot_start=row.slot_start,
        item_code=row.item_code,
        item_name=row.item_name,
        case_no=row.case_no,
        returns=row.returns,
        calls=row.calls,
        taken_at=row.taken_at,
        called_at=row.called_at,
        serving_at=row.serving_at,
        ahead=ahead,
    )


def ticket(uid: UUID | str) -> TicketView:
    """凭号的 uid（取号单上的码）看进度，不要登录；内容已脱敏。异常：TicketNotFound。"""
    row = Ticket.objects.select_related("hall", "group", "window").filter(uid=uid).first()
    if row is None:
        raise TicketNotFound
    before = Q(since__lt=row.since) | Q(since=row.since, pk__lt=row.pk)
    ahead = Ticket.objects.filter(before, line=row.line_id, state=State.WAITING).count() if row.state == State.WAITING else 0
    return view(row, ahead=ahead)


def by_booking(booking_no: str) -> TicketView | None:
    """预约签到后取的号。"""
    row = Ticket.objects.select_related("hall", "group", "window").filter(booking_no=booking_no).order_by("-pk").first()
    return view(row) if row else None


def serving_case(case_no: str, actor: Actor) -> TicketView | None:
    """收下这件办件、现在还在办的号（本人叫的）；没有为 None。"""
    rows = Ticket.objects.select_related("hall", "group", "window").filter(staff_id=actor.account_id, state=State.SERVING)
    row = rows.filter(case_no=case_no).first() if case_no else None
    return view(row) if row else None


def intake(uid: UUID | str, *, actor: Actor) -> tuple[TicketView, ApplicantProfile | None]:
    """叫到的人的申请人档案（明文，收件登记用），看一次记一次审计；号在自己窗口才行。现场没登记姓名的没有档案。

    异常：
        TicketNotFound、NotYourTicket、NoWindow。
    """
    mine = permissions.my_window(actor)
    row = Ticket.objects.select_related("hall", "group", "window").filter(uid=uid).first()
    if row is None:
        raise TicketNotFound
    permissions.require_mine(row, mine)
    audit.record("queue.intake", actor=actor, object_type="ticket", object_id=f"{row.day:%Y%m%d}-{row.number}")
    if row.account_id:
        return view(row), accounts.applicant(row.agent_for or row.account_id)
    if not row.name:
        return view(row), None
    return view(row), ApplicantProfile(kind="1", name=row.name, id_type=IDCARD, id_no=row.id_no, mobile=row.mobile)


def spoken(uid: UUID | str) -> str:
    """叫这个号的播报词；没有在叫的为空串。"""
    row = Ticket.objects.select_related("window").filter(uid=uid).first()
    return sentence(row.number, row.window.name) if row and row.window else ""
