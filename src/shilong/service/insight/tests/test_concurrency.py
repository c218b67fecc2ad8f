"""重建与计数同时进行，不重不漏。SQLite 只有一个写者，真正的交错在 PostgreSQL 上。"""

from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal

import pytest
from django.db import connection

from shilong.foundation.jobs.services import run_pending
from shilong.service.cases.testing import drive
from shilong.service.cases.tests.test_concurrency import erasable_audit
from shilong.service.insight import services
from shilong.service.insight.models import DailyStat

__all__ = ["erasable_audit"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P04"), pytest.mark.postgres]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="只有 PostgreSQL 有真正的并发写")
def test_rebuilding_while_counting_neither_loses_nor_doubles(world):
    done = Signal()

    def handle():
        try:
            for _ in range(12):
                drive(world.submit().case_no, "accept", "review", "decide")
        finally:
            done.set()
            connection.close()

    def consume():
        try:
            while not done.is_set():
                run_pending(5)
        finally:
            connection.close()

    def rebuild():
        try:
            while not done.is_set():
                services.rebuild()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(job) for job in (handle, consume, rebuild)]:
            future.result()
    run_pending()
    totals = {name: sum(getattr(row, name) for row in DailyStat.objects.all()) for name in ("submitted", "accepted", "granted")}
    assert totals == {"submitted": 12, "accepted": 12, "granted": 12}
