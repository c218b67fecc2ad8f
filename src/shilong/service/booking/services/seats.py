"""名额：占一个、还一个。条件更新是原子的，放在事务的最后，行锁占得最短。"""

from django.db.models import F
from django.utils import timezone

from shilong.service.booking.models import Slot
from shilong.service.booking.refusals import SlotClosed, SlotFull, SlotNotFound


def slot(slot_id: int) -> Slot:
    """一个时段。异常：SlotNotFound。"""
    row = Slot.objects.filter(pk=slot_id).first()
    if row is None:
        raise SlotNotFound
    return row


def when(row: Slot) -> str:
    """“11月25日 9:00–9:30”。"""
    start, end = timezone.localtime(row.start), timezone.localtime(row.end)
    return f"{start:%m月%d日} {start:%H:%M}–{end:%H:%M}"


def require_room(row: Slot) -> None:
    """看着还有没有名额；抢约时绝大多数人到这里就知道约满，不去抢写锁。异常：SlotClosed、SlotFull。"""
    if not row.is_open:
        raise SlotClosed(when=when(row), reason=row.reason or "没有放号")
    if row.booked >= row.capacity:
        raise SlotFull(when=when(row))


def occupy(row: Slot) -> None:
    """占一个名额。异常：SlotFull（刚被别人约走）。"""
    if not Slot.objects.filter(pk=row.pk, is_open=True, booked__lt=F("capacity")).update(booked=F("booked") + 1):
        raise SlotFull(when=when(row))


def release(slot_id: int) -> None:
    """还一个名额。"""
    Slot.objects.filter(pk=slot_id, booked__gt=0).update(booked=F("booked") - 1)
