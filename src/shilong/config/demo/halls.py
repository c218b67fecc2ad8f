"""演示用的大厅：三个窗口组、窗口与在册窗口人员一致，两周号源，几个预约、今天的排队与过去几天的等候记录。"""

from datetime import time, timedelta
from functools import partial

from django.utils import timezone

from shilong.config.demo import people
from shilong.config.demo.staff import accounts_made
from shilong.foundation.calendar import services as calendars
from shilong.foundation.refusals import Refused
from shilong.identity.accounts.selectors import actor_for
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import SYSTEM
from shilong.service.booking import selectors as bookings
from shilong.service.booking import services as booking_services
from shilong.service.catalog import selectors as catalog
from shilong.service.queueing import selectors, services
from shilong.service.queueing.services import Visitor
from shilong.service.queueing.testing import past_tickets

HALL = "main"
GROUPS = (
    ("general", "综合受理", "A", (), True),
    ("social", "社保民政", "B", ("rsj", "mzj", "ybj", "tyjr", "cl"), False),
    ("market", "市场准入", "C", ("scjg",), False),
)
WINDOWS = {
    "03 号窗口": ("general", "social", "market"),
    "04 号窗口": ("general",),
    "05 号窗口": ("social",),
    "06 号窗口": ("market",),
    "07 号窗口": ("general", "market"),
    "08 号窗口": ("general", "social"),
}
HOURS = (("上午", time(9), time(12)), ("下午", time(13, 30), time(17)))
WAITING = 9
PAST_DAYS = 5


def halls() -> None:
    """布置大厅；重复执行只补缺的。"""
    known = {row.key for row in organizations.departments()}
    services.save_hall(HALL, name="石龙区政务服务大厅", address="石龙区人民路1号政务服务中心一楼", phone="0375-2520000", actor=SYSTEM)
    for key, name, letter, departments, fallback in GROUPS:
        mine = [row for row in departments if row in known]
        services.save_group(key, hall=HALL, name=name, letter=letter, departments=mine, fallback=fallback, actor=SYSTEM)
    for window, groups in WINDOWS.items():
        services.save_window(window, hall=HALL, groups=groups, actor=SYSTEM)
    if not bookings.templates(SYSTEM):
        _supply()
        _bookings()
        _queue()


def _supply() -> None:
    for place, (key, *_) in enumerate(GROUPS):
        save = partial(booking_services.save_template, None, group=key, minutes=30, capacity=4 + place, actor=SYSTEM)
        for name, start, end in HOURS:
            save(name=name, start=start, end=end)


def _bookings() -> None:
    """演示群众与企业各约两件：一件尽量就在今天，一件在后几天。"""
    made = accounts_made("demo-")
    for username, target in (("demo-citizen", "person"), ("demo-enterprise", "corp")):
        actor = actor_for(made[username])
        for place, item in enumerate(catalog.published(object=target, size=2).items):
            _book(item.code, place * 2, actor)


def _book(code: str, ahead: int, actor: object) -> None:
    _, days = bookings.calendar(code)
    for day in [row.day for row in days if not row.full][ahead:]:
        for slot in bookings.slots(code, day):
            try:
                booking_services.book(slot.id, code, actor=actor)  # type: ignore[arg-type]
            except Refused:  # 这个时段约不了就换下一个，和真人一样
                continue
            return


def _queue() -> None:
    """今天有人在等、一个窗口正在办；前几个工作日有等候记录，统计页有东西看。"""
    calendar, today = calendars.load(), timezone.localdate()
    items = catalog.published(size=12).items
    for place, person in enumerate(row for row in people.applicants(40, seed=11) if row.kind == "1"):
        if place == WAITING:
            break
        item = items[place % len(items)]
        group = selectors.place_of(item.code, item.department)
        visitor = Visitor(name=person.name, id_no=person.id_no, mobile=person.mobile)
        priority = "残疾人" if place == 3 else ""
        services.take(group.key, visitor=visitor, item_code=item.code, priority=priority)
    clerk = actor_for(accounts_made("sim-window-")["sim-window-1"])
    services.serve(services.call_next(actor=clerk).uid, actor=clerk)
    day, made = today, 0
    while made < PAST_DAYS:
        day -= timedelta(days=1)
        if calendar.is_workday(day):
            past_tickets(day, seed=day.toordinal())
            made += 1
