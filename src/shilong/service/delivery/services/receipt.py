"""签收之后：以系统身份登记送达、停送达钟；申请人也可以自己确认收货。"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.foundation.jobs.registry import TryLater
from shilong.foundation.refusals import StaleVersion
from shilong.identity.roles.actor import SYSTEM, Actor
from shilong.service.cases import selectors as cases
from shilong.service.cases import services as case_services
from shilong.service.cases.rules import DECIDED, Action
from shilong.service.cases.rules import State as CaseState
from shilong.service.delivery import journal, permissions
from shilong.service.delivery.adapters.base import Route
from shilong.service.delivery.models import Shipment
from shilong.service.delivery.refusals import ShipmentNotFound, ShipmentState
from shilong.service.delivery.rules import address
from shilong.service.delivery.rules.states import STATE_NAMES, Kind, Move, State
from shilong.service.delivery.services.tracking import record_routes

CONFIRMABLE = frozenset({State.ORDERED, State.TRANSIT, State.PROBLEM})


def write_back(number: str) -> None:
    """把签收写回办件：`deliver`（邮寄、物流单号、签收人、签收时间）。重复执行无害。

    异常：
        TryLater: 办件正被别人处理，过一会儿再试。
    """
    with transaction.atomic():
        row = journal.lock(number)
        if row.state != State.SIGNED or row.kind != Kind.RESULT or row.written_at is not None:
            return
        view = cases.case(row.case_no, actor=SYSTEM)
        note = "办件此前已登记送达"
        if CaseState(view.status) in DECIDED:
            payload = _payload(row, view.decided_at)
            try:
                case_services.act(row.case_no, Action.DELIVER, actor=SYSTEM, expected_version=view.version, payload=payload)
            except StaleVersion as error:
                raise TryLater(f"寄递单 {number} 回写送达：{error}") from None
            note = "已登记送达"
        row.written_at = timezone.now()
        journal.record(row, "write_back", SYSTEM, note)


def _payload(row: Shipment, decided_at: datetime | None) -> dict[str, Any]:
    """签收时间夹在决定与现在之间：快递公司的钟可能差几分钟。"""
    now, contact = timezone.now(), address.load(row.receiver)
    signed = min(row.signed_at or now, now)
    receiver = row.signer or (contact.name if contact else "收件人")
    return {
        "way": "2",
        "receiver": receiver[:100],
        "tracking_no": row.waybill_no,
        "address": contact.full[:200] if contact else "",
        "signed_at": max(signed, decided_at) if decided_at else signed,
    }


def confirm(number: str, *, actor: Actor) -> None:
    """申请人确认收到。异常：ShipmentNotFound、ShipmentState、OthersCase。"""
    with transaction.atomic():
        row = Shipment.objects.filter(number=number, kind=Kind.RESULT).first()
        if row is None:
            raise ShipmentNotFound
        permissions.own_case(row.case_no, actor)
        row = journal.lock(number)
        if row.state not in CONFIRMABLE or not row.waybill_no:
            raise ShipmentState(state=STATE_NAMES[State(row.state)], action="确认收货")
        record_routes(number, [Route(Move.SIGNED, timezone.now(), "", "", "申请人确认收到，签收人：本人")], "applicant", actor=actor)
