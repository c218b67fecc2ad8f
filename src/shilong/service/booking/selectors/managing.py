"""号源管理的列表、限制名单、爽约率。"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils import timezone

from shilong.foundation.codes.masks import mask_name
from shilong.foundation.pages import Page, paginate
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.booking import permissions
from shilong.service.booking.models import Booker, Booking, Closure, Slot, SlotTemplate
from shilong.service.booking.rules import State
from shilong.service.booking.selectors.supply import SlotView, view
from shilong.service.queueing import selectors as queueing


@dataclass(frozen=True, slots=True)
class BlockedView:
    """一个被限制预约的人。"""

    index: str
    name: str
    until: date
    reason: str
    missed: int


def templates(actor: Actor) -> list[SlotTemplate]:
    """全部模板，停用的在内。异常：NotAllowed。"""
    require(actor, *permissions.MANAGERS, Role.SYSTEM)
    return list(SlotTemplate.objects.all())


def closures(actor: Actor, *, page: int = 1, size: int = 10) -> Page[Closure]:
    """停办记录，新的在前。异常：NotAllowed。"""
    require(actor, *permissions.MANAGERS)
    return paginate(Closure.objects.order_by("-created_at"), page, size, lambda row: row)


def slot_rows(actor: Actor, group: str, day: date) -> list[tuple[SlotView, str, int]]:
    """某窗口组某天的号源：（时段、单独放号的事项、已约）。异常：NotAllowed。"""
    require(actor, *permissions.MANAGERS)
    rows = Slot.objects.filter(group=group, day=day).order_by("start", "item_code")
    return [(view(row), row.item_code, row.booked) for row in rows]


def blocked(actor: Actor, *, page: int = 1, size: int = 20) -> Page[BlockedView]:
    """现在被限制的人，姓名脱敏。异常：NotAllowed。"""
    require(actor, *permissions.MANAGERS)
    rows = Booker.objects.filter(blocked_until__gte=timezone.localdate()).order_by("-blocked_until", "pk")
    found = paginate(rows, page, size, lambda row: row)
    counts = dict(
        Booking.objects.filter(subject_index__in=[row.pk for row in found], state=State.MISSED)
        .order_by()
        .values_list("subject_index")
        .annotate(total=Count("pk"))
    )
    items = [BlockedView(row.pk, mask_name(row.name), row.blocked_until, row.reason, counts.get(row.pk, 0)) for row in found]
    return Page(items, found.number, found.size, found.total, found.total_is_exact)


def rates(first: date, last: date, *, by: str, actor: Actor, hall: str = "", group: str = "", item: str = "") -> dict[str, tuple[int, int]]:
    """爽约：键 → （到期的预约数、爽约数）。键与 `queueing.selectors.statistics` 的一致，另有“合计”。异常：NotAllowed。"""
    require(actor, *permissions.WATCHERS)
    rows = Booking.objects.filter(day__gte=first, day__lte=last, state__in=[State.ARRIVED, State.MISSED])
    wanted = {"hall": hall, "group": group, "item_code": item}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    names = {one.key: one.name for one in queueing.groups(include_inactive=True)}
    found: dict[str, tuple[int, int]] = {}
    counted = (
        rows.order_by()
        .values("group", "item_name", "day", "start__hour")
        .annotate(total=Count("pk"), missed=Count("pk", filter=Q(state=State.MISSED)))
    )
    for row in counted:
        hour = f"{row['start__hour']:02d}:00–{row['start__hour'] + 1:02d}:00"
        keys = {"group": names.get(row["group"], row["group"]), "item": row["item_name"], "day": f"{row['day']:%Y-%m-%d}", "hour": hour}
        for key in (keys.get(by, ""), "合计"):
            if key:
                total, missed = found.get(key, (0, 0))
                found[key] = (total + row["total"], missed + row["missed"])
    return found
