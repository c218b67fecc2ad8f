"""生成寄递单：准予或不予之后的证照寄送、申请人约的上门取件、异常后的重寄。"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from shilong.foundation.gm.fields import blind_index
from shilong.foundation.numbering import services as numbering
from shilong.identity.roles.actor import SYSTEM, Actor
from shilong.service.cases import selectors as cases
from shilong.service.cases.rules import DECIDED, UNDECIDED
from shilong.service.cases.rules import State as CaseState
from shilong.service.cases.selectors import CaseView
from shilong.service.delivery import adapters, journal, permissions
from shilong.service.delivery.models import Choice, Shipment
from shilong.service.delivery.refusals import AlreadyRequested, PickupInvalid, ShipmentState, WayClosed
from shilong.service.delivery.rules import address, pickup
from shilong.service.delivery.rules.address import Contact
from shilong.service.delivery.rules.states import KIND_NAMES, OVER, STATE_NAMES, Kind, Pays, State, Trouble, Way
from shilong.service.delivery.services import addresses

_RESULT_PAPERS = ("grant", "deny", "delivery")
MOST_GOODS, LONGEST_GOODS = 30, 80
RECENT, MOST_MISSED = timedelta(days=1), 500


@transaction.atomic
def prepare(case_no: str) -> None:
    """作出决定之后：选了快递的生成待寄件。由 `case.decide` 触发，重复执行无害。"""
    choice = Choice.objects.select_for_update().filter(case_no=case_no, way=Way.COURIER).first()
    if choice is None or _open(case_no, Kind.RESULT) is not None:
        return
    view = cases.case(case_no, actor=SYSTEM)
    if CaseState(view.status) in DECIDED:
        build_result(view, address.load(choice.contact), SYSTEM)


def prepare_missed() -> int:
    """补上错过的：选快递与作出决定恰好同时发生，事件处理时还看不见选择。只管近一天选的、还一份都没有的。返回看了几件。"""
    since = timezone.now() - RECENT
    sent = Shipment.objects.filter(kind=Kind.RESULT).values("case_no")
    missed = Choice.objects.filter(way=Way.COURIER, updated_at__gt=since).exclude(case_no__in=sent).values_list("case_no", flat=True)
    numbers = list(missed[:MOST_MISSED])
    for case_no in numbers:
        prepare(case_no)
    return len(numbers)


def build_result(view: CaseView, contact: Contact | None, actor: Actor) -> Shipment:
    """一份待寄件；没有收件地址的直接是异常件，请申请人补地址。须在事务里。"""
    row = _new(view, Kind.RESULT, result_goods(view), actor)
    row.sender = adapters.hall_address().dump()
    readdress(row, contact)
    if contact is None:
        row.state, row.trouble, row.note = State.PROBLEM, Trouble.ADDRESS, "申请人选了快递但没有收件地址"
    journal.record(row, "create", actor, row.note)
    if contact is None:
        journal.tell(row, "shipment_need_address")
    return row


def readdress(row: Shipment, contact: Contact | None) -> None:
    """换收件人。"""
    row.receiver = contact.dump() if contact else ""
    row.mobile_index = blind_index(contact.mobile) if contact else ""


def result_goods(view: CaseView) -> list[str]:
    """打包清单：决定书与证照（批文）。"""
    papers = [document.title for document in view.documents if document.kind in _RESULT_PAPERS]
    name = str(view.policy.get("result_name", "")) if view.result == "grant" else ""
    return list(dict.fromkeys([*papers, *([name] if name else [])])) or ["办理结果文书"]


@transaction.atomic
def request_pickup(case_no: str, *, uid: str, slot: str, goods: Sequence[str], actor: Actor) -> str:
    """申请人约上门取件：把原件交给大厅。返回寄递单号。

    参数：
        uid: 地址簿里的一个。slot: `rules.pickup` 的时段值。goods: 交哪些原件。

    异常：
        PickupInvalid、AddressNotFound: 填得不对。WayClosed: 办件已作出决定。AlreadyRequested: 已经约过。
        CaseNotFound、OthersCase、NotSignedIn。
    """
    view = permissions.own_case(case_no, actor)
    if CaseState(view.status) not in UNDECIDED:
        raise WayClosed(state=view.status_name)
    names = [name for one in goods if (name := one.strip()[:LONGEST_GOODS])]
    chosen = pickup.find(slot, timezone.localdate())
    errors = {} if names else {"goods": "请写明要交哪些原件"}
    errors |= {} if chosen else {"slot": "请选一个上门时段"}
    errors |= {} if uid else {"address": "请选取件地址"}
    if errors or chosen is None:
        raise PickupInvalid(fields=errors)
    contact = addresses.pick(uid, actor)
    if (held := _open(case_no, Kind.PICKUP)) is not None:
        raise AlreadyRequested(kind=KIND_NAMES[Kind.PICKUP], number=held.number)
    row = _new(view, Kind.PICKUP, names[:MOST_GOODS], actor)
    row.sender = contact.dump()
    row.receiver = adapters.hall_address().dump()
    row.mobile_index = blind_index(contact.mobile)
    row.slot_start, row.slot_end = chosen.start, chosen.end
    journal.record(row, "create", actor, f"约 {chosen.label} 上门")
    return row.number


@transaction.atomic
def reship(number: str, *, version: int, note: str = "", contact: Contact | None = None, actor: Actor) -> str:
    """照原样再建一份（异常、已取消之后），原来的了结。返回新的寄递单号：旧单号取消后快递公司不许再用。

    参数：
        contact: 换收件地址；不给就照原来的。

    异常：
        ShipmentNotFound、ShipmentChanged。ShipmentState: 不是异常或已取消的。AlreadyRequested: 已经另有一份。
    """
    old = journal.lock(number, version)
    permissions.require_desk(actor, old)
    if old.state not in (State.PROBLEM, State.CANCELLED):
        raise ShipmentState(state=STATE_NAMES[State(old.state)], action="重寄")
    if old.state == State.PROBLEM:
        old.state = State.CLOSED
        old.note = (f"重寄：{note}" if note else "重寄")[:300]
        journal.record(old, "handle", actor, old.note)
    if (held := _open(old.case_no, Kind(old.kind))) is not None:
        raise AlreadyRequested(kind=KIND_NAMES[Kind(old.kind)], number=held.number)
    view = cases.case(old.case_no, actor=SYSTEM)
    row = _new(view, Kind(old.kind), [one["name"] for one in old.contents], actor)
    row.sender, row.receiver, row.mobile_index = old.sender, old.receiver, old.mobile_index
    row.slot_start, row.slot_end, row.pays, row.resent_from = old.slot_start, old.slot_end, old.pays, old
    if contact is not None and row.kind == Kind.RESULT:
        readdress(row, contact)
    journal.record(row, "create", actor, f"由 {old.number} 重寄")
    return row.number


def _new(view: CaseView, kind: Kind, goods: Sequence[str], actor: Actor) -> Shipment:
    return Shipment(
        number=numbering.next_number("shipment"),
        kind=kind,
        case_no=view.case_no,
        item_name=view.item_name,
        department=view.department,
        account_id=view.account_id,
        version=0,
        contents=[{"name": name, "packed": False} for name in goods],
        pays=Pays.FREE if kind is Kind.RESULT else Pays.RECEIVER,
        created_by=actor.name,
        created_at=timezone.now(),
    )


def _open(case_no: str, kind: Kind) -> Shipment | None:
    """还占着这件办件的那一份。"""
    return Shipment.objects.select_for_update().filter(case_no=case_no, kind=kind).exclude(state__in=OVER).first()
