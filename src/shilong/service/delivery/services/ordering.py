"""打包核对、下单、取消、邮费。下单与取消在提交后由作业去办：快递公司断线时页面不等，恢复后自动补上。"""

from collections.abc import Collection
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils import timezone

from shilong.foundation.adapters import services as registry
from shilong.foundation.jobs.registry import TryLater
from shilong.identity.roles.actor import SYSTEM, Actor
from shilong.service.delivery import adapters, journal, permissions
from shilong.service.delivery.adapters.base import Declined, NotTheirs, Order, Unreachable
from shilong.service.delivery.models import Shipment
from shilong.service.delivery.refusals import NotPacked, OrderInvalid, ShipmentState
from shilong.service.delivery.rules import address
from shilong.service.delivery.rules.states import STATE_NAMES, Kind, Pays, State
from shilong.service.delivery.services import tracking

MOST_FEE = Decimal("9999.99")
CANCELLABLE = frozenset({State.PENDING, State.ORDERING, State.ORDERED})


@transaction.atomic
def place(
    number: str,
    *,
    version: int,
    courier: str,
    pays: str,
    packed: Collection[str],
    fee: str = "",
    waybill_no: str = "",
    actor: Actor,
) -> None:
    """打包核对无误后下单。

    参数：
        courier: 快递公司的键。pays: `Pays` 的值。packed: 已放入的各项名称，须与清单一致。
        fee: 邮费（元，两位小数），可以之后再填。waybill_no: 手工登记的物流单号。

    异常：
        NotPacked: 有没放入的。OrderInvalid、CourierUnknown: 填得不对。ShipmentState: 不是待下单。
        ShipmentNotFound、ShipmentChanged、NotAllowed。
    """
    row = journal.lock(number, version)
    permissions.require_desk(actor, row)
    if row.state != State.PENDING:
        raise ShipmentState(state=STATE_NAMES[State(row.state)], action="下单")
    firm, _ = adapters.choose(courier)
    _check(row, packed, pays)
    row.contents = [{"name": one["name"], "packed": True} for one in row.contents]
    row.courier, row.pays, row.fee = courier, pays, parse_fee(fee)
    row.state, row.trouble, row.note = State.ORDERING, "", ""
    if row.kind == Kind.RESULT:
        row.sender = adapters.hall_address(courier).dump()
    else:
        row.receiver = adapters.hall_address(courier).dump()
    if not firm.online:
        _manual(row, waybill_no)
    journal.record(row, "place", actor, firm.name)
    if not firm.online:
        journal.tell(row, "shipment_sent")
        return
    from shilong.service.delivery.tasks import order_one  # tasks 反过来用本模块

    order_one.enqueue(row.number, key=f"delivery.order:{row.number}")


def run_order(number: str) -> None:
    """向快递公司下单。重复执行无害：寄递单号是客户订单号，对方只认第一次。

    异常：
        TryLater: 连不上，过一会儿再试。
    """
    row = Shipment.objects.get(number=number)
    if row.state != State.ORDERING:
        return
    courier, config = adapters.choose(row.courier)
    try:
        waybill = courier.place(config, _order(row))
    except Unreachable as error:
        registry.failed(row.courier, str(error))
        raise TryLater(f"寄递单 {number}：{error}") from None
    except Declined as error:
        _declined(number, str(error))
        return
    registry.succeeded(row.courier)
    _ordered(number, waybill)


@transaction.atomic
def _ordered(number: str, waybill: str) -> None:
    row = journal.lock(number)
    if row.state == State.ORDERING:
        row.state, row.waybill_no, row.ordered_at, row.note = State.ORDERED, waybill, timezone.now(), ""
        journal.record(row, "order", SYSTEM, f"物流单号 {waybill}")
        journal.tell(row, "shipment_sent")
        tracking.recount(row)
        return
    if row.state in (State.CANCELLING, State.CANCELLED):
        # 下单的应答回来之前窗口已经取消：单号记下，再向对方取消一次。
        row.waybill_no, row.state = waybill, State.CANCELLING
        journal.record(row, "late", SYSTEM, f"取消之后才得到物流单号 {waybill}")
        _enqueue_cancel(row)


@transaction.atomic
def _declined(number: str, reason: str) -> None:
    row = journal.lock(number)
    if row.state != State.ORDERING:
        return
    row.state, row.note = State.PENDING, f"快递公司没有接受：{reason}"[:300]
    journal.record(row, "declined", SYSTEM, row.note)


@transaction.atomic
def cancel(number: str, *, version: int, note: str = "", actor: Actor) -> None:
    """取消：没下单的马上取消；下了单的去通知快递公司，对方同意才算。

    异常：
        ShipmentState: 已经揽收。ShipmentNotFound、ShipmentChanged、NotAllowed。
    """
    row = journal.lock(number, version)
    owned = actor.account_id is not None and row.account_id in (actor.account_id, actor.agent_for)
    if not (owned and row.kind == Kind.PICKUP):  # 上门取件，申请人自己可以取消
        permissions.require_desk(actor, row)
    if row.state not in CANCELLABLE:
        raise ShipmentState(state=STATE_NAMES[State(row.state)], action="取消")
    online = row.state != State.PENDING and adapters.choose(row.courier)[0].online
    row.state, row.note = (State.CANCELLING if online else State.CANCELLED), note[:300]
    journal.record(row, "cancel", actor, note)
    if online:
        _enqueue_cancel(row)


def run_cancel(number: str) -> None:
    """通知快递公司取消。重复执行无害。异常：TryLater。"""
    row = Shipment.objects.get(number=number)
    if row.state != State.CANCELLING:
        return
    courier, config = adapters.choose(row.courier)
    try:
        courier.cancel(config, row.number, row.waybill_no)
    except Unreachable as error:
        registry.failed(row.courier, str(error))
        raise TryLater(f"取消寄递单 {number}：{error}") from None
    except NotTheirs:
        _cancelled(number, "")  # 下单没有成功过，对方没有这一单
        return
    except Declined as error:
        _cancelled(number, str(error))
        return
    registry.succeeded(row.courier)
    _cancelled(number, "")


@transaction.atomic
def _cancelled(number: str, refusal: str) -> None:
    row = journal.lock(number)
    if row.state != State.CANCELLING:
        return
    row.state = State.ORDERED if refusal else State.CANCELLED
    row.note = f"快递公司不同意取消：{refusal}"[:300] if refusal else row.note
    journal.record(row, "cancelled" if not refusal else "kept", SYSTEM, row.note)
    if refusal:
        tracking.recount(row)


@transaction.atomic
def set_fee(number: str, *, version: int, fee: str, actor: Actor) -> None:
    """补记邮费（元）。异常：OrderInvalid、ShipmentNotFound、ShipmentChanged、NotAllowed。"""
    row = journal.lock(number, version)
    permissions.require_desk(actor, row)
    row.fee = parse_fee(fee)
    journal.record(row, "fee", actor, f"邮费 {row.fee if row.fee is not None else '清空'}")


def parse_fee(text: str) -> Decimal | None:
    """邮费：两位小数以内的非负数，空为未填。异常：OrderInvalid。"""
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= MOST_FEE or value != value.quantize(Decimal("0.01")):
        raise OrderInvalid(fields={"fee": "邮费填数字，最多两位小数，如 12.00"})
    return value.quantize(Decimal("0.01"))


def _check(row: Shipment, packed: Collection[str], pays: str) -> None:
    left = [one["name"] for one in row.contents if one["name"] not in packed]
    if left and row.kind == Kind.RESULT:
        raise NotPacked(names="、".join(left), fields={"packed": "请逐项核对"})
    if pays not in set(Pays):
        raise OrderInvalid(fields={"pays": "请选择付款方式"})


def _manual(row: Shipment, waybill_no: str) -> None:
    text = waybill_no.strip()
    if not (text.isascii() and text.replace("-", "").isalnum() and 4 <= len(text) <= 40):
        raise OrderInvalid(fields={"waybill_no": "请填写物流单号，字母与数字，4 到 40 位"})
    row.state, row.waybill_no, row.ordered_at = State.ORDERED, text.upper(), timezone.now()


def _order(row: Shipment) -> Order:
    sender, receiver = address.load(row.sender), address.load(row.receiver)
    if sender is None or receiver is None:
        raise ValueError(f"寄递单 {row.number} 缺收寄件人")
    goods = tuple(one["name"] for one in row.contents)
    return Order(row.number, sender, receiver, goods, row.pays, f"办件 {row.case_no}", row.slot_start)


def _enqueue_cancel(row: Shipment) -> None:
    from shilong.service.delivery.tasks import cancel_one  # tasks 反过来用本模块

    cancel_one.enqueue(row.number, key=f"delivery.cancel:{row.number}")


__all__ = ["cancel", "parse_fee", "place", "run_cancel", "run_order", "set_fee"]
