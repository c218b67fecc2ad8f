"""预约接口：可约的日子与时段、我的预约、预约、改约、取消。错误体统一 `{code, message, fields}`。"""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from shilong.identity.roles.actor import Actor
from shilong.service.booking import selectors, services
from shilong.service.booking.selectors import BookingView, SlotView

router = Router()


class DayOut(Schema):
    """一天的余量。"""

    day: date
    left: int
    total: int


class DaysOut(Schema):
    """一个事项可约的日子与办理地点。"""

    hall: str
    address: str
    group: str
    days: list[DayOut]


class SlotOut(Schema):
    """一个时段；`left` 为余量，`is_open` 为假时 `reason` 是原因。"""

    id: int
    start: datetime
    end: datetime
    capacity: int
    left: int
    is_open: bool
    reason: str


class BookIn(Schema):
    """预约。"""

    item_code: str = Field(max_length=50)
    slot: int = Field(ge=1, le=2**31 - 1)


class ChangeIn(Schema):
    """改约到哪个时段。"""

    slot: int = Field(ge=1, le=2**31 - 1)


class BookingOut(Schema):
    """一个预约，姓名手机已脱敏。"""

    number: str
    state: str
    state_name: str
    item_code: str
    item_name: str
    hall_name: str
    hall_address: str
    group_name: str
    start: datetime
    end: datetime
    subject: str
    visitor: str
    ticket: str
    deadline: datetime
    may_change: bool
    may_cancel: bool


class PageOut(Schema):
    """一页。"""

    count: int
    results: list[BookingOut]


@router.get("/bookings/days", response=DaysOut, summary="可约的日子（匿名可用）")
def days(request: HttpRequest, item_code: str = Query(..., max_length=50)) -> DaysOut:
    """一个事项哪些日子可约。"""
    place, found = selectors.calendar(item_code)
    rows = [DayOut(day=row.day, left=row.left, total=row.total) for row in found]
    return DaysOut(hall=place.hall.name, address=place.hall.address, group=place.name, days=rows)


@router.get("/bookings/slots", response=list[SlotOut], summary="某天的时段与余量（匿名可用）")
def slots(request: HttpRequest, day: date, item_code: str = Query(..., max_length=50)) -> list[SlotView]:
    """一天的时段，含约满的。"""
    return selectors.slots(item_code, day)


@router.get("/bookings", response=PageOut, summary="我的预约")
def mine(request: HttpRequest, tab: str = Query("", max_length=8), page: int = Query(1, ge=1, le=1000)) -> PageOut:
    """`tab`：open 待办理 done 已签到 closed 取消与爽约。"""
    found = selectors.mine(_actor(request), tab=tab, page=page)
    return PageOut(count=found.total, results=[BookingOut.from_orm(row) for row in found.items])


@router.post("/bookings", response={201: BookingOut}, summary="预约")
def book(request: HttpRequest, body: BookIn) -> Status[BookingView]:
    """约满 409 slot_full；受限 403 booking_blocked。"""
    row = services.book(body.slot, body.item_code, actor=_actor(request))
    return Status(201, selectors.booking(row.number, _actor(request)))


@router.get("/bookings/{number}", response=BookingOut, summary="一个预约")
def one(request: HttpRequest, number: str) -> BookingView:
    """只能看自己的。"""
    return selectors.booking(number, _actor(request))


@router.post("/bookings/{number}/change", response=BookingOut, summary="改约")
def change(request: HttpRequest, number: str, body: ChangeIn) -> BookingView:
    """改到另一个时段。"""
    services.change(number, body.slot, actor=_actor(request))
    return selectors.booking(number, _actor(request))


@router.post("/bookings/{number}/cancel", response=BookingOut, summary="取消预约")
def cancel(request: HttpRequest, number: str) -> BookingView:
    """截止时间前可以取消。"""
    services.cancel(number, actor=_actor(request))
    return selectors.booking(number, _actor(request))


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]
