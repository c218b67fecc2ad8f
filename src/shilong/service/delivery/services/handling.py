"""异常件：登记、处理（重寄、改窗口领取、继续派送）。"""

from django.db import transaction
from django.utils import timezone

from shilong.identity.roles.actor import Actor
from shilong.service.delivery import journal, permissions
from shilong.service.delivery.models import Choice
from shilong.service.delivery.refusals import NoteMissing, OrderInvalid, ShipmentState
from shilong.service.delivery.rules.address import Contact
from shilong.service.delivery.rules.states import REPORTABLE, STATE_NAMES, Kind, State, Way
from shilong.service.delivery.services import creating

RESOLUTIONS = {"reship": "重寄", "window": "改窗口领取", "resume": "继续派送"}


@transaction.atomic
def report(number: str, *, version: int, trouble: str, note: str, actor: Actor) -> None:
    """窗口登记异常：破损、丢失、拒收等。异常：ShipmentState、OrderInvalid、NoteMissing、ShipmentNotFound、ShipmentChanged。"""
    row = journal.lock(number, version)
    permissions.require_desk(actor, row)
    if row.state not in (State.ORDERED, State.TRANSIT, State.PROBLEM):
        raise ShipmentState(state=STATE_NAMES[State(row.state)], action="登记异常")
    if trouble not in REPORTABLE:
        raise OrderInvalid(fields={"trouble": "请选择异常种类"})
    row.state, row.trouble, row.note = State.PROBLEM, trouble, _note(note)
    journal.record(row, "problem", actor, row.note)
    journal.tell(row, "shipment_problem")


@transaction.atomic
def handle(number: str, *, version: int, way: str, note: str, contact: Contact | None = None, actor: Actor) -> str:
    """处理异常件，返回接着要看的寄递单号（重寄的是新单）。

    参数：
        way: `RESOLUTIONS` 的键。contact: 重寄时换的收件地址。

    异常：
        ShipmentState: 不是异常件。OrderInvalid、NoteMissing、ShipmentNotFound、ShipmentChanged、NotAllowed。
    """
    if way not in RESOLUTIONS:
        raise OrderInvalid(fields={"way": "请选择怎样处理"})
    text = _note(note)
    if way == "reship":
        new = creating.reship(number, version=version, note=text, contact=contact, actor=actor)
        journal.tell(journal.lock(number), "shipment_handled", outcome="重新寄出")
        return new
    row = journal.lock(number, version)
    permissions.require_desk(actor, row)
    if row.state != State.PROBLEM:
        raise ShipmentState(state=STATE_NAMES[State(row.state)], action="处理异常")
    if way == "resume":
        if not row.waybill_no:
            raise ShipmentState(state=STATE_NAMES[State(row.state)], action="继续派送，它还没有下单")
        row.state, row.trouble, row.moved_at = State.TRANSIT, "", timezone.now()
    else:
        row.state = State.CLOSED
        if row.kind == Kind.RESULT:
            values = {"way": Way.WINDOW, "contact": "", "chosen_by": actor.name, "updated_at": timezone.now()}
            Choice.objects.update_or_create(case_no=row.case_no, defaults=values)
    row.note = f"{RESOLUTIONS[way]}：{text}"[:300]
    journal.record(row, "handle", actor, row.note)
    journal.tell(row, "shipment_handled", outcome=RESOLUTIONS[way])
    return row.number


def _note(text: str) -> str:
    if not 2 <= len(text.strip()) <= 300:
        raise NoteMissing(fields={"note": "写明情况，2 到 300 个字"})
    return text.strip()
