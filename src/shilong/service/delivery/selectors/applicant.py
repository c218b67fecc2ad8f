"""申请人看到的：地址簿、领取方式、自己办件的寄递单；匿名查进度看到的一句话。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from shilong.identity.roles.actor import Actor
from shilong.service.cases import selectors as cases
from shilong.service.cases.rules import FINAL, UNDECIDED
from shilong.service.cases.rules import State as CaseState
from shilong.service.delivery import adapters, permissions
from shilong.service.delivery.models import Address, Choice, Shipment
from shilong.service.delivery.refusals import AddressNotFound
from shilong.service.delivery.rules import address as rules
from shilong.service.delivery.rules import pickup
from shilong.service.delivery.rules.address import Contact
from shilong.service.delivery.rules.states import FORM_WAYS, OVER, STATE_NAMES, WAY_NAMES, Kind, State, Trouble, Way
from shilong.service.delivery.selectors.views import ShipmentView, view_of


@dataclass(frozen=True, slots=True)
class AddressRow:
    """地址簿的一条。`contact` 是明文，只在本人的编辑页上用；列表用它的脱敏属性。"""

    uid: UUID
    contact: Contact
    is_default: bool


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """一件办件的领取方式。`locked` 时不能再改。"""

    way: str
    way_name: str
    contact: Contact | None
    chosen: bool
    locked: bool
    locked_why: str
    can_pickup: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """匿名可见的寄递进展：没有姓名、地址、完整单号。"""

    state_name: str
    courier: str
    waybill: str
    at: datetime | None


def addresses(actor: Actor) -> list[AddressRow]:
    """我的（或正代办的单位的）地址簿，默认的在前。异常：NotSignedIn、NotAllowed。"""
    return [row for one in permissions.addresses(actor) if (row := _address(one))]


def address(uid: UUID, actor: Actor) -> AddressRow:
    """一个。异常：AddressNotFound。"""
    one = permissions.addresses(actor).filter(uid=uid).first()
    row = _address(one) if one else None
    if row is None:
        raise AddressNotFound
    return row


def choices_for(actor: Actor) -> list[AddressRow]:
    """申报页上可选的地址；工作人员代填时没有。"""
    return [] if actor.is_staff else addresses(actor)


def choice(case_no: str, actor: Actor) -> ChoiceView:
    """领取方式。异常：CaseNotFound、NotSignedIn、OthersCase。"""
    view = cases.case(case_no, actor=actor)
    row = Choice.objects.filter(case_no=case_no).first()
    sent = Shipment.objects.filter(case_no=case_no, kind=Kind.RESULT).exclude(state__in=OVER).first()
    status = CaseState(view.status)
    moving = sent is not None and sent.state != State.PENDING and not (sent.state == State.PROBLEM and sent.trouble == Trouble.ADDRESS)
    why = f"快件{STATE_NAMES[State(sent.state)]}" if sent is not None and moving else ""
    if status in FINAL or status is CaseState.DELIVERED:
        why = f"办件{view.status_name}"
    way = Way(row.way) if row else Way.WINDOW
    return ChoiceView(way, WAY_NAMES[way], rules.load(row.contact) if row else None, row is not None, bool(why), why, status in UNDECIDED)


def form_choice(form: Mapping[str, object]) -> ChoiceView:
    """申请表里选的领取方式与填的收件人；没选的按窗口领取。"""
    way = FORM_WAYS.get(str(form.get("delivery_way", "")), Way.WINDOW)
    return ChoiceView(way, WAY_NAMES[way], rules.from_form(form) if way is Way.COURIER else None, False, False, "", False)


def case_shipments(case_no: str, actor: Actor) -> list[ShipmentView]:
    """这件办件的寄递单，新的在前。异常：CaseNotFound、NotSignedIn、OthersCase。"""
    cases.case(case_no, actor=actor)
    rows = Shipment.objects.filter(case_no=case_no).select_related("resent_from").order_by("-pk")
    return [view_of(one, logs=False) for one in rows]


def progress(case_no: str) -> Progress | None:
    """凭查询码查进度时附的一句：有没有寄、寄到哪一步。调用者已核对过查询码。"""
    row = Shipment.objects.filter(case_no=case_no, kind=Kind.RESULT).exclude(state__in=OVER).order_by("-pk").first()
    if row is None:
        return None
    hidden = f"{row.waybill_no[:2]}****{row.waybill_no[-4:]}" if len(row.waybill_no) > 8 else ""
    return Progress(STATE_NAMES[State(row.state)], adapters.name_of(row.courier), hidden, row.signed_at or row.moved_at or row.ordered_at)


def slots() -> list[pickup.Slot]:
    """现在可约的上门时段。"""
    return pickup.slots(timezone.localdate())


def _address(one: Address) -> AddressRow | None:
    contact = rules.load(one.contact)
    return AddressRow(one.uid, contact, one.is_default) if contact else None
