"""号源：按模板、日历与停办滚动生成。可重复执行；已约的一个也不动。"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from shilong.foundation.calendar import services as calendars
from shilong.foundation.days import day_end, day_start
from shilong.service.booking import policy, rules
from shilong.service.booking.models import Closure, Slot, SlotTemplate
from shilong.service.booking.rules import Planned, Shut, Template
from shilong.service.queueing import selectors as queueing

SPARE = 3  # 多备几天：零点一过就有新的一天可约
NOT_PLANNED = "日历或模板已调整，不再放号"


def generate(first: date | None = None, last: date | None = None) -> int:
    """生成（或重算）一段日子的号源，默认今天到最远可约的一天，返回新增的时段数。

    容量调小不会低于已约；不再上班的日子只停放、不动已约的预约（要通知已约的人用临时停办）。
    """
    today = timezone.localdate()
    calendar = calendars.load()
    start = first or today
    end = last or rules.last_day(today, policy.current(), calendar) + timedelta(days=SPARE)
    templates, shuts = _templates(), _shuts(start, end)
    made = 0
    day = start
    while day <= end:
        made += _one_day(day, rules.plan(day, templates, calendar, shuts))
        day += timedelta(days=1)
    return made


def _one_day(day: date, planned: list[Planned]) -> int:
    """一天一个短事务，不长时间占着号源的锁。"""
    wanted = {row.key: row for row in planned}
    with transaction.atomic():
        known = {(row.group, row.item_code, row.start): row for row in Slot.objects.select_for_update().filter(day=day).order_by("pk")}
        for key, row in known.items():
            _align(row, wanted.get(key))
        fresh = [_slot(day, row) for key, row in wanted.items() if key not in known]
        Slot.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _align(row: Slot, planned: Planned | None) -> None:
    is_open = planned is not None and not planned.shut
    reason = NOT_PLANNED if planned is None else planned.shut
    capacity = row.capacity if planned is None else max(planned.capacity, row.booked)
    if (row.is_open, row.reason, row.capacity) == (is_open, reason, capacity):
        return
    value = Greatest(F("booked"), capacity) if capacity != row.capacity else F("capacity")
    Slot.objects.filter(pk=row.pk).update(is_open=is_open, reason=reason, capacity=value)


def _slot(day: date, row: Planned) -> Slot:
    return Slot(
        group=row.group,
        item_code=row.item_code,
        day=day,
        start=row.start,
        end=row.end,
        capacity=row.capacity,
        is_open=not row.shut,
        reason=row.shut,
    )


def _templates() -> list[Template]:
    live = {row.key for row in queueing.groups()}
    return [
        Template(
            id=row.pk,
            group=row.group,
            start=row.start,
            end=row.end,
            minutes=row.minutes,
            capacity=row.capacity,
            item_code=row.item_code,
            weekdays=row.weekdays,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in SlotTemplate.objects.filter(is_active=True)
        if row.group in live
    ]


def _shuts(first: date, last: date) -> list[Shut]:
    rows = Closure.objects.filter(revoked_at=None, start__lt=day_end(last), end__gt=day_start(first))
    return [shut for row in rows for shut in expand(row)]


def expand(row: Closure) -> Iterable[Shut]:
    """整个大厅的停办展开成它的各个窗口组。"""
    keys = [row.group] if row.group else [group.key for group in queueing.groups(row.hall, include_inactive=True)]
    return [Shut(key, row.start, row.end, row.reason) for key in keys]
