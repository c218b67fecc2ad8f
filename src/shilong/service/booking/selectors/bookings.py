"""预约的列表与详情。"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from shilong.foundation.codes.masks import mask_mobile, mask_name
from shilong.foundation.pages import Page, paginate
from shilong.identity.roles.actor import Actor, require
from shilong.service.booking import permissions, policy, rules
from shilong.service.booking.models import Booking, BookingEvent
from shilong.service.booking.rules import ACTION_NAMES, HOLDING, STATE_NAMES, Action, Limits, State
from shilong.service.queueing import selectors as queueing
from shilong.service.queueing.selectors import GroupView

TONES = {State.BOOKED: "b", State.SUSPENDED: "o", State.ARRIVED: "g", State.MISSED: "r"}
TABS = {"open": HOLDING, "done": (State.ARRIVED,), "closed": (State.CANCELLED, State.MISSED)}


@dataclass(frozen=True, slots=True)
class BookingView:
    """一个预约；姓名与手机已脱敏。`deadline` 是改约、取消的截止时刻。"""

    number: str
    state: str
    state_name: str
    tone: str
    item_code: str
    item_name: str
    hall_name: str
    hall_address: str
    hall_phone: str
    group_name: str
    day: date
    start: datetime
    end: datetime
    subject: str
    visitor: str
    mobile: str
    ticket: str
    changes: int
    created_at: datetime
    deadline: datetime
    may_change: bool
    may_cancel: bool

    @property
    def weekday(self) -> str:
        return "一二三四五六日"[self.day.weekday()]


def mine(actor: Actor, *, tab: str = "", page: int = 1, size: int = 10) -> Page[BookingView]:
    """我的预约；没办的按时间由近到远，其余新的在前。异常：NotSignedIn、NotAllowed。"""
    rows = permissions.mine(actor)
    if tab in TABS:
        rows = rows.filter(state__in=TABS[tab])
    places = _places()
    limits = policy.current()
    order = ("start", "pk") if tab == "open" else ("-start", "-pk")
    return paginate(rows.order_by(*order), page, size, lambda row: view(row, places, limits))


def latest(actor: Actor) -> BookingView | None:
    """最近一个还没办的预约，个人中心用。"""
    row = permissions.mine(actor).filter(state__in=HOLDING, end__gte=timezone.now()).order_by("start").first()
    return view(row, _places(), policy.current()) if row else None


def booking(number: str, actor: Actor) -> BookingView:
    """我的一个预约。异常：BookingNotFound。"""
    return view(permissions.owned(number, actor), _places(), policy.current())


def qr_text(number: str, actor: Actor) -> str:
    """签到二维码里的内容：编号.核验码。异常：BookingNotFound。"""
    row = permissions.owned(number, actor)
    return f"{row.number}.{row.token}"


def history(number: str, actor: Actor) -> list[tuple[datetime, str, str, datetime]]:
    """履历：（时间、动作、说明、时段）。异常：BookingNotFound。"""
    rows = BookingEvent.objects.filter(booking=permissions.owned(number, actor))
    return [(row.at, ACTION_NAMES[Action(row.action)], row.note, row.start) for row in rows]


def bookings(
    *, actor: Actor, day: date | None = None, group: str = "", state: str = "", q: str = "", page: int = 1, size: int = 20
) -> Page[BookingView]:
    """全部预约（窗口与行政审批局）：按日期、窗口组、状态、编号筛。异常：NotAllowed。"""
    require(actor, *permissions.WATCHERS)
    rows = Booking.objects.all()
    wanted = Q(day=day) if day else Q()
    wanted &= Q(group=group) if group else Q()
    wanted &= Q(state=state) if state else Q()
    wanted &= Q(number=q.strip().upper()) if q.strip() else Q()
    places, limits = _places(), policy.current()
    return paginate(rows.filter(wanted).order_by("-start", "-pk"), page, size, lambda row: view(row, places, limits))


def view(row: Booking, places: dict[str, GroupView], limits: Limits) -> BookingView:
    """预约的只读样子。"""
    state = State(row.state)
    place = places.get(row.group)
    deadline = rules.cancel_deadline(row.start, limits)
    in_time = state is State.BOOKED and timezone.now() <= deadline
    return BookingView(
        number=row.number,
        state=state.value,
        state_name=STATE_NAMES[state],
        tone=TONES.get(state, ""),
        item_code=row.item_code,
        item_name=row.item_name,
        hall_name=place.hall.name if place else row.hall,
        hall_address=place.hall.address if place else "",
        hall_phone=place.hall.phone if place else "",
        group_name=place.name if place else row.group,
        day=row.day,
        start=timezone.localtime(row.start),
        end=timezone.localtime(row.end),
        subject=mask_name(row.subject_name) if row.agent_for is None else row.subject_name,
        visitor=mask_name(row.visitor_name),
        mobile=mask_mobile(row.mobile) if row.mobile else "",
        ticket=row.ticket,
        changes=row.changes,
        created_at=row.created_at,
        deadline=timezone.localtime(deadline),
        may_change=state is State.SUSPENDED or (in_time and row.changes < limits.changes_most),
        may_cancel=state is State.SUSPENDED or in_time,
    )


def _places() -> dict[str, GroupView]:
    return {row.key: row for row in queueing.groups(include_inactive=True)}
