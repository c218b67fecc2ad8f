"""测试与演示用的大厅：一厅两组三窗。只供测试与演示。"""

import random
from datetime import date, datetime, time, timedelta

from shilong.foundation.calendar.rules import ZONE
from shilong.identity.roles.actor import SYSTEM
from shilong.service.queueing import services
from shilong.service.queueing.models import Group, Line, Ticket
from shilong.service.queueing.rules import State

HALL, GENERAL, SOCIAL = "main", "general", "social"
WINDOWS = ("01 号窗口", "02 号窗口", "03 号窗口")


def make_hall(*, social_departments: tuple[str, ...] = ("rsj",), windows: tuple[str, ...] = WINDOWS) -> None:
    """综合窗口组 A（兜底）与人社窗口组 B；最后一个窗口两条队都叫。重复执行无害。"""
    services.save_hall(HALL, name="石龙区政务服务大厅", address="石龙区人民路1号政务服务中心", phone="0375-2520000", actor=SYSTEM)
    services.save_group(GENERAL, hall=HALL, name="综合受理", letter="A", fallback=True, actor=SYSTEM)
    services.save_group(SOCIAL, hall=HALL, name="社保民政", letter="B", departments=social_departments, actor=SYSTEM)
    for place, name in enumerate(windows):
        both = place == len(windows) - 1
        groups = (GENERAL, SOCIAL) if both else (GENERAL,) if place % 2 == 0 else (SOCIAL,)
        services.save_window(name, hall=HALL, groups=groups, actor=SYSTEM)


def past_tickets(day: date, *, seed: int, count: int = 30) -> None:
    """某天已经办完的号，每个窗口组 `count` 个：统计与演示用，不走叫号、不留履历。重复执行无害。"""
    chooser = random.Random(seed)  # noqa: S311 演示数据，不是密码学
    opening = datetime.combine(day, time(9), ZONE)
    for group in Group.objects.select_related("hall").filter(is_active=True):
        line, fresh = Line.objects.get_or_create(group=group, day=day, defaults={"issued": count, "calls": count})
        windows = list(group.windows.all())
        if not fresh or not windows:
            continue
        rows = []
        for place in range(count):
            taken = opening + timedelta(minutes=place * 14 + chooser.randrange(10))
            called = taken + timedelta(seconds=chooser.randrange(60, 1500))
            came = chooser.random() > 0.06
            rows.append(
                Ticket(
                    line=line,
                    hall=group.hall,
                    group=group,
                    day=day,
                    number=f"{group.letter}{place + 1:03d}",
                    state=State.FINISHED if came else State.EXPIRED,
                    since=taken,
                    taken_at=taken,
                    called_at=called,
                    serving_at=called + timedelta(seconds=40) if came else None,
                    finished_at=called + timedelta(seconds=chooser.randrange(240, 1200)),
                    window=chooser.choice(windows),
                    calls=1,
                )
            )
        Ticket.objects.bulk_create(rows)
