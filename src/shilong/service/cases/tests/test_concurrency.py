"""两人同时操作恰好一人成功；同一防重键并发恰好一件。SQLite 与 PostgreSQL 都要过。"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest
from django.db import OperationalError, connection

from shilong.foundation.refusals import Refused, StaleVersion
from shilong.service.cases import services
from shilong.service.cases.models import Case, CaseEvent, ClockSegment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P02")]


@pytest.fixture(autouse=True)
def erasable_audit(transactional_db):
    """审计表有触发器拒绝删除，SQLite 的用例间清库靠 DELETE：用例结束时先卸下触发器清空，再装回去。"""
    yield
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("select name, sql from sqlite_master where type = 'trigger' and tbl_name = 'audit_auditentry'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"drop trigger {name}")
        cursor.execute("delete from audit_auditentry")
        for _, sql in triggers:
            cursor.execute(sql)


def _patient(job, index):
    """内存里的 SQLite 测试库是共享缓存，抢不到锁立即报错而不等待；这里替它等，文件库与 PostgreSQL 用不到。"""
    for _ in range(400):
        try:
            return job(index)
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            connection.close()
            sleep(0.01)
    raise AssertionError("一直没有等到锁")


def together(count, job):
    """同时起跑，收集结果或异常。"""
    gate = Barrier(count)

    def run(index):
        gate.wait()
        try:
            return _patient(job, index)
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_two_clerks_accept_at_once_exactly_one_wins(world):
    view = world.submit()
    results = together(4, lambda index: services.act(view.case_no, "accept", actor=world.clerk, expected_version=1))
    losers = [r for r in results if isinstance(r, Exception)]
    assert len(losers) == 3
    assert all(isinstance(r, StaleVersion) for r in losers)
    case = Case.objects.get(case_no=view.case_no)
    assert case.version == 2
    assert CaseEvent.objects.filter(case=case, action="accept").count() == 1
    assert ClockSegment.objects.filter(case=case, kind="legal").count() == 1


def test_same_key_at_once_makes_exactly_one_case(world):
    results = together(4, lambda index: world.submit(idempotency_key="same").case_no)
    assert len(set(map(str, results))) == 1
    assert Case.objects.count() == 1
