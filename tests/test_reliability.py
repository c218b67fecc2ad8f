"""出了事也不错不漏：并发只成一件，作业进程被杀不丢不重，数据库断了说一句人话、恢复后照常。真 PostgreSQL、真进程。"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

pytestmark = [pytest.mark.postgres, pytest.mark.req("P02", "P27")]
CASES, KILLS, LEASE = 40, 4, "1.5"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """一个用完就删的 PostgreSQL 库，按演示模式（有连接池）连它。"""
    server = os.environ.get("SHILONG_DATABASE") or "postgresql://postgres@127.0.0.1:5432/postgres"
    try:
        admin = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("这台机器没有可用的 PostgreSQL")
    name = f"reliable_{os.getpid()}"
    admin.execute(f"CREATE DATABASE {name}")
    env = {
        **os.environ,
        "SHILONG_MODE": "demo",
        "SHILONG_DATA": str(tmp_path_factory.mktemp("reliable")),
        "SHILONG_DATABASE": f"{server.rsplit('/', 1)[0]}/{name}",
        "DJANGO_SETTINGS_MODULE": "shilong.config.settings",
        "PYTHONPATH": os.pathsep.join([str(settings.PACKAGE.parent), str(settings.ROOT)]),
    }
    env.pop("SHILONG_TEST_SUFFIX", None)
    try:
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=env, check=True)
        yield env
    finally:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.close()


def step(env: dict[str, str], *args: str) -> dict[str, Any]:
    """在独立进程里做一步，见 `reliability_script`。"""
    done = subprocess.run([sys.executable, "-m", "tests.reliability_script", *args], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_same_key_over_http_at_once_makes_exactly_one_case(environment: dict[str, str]) -> None:
    seen = step(environment, "same_key")
    assert {status for status, _ in seen["answers"]} == {201}, seen["answers"]
    assert len({case_no for _, case_no in seen["answers"]}) == 1
    assert (seen["made"], seen["events"], seen["materials"]) == (1, 1, seen["wanted"])


def test_case_events_survive_repeated_kill_9(environment: dict[str, str], tmp_path: Path) -> None:
    before = step(environment, "fill", str(CASES))
    dice = random.Random(11)  # noqa: S311 只用来错开时刻
    for _ in range(KILLS):
        worker = _worker(environment, tmp_path)
        time.sleep(dice.uniform(1.6, 2.4))  # 进程启动约 1.3 秒，之后才开始消费
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    worker = _worker(environment, tmp_path)
    try:
        seen = _drained(environment)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=20)
    assert seen["cases"] == before["cases"]
    assert seen["told"] == seen["cases"], "每件恰好一条“已提交”通知"
    assert seen["counted"] == len(seen["cases"]), "统计恰好数一次"
    assert seen["dead"] == []


def _worker(env: dict[str, str], tmp_path: Path) -> subprocess.Popen[bytes]:
    with (tmp_path / "worker.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "django", "worker", "--lease", LEASE], env=env, stdout=log, stderr=log)


def _drained(env: dict[str, str]) -> dict[str, Any]:
    for _ in range(20):
        seen = step(env, "look")
        if seen["live"] == 0 and seen["pending"] == 0:
            return seen
        time.sleep(0.5)
    pytest.fail(f"没有消化完：{seen['live']} 个作业、{seen['pending']} 个事件")


def test_recovers_by_itself_when_the_database_goes_away(environment: dict[str, str]) -> None:
    step(environment, "fill", "1")
    seen = step(environment, "outage")
    for moment in ("before", "killed", "after"):
        codes = {key: seen[moment][key][0] for key in ("api", "page", "live")}
        assert set(codes.values()) == {200}, (moment, codes)
        assert json.loads(seen[moment]["ready"][1])["checks"]["database"] == "ok"
        assert set(seen[moment].get("codes", [])) <= {200, 503}, "补连接的片刻里最多是“稍后再试”，不是出错"
    down = seen["refusing"]
    assert down["live"][0] == 200, "进程还在，不该被当成死掉重启"
    assert down["ready"][0] == 503
    assert json.loads(down["ready"][1])["checks"]["database"] != "ok"
    assert down["api"][0] == down["page"][0] == 503
    assert json.loads(down["api"][1]) == {"code": "unavailable", "message": "系统正在恢复，请稍后再试。", "fields": {}}
    assert "系统正在恢复，请稍后再试" in down["page"][1]
    for key in ("api", "page"):
        assert "psycopg" not in down[key][1] and "127.0.0.1" not in down[key][1]
