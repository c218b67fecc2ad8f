"""演示用的终端：两台一体机、两台评价器、一块等候屏，几张故障单，近三十天的使用统计。走真实的登记与报修。"""

import random
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from shilong.config.demo import halls
from shilong.config.demo.staff import DEMO, accounts_made
from shilong.hall.terminals import selectors, services
from shilong.hall.terminals.testing import seed_usage, simulate_beat
from shilong.identity.accounts.selectors import actor_for
from shilong.identity.roles.actor import SYSTEM, Actor

HALL = "区政务服务中心一楼"
NOTICE = {"notice": "周六上午 9:00—12:00 开放自助服务区"}
QUEUE = {"queue": halls.HALL}
CARD = {"demo_card": DEMO["demo-citizen"].profile["id_no"]}
WANTED: tuple[tuple[services.Profile, dict[str, Any]], ...] = (
    (
        services.Profile("1 号一体机", "kiosk", HALL, "东门入口右侧", "", "demo"),
        NOTICE | CARD | QUEUE,
    ),
    (services.Profile("2 号一体机", "kiosk", HALL, "等候区", "", "keyboard"), {"format": "name_first"} | QUEUE),
    (services.Profile("03 号窗口评价器", "rater", HALL, "", "03 号窗口"), {}),
    (services.Profile("04 号窗口评价器", "rater", HALL, "", "04 号窗口"), {}),
    (services.Profile("等候区大屏", "screen", HALL, "等候区正面"), {"start": f"/kiosk/screen/{halls.HALL}/"}),
)
WEIGHTS = {"open": 40, "search": 26, "guide": 22, "progress": 18, "identify": 9, "apply": 3, "print": 8, "video": 2}
DAYS = 30


def terminals() -> int:
    """登记、激活、报修，返回登记了几台；已经有终端就不再造。"""
    demo = accounts_made("demo-")
    admin, window = actor_for(demo["demo-sysadmin"]), demo["demo-window"]
    if selectors.terminals(admin, {}).total:
        return 0
    with transaction.atomic():
        numbers = [services.register(profile, config, actor=admin) for profile, config in WANTED]
        for number in numbers[1:]:
            simulate_beat(number, services.activate(services.issue_code(number, actor=admin), "127.0.0.1"))
        _faults(numbers, admin, window)
        _usage(numbers[:2])
    return len(numbers)


def _faults(numbers: list[str], admin: Actor, window: int) -> None:
    paper = services.report(numbers[1], "printer", "缺纸，打印不出来", actor=SYSTEM, source="terminal")
    services.assign(paper, window, version=1, actor=admin, note="领 A4 纸一包")
    reader = services.report(numbers[0], "reader", "刷了没反应", actor=SYSTEM, source="terminal")
    services.assign(reader, window, version=1, actor=admin)
    services.move(reader, "start", version=2, actor=actor_for(window))
    services.move(reader, "resolve", version=3, actor=actor_for(window), note="USB 线松了，重新插好，试刷正常")
    services.report(numbers[3], "screen", "触摸偏移", actor=admin, source="staff")


def _usage(numbers: list[str]) -> None:
    chooser = random.Random(410404)  # noqa: S311 演示数据，不是密码学
    today = timezone.localdate()
    for back in range(DAYS):
        day = today - timedelta(days=back)
        if day.weekday() == 6:
            continue
        busy = 0.3 if day.weekday() == 5 else 1
        for scale, number in zip((1.0, 0.6), numbers, strict=True):
            seed_usage(number, day, {key: round(weight * scale * busy * chooser.uniform(0.6, 1.3)) for key, weight in WEIGHTS.items()})
