"""后台作业：下单、取消、补查、回写送达、久未移动。都可重复执行。"""

from datetime import timedelta

from django.utils import timezone

from shilong.foundation.jobs.registry import TryLater, job, schedule
from shilong.service.delivery.adapters.base import Unreachable
from shilong.service.delivery.models import Shipment
from shilong.service.delivery.rules.states import Kind, State
from shilong.service.delivery.services import creating, ordering, receipt, tracking

PATIENCE = timedelta(minutes=5)


@job("delivery.order", retries=8, base=20, cap=300)
def order_one(number: str) -> None:
    """向快递公司下单；断线时退避重试，用完了由 `catch_up` 接着补。"""
    ordering.run_order(number)


@job("delivery.cancel", retries=8, base=20, cap=300)
def cancel_one(number: str) -> None:
    """通知快递公司取消。"""
    ordering.run_cancel(number)


@job("delivery.pull", retries=3, base=30)
def pull_one(number: str) -> None:
    """核实一份的轨迹。"""
    try:
        tracking.pull([number])
    except Unreachable as error:
        raise TryLater(str(error)) from None


@job("delivery.write_back", retries=12, base=10, cap=600)
def write_back_one(number: str) -> None:
    """签收写回办件的送达。"""
    receipt.write_back(number)


@schedule("delivery.pull_due", every=300)
def pull_due() -> None:
    """定时补查轨迹：推送丢了、对方断过线，都由它补齐。"""
    tracking.pull_due()


@schedule("delivery.catch_up", every=300)
def catch_up() -> None:
    """下单、取消、回写停在半路的重新排上，错过的待寄件补上；同一份在排队的不会重复。"""
    creating.prepare_missed()
    for number in Shipment.objects.filter(state=State.ORDERING).values_list("number", flat=True)[:500]:
        order_one.enqueue(number, key=f"delivery.order:{number}")
    for number in Shipment.objects.filter(state=State.CANCELLING).values_list("number", flat=True)[:500]:
        cancel_one.enqueue(number, key=f"delivery.cancel:{number}")
    late = timezone.now() - PATIENCE
    waiting = Shipment.objects.filter(state=State.SIGNED, kind=Kind.RESULT, written_at__isnull=True, signed_at__lt=late)
    for number in waiting.values_list("number", flat=True)[:500]:
        write_back_one.enqueue(number, key=f"delivery.write_back:{number}")


@schedule("delivery.stalled", every=3600)
def stalled() -> None:
    """久未移动的标成异常并通知。"""
    tracking.stall_due()
