"""真的起工作进程、真的 kill −9：事件不丢不重；没有回执的对照组会重。"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

KILLS = 20
EVENTS = 600
LEASE = "1.5"  # 秒；真实环境 60 秒，这里缩短只为少等
SCRIPT = """
import django, json, sys
django.setup()
from django.db import transaction
from shilong.foundation.events.services import emit
from shilong.foundation.events.models import Event, Receipt
from shilong.foundation.jobs.models import Job, JobHistory
from shilong.foundation.jobs.tests.killtest.models import Tally
from shilong.foundation.jobs.tests.killtest.consumers import unguarded
if sys.argv[1] == "fill":
    for n in range(int(sys.argv[2])):
        with transaction.atomic():
            emit("kill.counted", n=n)
            if n % 200 == 0:
                emit("kill.poison", n=n)
            unguarded.enqueue(n)
def numbers(kind):
    return list(Tally.objects.filter(kind=kind).order_by("number").values_list("number", flat=True))
tally = {kind: numbers(kind) for kind in ("guarded", "unguarded", "poison")}
live = Job.objects.exclude(state="dead").exclude(name__in=("jobs.prune", "events.prune")).count()
print(json.dumps({**tally, "live": live, "pending": Event.objects.filter(dispatched_at=None).count(),
    "receipts": Receipt.objects.count(), "dead": list(Job.objects.filter(state="dead").values_list("name", flat=True))}))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    env = {
        **os.environ,
        "SHILONG_MODE": "demo",
        "SHILONG_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "shilong.foundation.jobs.tests.bare",
    }
    env["PYTHONPATH"] = str(settings.PACKAGE.parent)
    env.pop("SHILONG_DATABASE", None)
    if request.param == "sqlite":
        _django(env, "migrate", "-v0")
        yield env
        return
    name = f"kill_{os.getpid()}"
    server = os.environ.get("SHILONG_DATABASE") or "postgresql://postgres@127.0.0.1:5432/postgres"
    try:
        admin = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("这台机器没有可用的 PostgreSQL")
    admin.execute(f"CREATE DATABASE {name}")
    env["SHILONG_DATABASE"] = f"{server.rsplit('/', 1)[0]}/{name}"
    _django(env, "migrate", "-v0")
    yield env
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.mark.req("P02", "P27")
def test_events_are_neither_lost_nor_repeated_when_the_worker_is_killed(environment: dict[str, str], tmp_path: Path) -> None:
    _look(environment, "fill", str(EVENTS))
    dice = random.Random(7)  # noqa: S311 只用来错开时刻
    for _ in range(KILLS):
        before = _done(environment, tmp_path)
        worker = _worker(environment, tmp_path)
        _until_working(environment, tmp_path, before)
        time.sleep(dice.uniform(0.05, 0.4))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    worker = _worker(environment, tmp_path)
    seen = _until_drained(environment)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0, "SIGTERM 应当优雅退出"
    print(f"重复：有回执 0，无回执 {len(seen['unguarded']) - EVENTS}")

    assert seen["guarded"] == list(range(EVENTS)), "每个事件恰好生效一次"
    assert seen["receipts"] == EVENTS
    assert set(seen["unguarded"]) == set(range(EVENTS)), "对照组也不丢"
    assert len(seen["unguarded"]) > EVENTS, "对照组没有回执，应当看到重复；没有重复说明 kill 没有打中要害"
    assert seen["dead"] == ["event:killtest.poison"] * 3, "毒消息进死信"
    assert seen["poison"] == [], "失败的消费不留痕迹"


def _done(env: dict[str, str], tmp_path: Path) -> int:
    """已落库的计数，直接问数据库，不起 Python 进程。"""
    query = "SELECT count(*) FROM killtest_tally"
    if server := env.get("SHILONG_DATABASE"):
        with psycopg.connect(server) as link:
            return int(link.execute(query).fetchone()[0])
    with closing(sqlite3.connect(tmp_path / "shilong.sqlite3", timeout=30)) as link:
        return int(link.execute(query).fetchone()[0])


def _until_working(env: dict[str, str], tmp_path: Path, before: int) -> None:
    """等到工作进程真的干上活：机器再忙，kill 也打在干活的时候而不是启动的时候。"""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and _done(env, tmp_path) == before:
        time.sleep(0.05)


def _worker(env: dict[str, str], tmp_path: Path) -> subprocess.Popen[bytes]:
    with (tmp_path / "worker.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "django", "worker", "--lease", LEASE], env=env, stdout=log, stderr=log)


def _until_drained(env: dict[str, str]) -> dict:
    for _ in range(60):
        seen = _look(env, "look")
        if seen["live"] == 0 and seen["pending"] == 0:
            return seen
        time.sleep(1)
    pytest.fail(f"没有消化完：{seen['live']} 个作业、{seen['pending']} 个事件")


def _look(env: dict[str, str], *args: str) -> dict:
    out = subprocess.run([sys.executable, "-c", SCRIPT, *args], env=env, check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def _django(env: dict[str, str], *args: str) -> None:
    subprocess.run([sys.executable, "-m", "django", *args], env=env, check=True, capture_output=True)
