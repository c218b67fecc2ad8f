"""到厅签到：预约码、编号加手机后四位、身份证；签到即取号。"""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from shilong.foundation.gm.fields import blind_index
from shilong.identity.roles.actor import SYSTEM, Actor, require
from shilong.service.booking import policy, rules
from shilong.service.booking.models import Booking
from shilong.service.booking.refusals import BookingNotFound, CheckInEarly, CheckInLate, NothingToday, OtherHall
from shilong.service.booking.rules import Action, State
from shilong.service.booking.services import journal, seats
from shilong.service.queueing import permissions as devices
from shilong.service.queueing import selectors as queueing
from shilong.service.queueing import services as queue
from shilong.service.queueing.selectors import TicketView


def check_in(device: str, text: str, *, tail: str = "", priority: str = "") -> TicketView:
    """取号机上签到并取号。

    参数：
        device: 取号机凭证。
        text: 扫到的预约码（编号.核验码）、手输的预约编号，或身份证号。
        tail: 手输编号时的手机后四位。
        priority: 优先对象；身份证够岁数的自动算老年人。

    异常：
        DeviceNotAllowed: 没有授权的设备。NothingToday: 今天没有对得上的预约。
        OtherHall、CheckInEarly、CheckInLate: 地方或时间不对。NotPossible: 已签到、已取消等。
    """
    hall = devices.device_hall(device)
    row = _found(text.strip().upper(), tail.strip())
    if row.hall != hall.key:
        raise OtherHall(hall=queueing.hall(row.hall).name)
    return _arrive(row.pk, SYSTEM, priority)


def check_in_by_staff(number: str, *, actor: Actor) -> TicketView:
    """窗口人员替没带手机的人签到：当面核对证件后按编号。异常：同 `check_in`，以及 NotAllowed、BookingNotFound。"""
    require(actor, *devices.CALLERS)
    row = Booking.objects.filter(number=number.strip().upper()).first()
    if row is None:
        raise BookingNotFound
    if row.hall != devices.my_window(actor).hall.key:
        raise OtherHall(hall=queueing.hall(row.hall).name)
    return _arrive(row.pk, actor, "")


def _found(text: str, tail: str) -> Booking:
    """一人一天有几个预约时，刷证取最近该签到的一个。"""
    today = timezone.localdate()
    rows: QuerySet[Booking] = Booking.objects.filter(day=today)
    number, dot, token = text.partition(".")
    if dot:
        found = rows.filter(number=number, token=token).first()
    elif tail:
        row = rows.filter(number=number).first()
        found = row if row is not None and row.mobile[-4:] == tail else None
    else:
        mine = rows.filter(visitor_index=blind_index(text)).order_by("start")
        found = mine.filter(state=State.BOOKED, end__gte=timezone.now()).first() or mine.last()
    if found is None:
        raise NothingToday
    return found


def _arrive(pk: int, actor: Actor, priority: str) -> TicketView:
    limits, now = policy.current(), timezone.now()
    with transaction.atomic():
        row = Booking.objects.select_for_update(of=("self",)).select_related("slot").get(pk=pk)
        target = rules.move(State(row.state), Action.ARRIVED)
        early_or_late = rules.may_check_in(row.start, row.end, now, limits)
        if early_or_late < 0:
            raise CheckInEarly(when=seats.when(row.slot), minutes=limits.early_minutes)
        if early_or_late > 0:
            raise CheckInLate(when=seats.when(row.slot))
        visitor = queue.Visitor(row.visitor_name, row.visitor_id_no, row.mobile, row.account_id, row.agent_for)
        ticket = queue.take(
            row.group,
            visitor=visitor,
            item_code=row.item_code,
            priority=priority,
            booking_no=row.number,
            slot_start=row.start,
            actor=actor,
        )
        row.state, row.arrived_at, row.ended_at, row.ticket = target, now, now, ticket.number
        row.save(update_fields=["state", "arrived_at", "ended_at", "ticket"])
        journal.record(row, Action.ARRIVED, actor)
    return ticket
