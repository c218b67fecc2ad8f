"""好差评大表：灌入百万次服务与评价，量看板、预警、公开页、评价列表。看板只读汇总表，汇总按同一套规则算好一起灌。"""

import random
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks.engine import ONLY, Report
from benchmarks.large import _pour, _raw
from benchmarks.light import opened
from benchmarks.world import Scene
from shilong.identity.accounts.models import Account
from shilong.service.catalog import selectors as catalog
from shilong.service.ratings.models import Occasion, Rating, Tally
from shilong.service.ratings.rules import scores
from shilong.service.ratings.services import tallies

NAMES = ("好差评看板", "好差评看板按人员排行", "评价公开页", "评价公开页按事项", "全部评价列表")
NOW = timezone.now()
LEVELS = (5,) * 68 + (4,) * 19 + (3,) * 8 + (2,) * 3 + (1,) * 2


def run(report: Report, scene: Scene, size: int) -> None:
    if not any(ONLY in name for name in NAMES):
        return
    start = time.perf_counter()
    items = [(one.code, one.department) for one in catalog.published(size=1000).items]
    _pour(Occasion, (_raw(_service(n, items)[0]) for n in range(size)))
    _pour(Rating, (_raw(_service(n, items)[1]) for n in range(size)))
    cells = _totals(_service(n, items) for n in range(size))
    _pour(Tally, ({"id": n, **cell} for n, cell in enumerate(cells, 1)))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE ratings_rating")
            cursor.execute("VACUUM ANALYZE ratings_tally")
    print(f"› 灌入 {size:,} 条评价、{len(cells):,} 格汇总用 {time.perf_counter() - start:.0f} 秒", file=sys.stderr, flush=True)
    bureau, public = Client(), Client()
    bureau.force_login(Account.objects.get(pk=scene.bureau.account_id))
    report.p95(NAMES[0], lambda: opened(bureau, "/supervise/ratings/"), most=1000)
    report.p95(NAMES[1], lambda: opened(bureau, "/supervise/ratings/?by=staff"), most=1000)
    report.p95(NAMES[2], lambda: opened(public, "/ratings/"), most=200)
    report.p95(NAMES[3], lambda: opened(public, f"/ratings/?item={items[0][0]}"), most=200)
    report.p95(NAMES[4], lambda: opened(bureau, "/office/ratings/all/"), most=200)


def _service(n: int, items: list[tuple[str, str]]) -> tuple[Occasion, Rating]:
    dice = random.Random(n)
    code, department = items[n % len(items)]
    at = NOW - timedelta(days=dice.randrange(365), hours=dice.randrange(9))
    level = dice.choice(LEVELS)
    tags = sorted(dice.sample([tag for tag, _ in scores.tags_of(level)], 2))
    automatic = n % 3 == 0
    place = {"department": department, "item_code": code, "window": f"{n % 12 + 1:02d} 号窗口"}
    occasion = Occasion(
        pk=n + 1,
        uid=uuid.UUID(int=n + 1),
        number=f"B{n:09d}",
        source=f"bench:{n}",
        node="6",
        item_name="压测事项",
        staff_id=n % 40 + 1,
        opened_at=at,
        rated=1,
        **place,
    )
    rating = Rating(
        pk=n + 1,
        uid=uuid.UUID(int=n + 1),
        occasion=occasion,
        number=1,
        satisfaction=5 if automatic else level,
        tags=[] if automatic else tags,
        pf="7" if automatic else "2",
        anonymous=n % 4 != 0,
        automatic=automatic,
        rated_at=at,
        received_at=at,
        **place,
    )
    return occasion, rating


def _totals(made: Iterator[tuple[Occasion, Rating]]) -> list[dict[str, Any]]:
    blank = {field.column: 0 for field in Tally._meta.fields if field.get_internal_type() == "IntegerField"}
    cells: dict[tuple[str, ...], dict[str, Any]] = {}
    for occasion, rating in made:
        day = str(timezone.localdate(occasion.opened_at))
        for facet, item, value, columns in tallies.lines_of(occasion, [rating]):
            place = {"day": tallies.day_of(facet, day), "department": occasion.department, "item_code": item, "facet": facet, "key": value}
            cell = cells.setdefault(tuple(place.values()), {**place, **blank})
            for name, number in columns.items():
                cell[name] += number
    return list(cells.values())
