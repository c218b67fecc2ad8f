"""锁一份寄递单、记一笔履历：履历、审计、事件与业务在同一事务里。"""

from django.db import connection
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.events import services as events
from shilong.foundation.notify import services as notify
from shilong.identity.roles.actor import Actor
from shilong.service.delivery.models import Shipment, ShipmentLog
from shilong.service.delivery.refusals import ShipmentChanged, ShipmentNotFound
from shilong.service.delivery.rules import address
from shilong.service.delivery.rules.states import KIND_NAMES, TROUBLE_NAMES, Kind, Trouble

ANNOUNCED = frozenset({"create", "place", "order", "cancel", "sign", "problem", "handle"})


def lock(number: str, version: int | None = None) -> Shipment:
    """锁住一份，须在事务里。

    异常：
        ShipmentNotFound: 没有这份。
        ShipmentChanged: 页面上看到的版本已经旧了。
    """
    if not connection.in_atomic_block:
        raise RuntimeError("锁寄递单须在事务里")
    row = Shipment.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise ShipmentNotFound
    if version is not None and row.version != version:
        raise ShipmentChanged
    return row


def record(row: Shipment, action: str, actor: Actor, note: str = "") -> None:
    """存下改动（版本加一），追加履历、审计、事件。"""
    row.version += 1
    row.save()
    ShipmentLog.objects.create(
        shipment=row,
        action=action,
        state=row.state,
        note=note[:300],
        actor_id=actor.account_id,
        actor_name=actor.name,
        at=timezone.now(),
    )
    audit.record(f"delivery.{action}", actor=actor, object_type="shipment", object_id=row.number, detail={"state": row.state})
    if action in ANNOUNCED:
        events.emit(f"delivery.{action}", key=row.number, number=row.number, case_no=row.case_no, kind=row.kind, state=row.state)


def tell(row: Shipment, template: str, **context: str) -> None:
    """告诉申请人；短信发到收（寄）件手机。"""
    contact = address.load(row.receiver if row.kind == Kind.RESULT else row.sender)
    facts = {
        "kind": KIND_NAMES[Kind(row.kind)],
        "item_name": row.item_name,
        "case_no": row.case_no,
        "waybill": row.waybill_no,
        "trouble": TROUBLE_NAMES[Trouble(row.trouble)] if row.trouble else "",
    }
    mobile = contact.mobile if contact else ""
    notify.send(template, context={**facts, **context}, account_id=row.account_id, mobile=mobile, subject_no=row.case_no)


def touch(row: Shipment, **values: object) -> None:
    """只改辅助列（打印次数、最近查询时间），不动版本：页面上的人不必因此刷新。"""
    Shipment.objects.filter(pk=row.pk).update(**values)


__all__ = ["lock", "record", "tell", "touch"]
