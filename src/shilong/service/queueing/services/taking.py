"""取号：预约签到与现场取号都到这里发号。"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from shilong.foundation.codes import checks
from shilong.foundation.gm.fields import blind_index
from shilong.identity.roles.actor import SYSTEM, Actor
from shilong.service.catalog import selectors as catalog
from shilong.service.queueing import permissions, policy
from shilong.service.queueing.models import Group, Line, Ticket
from shilong.service.queueing.refusals import AlreadyQueued, GroupNotFound, UnknownPriority
from shilong.service.queueing.rules import Action, State
from shilong.service.queueing.selectors.tickets import TicketView, view
from shilong.service.queueing.services import journal

SENIOR = "老年人"
OPEN = (State.WAITING, State.CALLED, State.SERVING, State.MISSED)


@dataclass(frozen=True, slots=True)
class Visitor:
    """取号的人。现场可以都不填；预约的从预约带来。"""

    name: str = ""
    id_no: str = ""
    mobile: str = ""
    account_id: int | None = None
    agent_for: int | None = None


NOBODY = Visitor()


def take_on_site(device: str, group: str, *, visitor: Visitor = NOBODY, item_code: str = "", priority: str = "") -> TicketView:
    """取号机上现场取号。

    参数：
        device: 取号机凭证。
        group: 窗口组的键。
        priority: 优先对象，取自规则里的名单；刷身份证够岁数的自动算老年人。

    异常：
        DeviceNotAllowed: 没有授权的设备。GroupNotFound: 不是这个大厅的窗口组。
        AlreadyQueued: 同一证件今天在这条队里还有没办完的号。UnknownPriority、Invalid: 填错。
    """
    hall = permissions.device_hall(device)
    id_no = checks.check_idcard(visitor.id_no) if visitor.id_no else ""
    row = Group.objects.select_related("hall").filter(key=group, hall=hall, is_active=True).first()
    if row is None:
        raise GroupNotFound
    clean = Visitor(visitor.name.strip()[:60], id_no, visitor.mobile.strip()[:11])
    return take(row.key, visitor=clean, item_code=item_code, priority=priority)


def take(
    group: str,
    *,
    visitor: Visitor = NOBODY,
    item_code: str = "",
    priority: str = "",
    booking_no: str = "",
    slot_start: datetime | None = None,
    actor: Actor = SYSTEM,
) -> TicketView:
    """发一个号。由预约签到与 `take_on_site` 调用；权限在它们那里判。

    参数：
        slot_start: 预约时段开始；早到的从时段开始排起，晚到的从签到排起。

    异常：同 `take_on_site`。
    """
    item = catalog.item(item_code) if item_code else None
    with transaction.atomic():
        row = Group.objects.select_related("hall").filter(key=group, is_active=True, hall__is_active=True).first()
        if row is None:
            raise GroupNotFound
        now = timezone.now()
        line = today_line(row)
        index = blind_index(visitor.id_no)
        _once(line, index)
        Line.objects.filter(pk=line.pk).update(issued=F("issued") + 1)
        line.refresh_from_db()
        ticket = Ticket.objects.create(
            line=line,
            hall=row.hall,
            group=row,
            day=line.day,
            number=f"{row.letter}{line.issued:03d}",
            booked=bool(booking_no),
            booking_no=booking_no,
            slot_start=slot_start,
            priority=_priority(priority, visitor.id_no, now),
            item_code=item.code if item else "",
            item_name=item.name[:200] if item else "",
            account_id=visitor.account_id,
            agent_for=visitor.agent_for,
            name=visitor.name,
            id_no=visitor.id_no,
            id_index=index,
            mobile=visitor.mobile,
            since=max(now, slot_start) if slot_start else now,
            taken_at=now,
        )
        journal.record(ticket, Action.TAKEN, actor)
    return view(ticket)


def today_line(group: Group) -> Line:
    """这个窗口组今天的队列，锁住。须在事务里。"""
    line, _ = Line.objects.get_or_create(group=group, day=timezone.localdate())
    return Line.objects.select_for_update().get(pk=line.pk)


def _once(line: Line, index: str) -> None:
    known = Ticket.objects.filter(line=line, id_index=index, state__in=OPEN).values_list("number", flat=True).first() if index else None
    if known:
        raise AlreadyQueued(number=known)


def _priority(wanted: str, id_no: str, now: datetime) -> str:
    known = policy.current()
    if wanted and wanted not in known.priorities:
        raise UnknownPriority(fields={"priority": "请从名单里选"})
    if wanted:
        return wanted
    return SENIOR if _age(id_no, now) >= known.senior_age else ""


def _age(id_no: str, now: datetime) -> int:
    """身份证上的周岁；不是 18 位身份证为 -1。"""
    if len(id_no) != 18 or not id_no[6:14].isdecimal():
        return -1
    born, today = id_no[6:14], f"{timezone.localtime(now):%Y%m%d}"
    return (int(today) - int(born)) // 10000
