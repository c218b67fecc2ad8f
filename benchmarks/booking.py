"""抢约：两百人同时约一个时段。量每个人从点下到得到答复的墙钟 95 分位；顺带核对恰好约出容量个，不对就停。

单独量：BENCH=抢约 make bench
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import time as clock
from threading import Barrier

from django.db import connection
from django.test import override_settings

from benchmarks.engine import ONLY, Report
from benchmarks.world import Scene
from shilong.foundation.refusals import Refused
from shilong.identity import testing as people
from shilong.identity.roles.actor import SYSTEM, Actor
from shilong.service.booking import selectors, services
from shilong.service.booking.selectors import SlotView
from shilong.service.catalog import selectors as catalog
from shilong.service.queueing import selectors as queueing
from shilong.service.queueing.testing import make_hall

CROWD, SEATS, ROUNDS, MOST = 200, 50, 3, 500
NAME = f"抢约（{CROWD} 并发抢 {SEATS} 个名额）"


def run(report: Report, scene: Scene) -> None:
    if ONLY not in NAME:
        return
    make_hall()
    item = catalog.item(scene.item_code)
    place = queueing.place_of(item.code, item.department)
    services.save_template(None, group=place.key, name="基准", start=clock(9), end=clock(17), minutes=60, capacity=SEATS, actor=SYSTEM)
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):  # 两百个账号，登录不在量的范围里
        crowd = [people.make_citizen("王建国") for _ in range(CROWD)]
    _, days = selectors.calendar(item.code)
    slots = [selectors.slots(item.code, day.day)[-1] for day in days[1 : ROUNDS + 1]]
    samples = [sample for slot in slots for sample in _rush(slot, item.code, crowd)]
    report.add(f"{NAME}，p95", statistics.quantiles(samples, n=20)[-1], "ms", most=MOST)


def _rush(slot: SlotView, item_code: str, crowd: list[Actor]) -> list[float]:
    """同时起跑，返回每个人的毫秒数。"""
    gate = Barrier(CROWD)

    def grab(actor: Actor) -> tuple[float, bool]:
        gate.wait()
        begin = time.perf_counter()
        try:
            services.book(slot.id, item_code, actor=actor)
            won = True
        except Refused:
            won = False
        finally:
            connection.close()
        return (time.perf_counter() - begin) * 1000, won

    with ThreadPoolExecutor(CROWD) as pool:
        results = list(pool.map(grab, crowd))
    if sum(won for _, won in results) != SEATS:
        raise RuntimeError(f"约出 {sum(won for _, won in results)} 个，应为 {SEATS} 个")
    return [spent for spent, _ in results]
