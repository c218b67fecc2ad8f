"""预约测试的公共现场：大厅、模板、未来号源、两位群众、一家企业，时间冻结在工作日上午。"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from shilong.foundation.calendar import services as calendars
from shilong.foundation.calendar.rules import ZONE
from shilong.identity import testing as people
from shilong.identity.roles.actor import SYSTEM, Actor, Role, Scope
from shilong.service.booking import selectors, services
from shilong.service.booking.models import Booking, Slot
from shilong.service.catalog.testing import make_item
from shilong.service.queueing import services as queue
from shilong.service.queueing.testing import GENERAL, HALL, WINDOWS, make_hall

NOW = datetime(2026, 11, 25, 8, 30, tzinfo=ZONE)  # 周三
TODAY, TOMORROW = date(2026, 11, 25), date(2026, 11, 26)


@dataclass
class Hall:
    """`clock` 拨时间；`item` 是综合窗口办的事项。"""

    clock: "Clock"
    item: str
    citizen: Actor
    stranger: Actor
    firm: Actor
    clerk: Actor
    bureau: Actor
    device: str

    def slot(self, day: date = TOMORROW, at: str = "09:00") -> Slot:
        start = datetime.combine(day, time.fromisoformat(at), ZONE)
        return Slot.objects.get(group=GENERAL, item_code="", start=start)

    def book(self, actor: Actor | None = None, day: date = TOMORROW, at: str = "09:00") -> Booking:
        return services.book(self.slot(day, at).pk, self.item, actor=actor or self.citizen)

    def view(self, number: str, actor: Actor | None = None) -> selectors.BookingView:
        return selectors.booking(number, actor or self.citizen)


class Clock:
    """冻结的时间。"""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        patch.setattr(timezone, "now", lambda: self.now)

    def set(self, day: date, at: str) -> None:
        self.now = datetime.combine(day, time.fromisoformat(at), ZONE)

    def forward(self, **delta: int) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def hall(db, monkeypatch) -> Hall:
    return build(Clock(monkeypatch))


def build(clock: Clock, capacity: int = 2) -> Hall:
    calendars.seed(2025, 2028)
    make_hall()
    item = make_item(8, department="scjg")
    for name, start, end in (("上午", time(9), time(12)), ("下午", time(13, 30), time(17))):
        services.save_template(None, group=GENERAL, name=name, start=start, end=end, minutes=30, capacity=capacity, actor=SYSTEM)
    bureau = people.make_staff(Role.BUREAU, department="zwj", scope=Scope.DISTRICT, name="审批局")
    return Hall(
        clock=clock,
        item=item.code,
        citizen=people.make_citizen("测试甲"),
        stranger=people.make_citizen("测试乙"),
        firm=people.make_enterprise(),
        clerk=people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, name="李敏", window=WINDOWS[0]),
        bureau=bureau,
        device=queue.authorise_device(HALL, actor=bureau),
    )
