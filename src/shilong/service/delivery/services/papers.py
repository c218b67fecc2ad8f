"""面单与揭示：都要给出明文，打一次、看一次各记一次审计。"""

import json
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.documents.typesetting import compile_template, qr_svg
from shilong.identity.roles.actor import Actor
from shilong.service.delivery import adapters, journal, permissions
from shilong.service.delivery.models import Shipment
from shilong.service.delivery.refusals import ShipmentState
from shilong.service.delivery.rules import address
from shilong.service.delivery.rules.address import Contact
from shilong.service.delivery.rules.states import KIND_NAMES, PAYS_NAMES, STATE_NAMES, Kind, Pays, State

TEMPLATE = Path(__file__).resolve().parents[1] / "label.typ"
SIZES = ("100x150", "a4")
PRINTABLE = frozenset({State.ORDERED, State.TRANSIT, State.PROBLEM, State.SIGNED})


@transaction.atomic
def label(number: str, size: str, *, actor: Actor) -> bytes:
    """面单 PDF。`size` 取 `SIZES`：热敏 100×150 毫米，或 A4（面单加打包清单）。

    异常：
        ShipmentState: 还没有物流单号。ShipmentNotFound、NotAllowed。FontMissing: 服务器没有中文字体。
    """
    row = journal.lock(number)
    permissions.require_desk(actor, row)
    if row.state not in PRINTABLE or not row.waybill_no:
        raise ShipmentState(state=STATE_NAMES[State(row.state)], action="打印面单，下单得到物流单号后才有")
    inputs = {"facts": json.dumps(_facts(row, size), ensure_ascii=False), "qr": qr_svg(row.waybill_no)}
    pdf = compile_template(TEMPLATE, inputs, at=timezone.now())
    journal.touch(row, prints=F("prints") + 1)
    audit.record("delivery.print", actor=actor, object_type="shipment", object_id=number, detail={"size": size, "times": row.prints + 1})
    return pdf


def _facts(row: Shipment, size: str) -> dict[str, object]:
    ordered = timezone.localtime(row.ordered_at or row.created_at)
    start, end = row.slot_start, row.slot_end
    slot = f"{timezone.localtime(start):%m月%d日 %H:%M}–{timezone.localtime(end):%H:%M}" if start and end else ""
    return {
        "size": "a4" if size == "a4" else "100x150",
        "courier": adapters.name_of(row.courier),
        "waybill": " ".join(row.waybill_no[start : start + 4] for start in range(0, len(row.waybill_no), 4)),
        "number": row.number,
        "case_no": row.case_no,
        "item": row.item_name,
        "kind": KIND_NAMES[Kind(row.kind)],
        "pays": PAYS_NAMES[Pays(row.pays)],
        "ordered": f"{ordered:%Y-%m-%d %H:%M}",
        "slot": slot,
        "again": f"补打第 {row.prints} 次" if row.prints else "",
        "goods": [one["name"] for one in row.contents],
        "sender": _side(address.load(row.sender)),
        "receiver": _side(address.load(row.receiver)),
    }


def _side(contact: Contact | None) -> dict[str, str]:
    if contact is None:
        return {"name": "", "mobile": "", "address": "", "postcode": ""}
    return {"name": contact.name, "mobile": contact.mobile, "address": contact.full, "postcode": contact.postcode}


@transaction.atomic
def reveal(number: str, *, actor: Actor) -> dict[str, Contact | None]:
    """看收寄件人明文，记一次审计。异常：ShipmentNotFound、NotAllowed。"""
    row = journal.lock(number)
    permissions.require_desk(actor, row)
    audit.record("delivery.reveal", actor=actor, object_type="shipment", object_id=number)
    return {"sender": address.load(row.sender), "receiver": address.load(row.receiver)}
