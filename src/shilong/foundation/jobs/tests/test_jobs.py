"""队列、定时、死信、断线恢复。"""

import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
import time_machine
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from shilong.foundation.jobs import queue, registry, selectors, services, timers
from shilong.foundation.jobs.models import Job, JobHistory, JobState, Outcome, Schedule
from shilong.foundation.jobs.registry import Backoff, GiveUp, job, schedule
from shilong.foundation.refusals import Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.req("P02", "P27")
NIGHT = "2026-11-24T15:00:00+08:00"


def someone(*roles):
    return SimpleNamespace(account_id=1, name="张三", ip="", has=lambda *wanted: bool(set(roles) & set(wanted)))


@pytest.fixture
def done(monkeypatch):
    """登记几个测试作业，返回执行记录。"""
    monkeypatch.setattr(registry, "JOBS", dict(registry.JOBS))
    monkeypatch.setattr(queue, "JOBS", registry.JOBS)
    monkeypatch.setattr(services, "JOBS", registry.JOBS)
    monkeypatch.setattr(services, "FEEDERS", [])
    lines = []
    job("t.note")(lines.append)

    @job("t.fail", retries=2, base=10, cap=15)
    def fail():
        lines.append("fail")
        raise ValueError("坏了\x00")

    @job("t.hopeless")
    def hopeless():
        raise GiveUp("号码不存在")

    return lines


def enqueue(name, *args, **options):
    return registry.JOBS[name].enqueue(*args, **options)


@pytest.mark.django_db
def test_a_finished_job_moves_to_history(done):
    number = enqueue("t.note", "甲")
    assert services.run_pending() == 1
    assert done == ["甲"]
    assert not Job.objects.exists()
    assert JobHistory.objects.get(pk=number).outcome == Outcome.DONE


@pytest.mark.django_db
def test_a_rolled_back_transaction_takes_its_job_with_it(done):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue("t.note", "甲")
        raise ZeroDivisionError
    assert services.run_pending() == 0


@pytest.mark.django_db
def test_waiting_jobs_with_the_same_key_are_kept_once(done):
    assert enqueue("t.note", "甲", key="k") == enqueue("t.note", "乙", key="k")
    queue.claim("别的进程")
    enqueue("t.note", "丙", key="k")  # 执行中的那份可能已读过旧数据，不能并进去
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_later_jobs_wait_their_turn(done):
    with time_machine.travel(NIGHT, tick=False) as clock:
        enqueue("t.note", "甲", run_at=timezone.now() + timedelta(minutes=5))
        assert services.run_pending() == 0
        clock.shift(301)
        assert services.run_pending() == 1


@pytest.mark.django_db
def test_failures_back_off_then_die_without_blocking_the_rest(done):
    with time_machine.travel(NIGHT, tick=False) as clock:
        enqueue("t.fail")
        enqueue("t.note", "甲")
        for _ in range(5):
            services.run_pending()
            clock.shift(16)
    assert done == ["fail", "甲", "fail", "fail"]
    (letter,) = selectors.dead()
    assert letter.attempts == 3 and letter.summary.startswith("坏了")


@pytest.mark.django_db
def test_hopeless_jobs_die_at_once(done):
    enqueue("t.hopeless")
    services.run_pending()
    assert selectors.dead(q="号码不存在").total == 1


@pytest.mark.parametrize(("attempts", "low", "high"), [(1, 15, 30), (2, 30, 60), (8, 1800, 3600), (500, 1800, 3600)])
def test_backoff_doubles_to_its_cap_with_jitter(attempts, low, high):
    delays = {Backoff(8, 30, 3600).delay(attempts).total_seconds() for _ in range(50)}
    assert low <= min(delays) and max(delays) <= high and len(delays) > 1


@pytest.mark.django_db
def test_an_expired_lease_is_taken_back_and_the_old_holder_is_fenced_off(done):
    with time_machine.travel(NIGHT, tick=False) as clock:
        enqueue("t.note", "甲")
        lost = queue.claim("失联的进程")
        clock.shift(61)
        assert queue.reclaim() == 1
        again = queue.claim("接手的进程")
        queue.succeed(lost)
        assert Job.objects.get().owner == "接手的进程"
        queue.succeed(again)
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_heartbeat_keeps_the_lease(done):
    with time_machine.travel(NIGHT, tick=False) as clock:
        enqueue("t.note", "甲")
        mine = queue.claim("慢的进程")
        for _ in range(5):
            clock.shift(40)
            queue.renew([mine])
            assert queue.reclaim() == 0


@pytest.mark.django_db
def test_a_job_that_kills_its_worker_dies_too(done):
    with time_machine.travel(NIGHT, tick=False) as clock:
        enqueue("t.fail")
        for _ in range(3):
            queue.claim("会被撑爆的进程")
            clock.shift(61)
            queue.reclaim()
    assert "中途退出" in selectors.dead().items[0].error


@pytest.mark.django_db
def test_only_a_system_administrator_may_touch_dead_letters(done, monkeypatch):
    enqueue("t.hopeless")
    services.run_pending()
    number = selectors.dead().items[0].id
    for stranger in (someone(), someone("officer"), someone("secadmin"), someone("auditor")):
        with pytest.raises(NotAllowed):
            services.replay(number, stranger)
        with pytest.raises(NotAllowed):
            services.discard(number, stranger, "不要了")
    services.replay(number, someone("sysadmin"))
    assert Job.objects.get().state == JobState.WAITING
    with pytest.raises(NotFound):
        services.replay(number, someone("sysadmin"))
    services.run_pending()
    with pytest.raises(Invalid):
        services.discard(number, someone("sysadmin"), " ")
    services.discard(number, someone("sysadmin"), "号码已注销")
    assert JobHistory.objects.get(pk=number).note == "号码已注销"


@pytest.mark.django_db
def test_timers_fire_once_even_after_downtime(done, monkeypatch):
    monkeypatch.setattr(registry, "TIMERS", {})
    monkeypatch.setattr(timers, "TIMERS", registry.TIMERS)
    schedule("t.minutely", every=60)(lambda: done.append("分"))
    schedule("t.daily", at="00:05")(lambda: done.append("日"))
    with time_machine.travel(NIGHT, tick=False) as clock:
        timers.sync()
        assert (timers.tick(), timers.tick()) == (1, 0)
        assert timezone.localtime(Schedule.objects.get(name="t.daily").next_at).isoformat() == "2026-11-25T00:05:00+08:00"
        clock.shift(3 * 24 * 3600)
        assert timers.tick() == 2
        services.run_pending()
    assert sorted(done) == ["分", "日"]


@pytest.mark.parametrize("rule", [{}, {"every": 5, "at": "00:05"}, {"at": "24:00"}, {"at": "0:5"}])
def test_a_timer_without_a_clear_rule_is_refused(rule):
    with pytest.raises(ValueError, match="定时"):
        schedule("t.bad", **rule)


@pytest.mark.django_db
def test_health_tells_a_stall_from_a_quiet_night(done):
    assert selectors.health() == "ok"
    with time_machine.travel(NIGHT, tick=False) as clock:
        enqueue("t.note", "甲")
        clock.shift(7 * 60)
        assert "已等待 7 分钟" in selectors.health()
        services.run_pending()
        assert selectors.health() == "ok"


class FastForward:
    """假的停止信号：等待不真等，只把时间记下来；做完事就停。"""

    def __init__(self, finished):
        self.finished, self.waited = finished, 0.0

    def is_set(self):
        return self.finished()

    def wait(self, timeout=None):
        self.waited += timeout or 0
        return self.is_set()


@pytest.mark.django_db(transaction=True)
def test_the_worker_survives_a_database_outage_of_a_minute(done, monkeypatch):
    enqueue("t.note", "甲")
    stop = FastForward(lambda: bool(done) and not Job.objects.filter(state=JobState.RUNNING).exists())
    monkeypatch.setattr(services, "_drop_connection", lambda: None)  # 内存库一断就没了，这里只断语句

    def broken(execute, sql, params, many, context):
        if stop.waited < 60:
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)

    worker = services.Worker(stop)
    with connection.execute_wrapper(broken):
        while not done:
            worker.steady(worker.round)
    assert 60 <= stop.waited < 70
    assert done == ["甲"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_worker_reconnects_after_its_backend_is_terminated(done):
    if connection.vendor != "postgresql":
        pytest.skip("只在 PostgreSQL 上有后端进程可断")
    stop = threading.Event()
    thread = threading.Thread(target=lambda: (services.run_worker(stop), connections.close_all()))
    thread.start()
    try:
        enqueue("t.note", "断开前")
        _until(lambda: "断开前" in done)
        where = connection.settings_dict
        server = {"host": where["HOST"], "port": where["PORT"] or None, "user": where["USER"], "password": where["PASSWORD"] or None}
        with psycopg.connect(**server, dbname=where["NAME"], autocommit=True) as admin:
            mine = connection.connection.info.backend_pid
            sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid NOT IN (%s, %s)"
            assert admin.execute(sql, [mine, admin.info.backend_pid]).fetchone()[0] >= 1
        enqueue("t.note", "断开后")
        _until(lambda: "断开后" in done)
    finally:
        stop.set()
        thread.join(timeout=20)
    assert not thread.is_alive()


def _until(holds):
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "等了 20 秒还没有发生"
        time.sleep(0.02)
