"""真的启动一次：建库、网页与作业进程、端口占用、从容停下。"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 120


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SHILONG_")}
    return kept | {"SHILONG_DATA": str(data), "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """演示数据另有测试；这里标成已装，只看进程。"""
    folder = tmp_path_factory.mktemp("serve")
    (folder / ".demo-installed").touch()
    return folder


@pytest.fixture
def server(data) -> Iterator[tuple[subprocess.Popen, int]]:
    if not (ROOT / "src/shilong/web/static/build/site.css").exists():
        pytest.skip("前端还没有打包")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (data / "log.txt").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "shilong", "serve", "--port", str(port)], env=environment(data), stdout=log, stderr=subprocess.STDOUT
    )
    try:
        wait_until_up(process, port, data / "log.txt")
        yield process, port
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def wait_until_up(process: subprocess.Popen, port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"没有启动起来：\n{log.read_text()}")


@pytest.mark.req("P27")
def test_serves_pages_and_static_files_then_stops_cleanly(server, data):
    process, port = server
    site = f"http://127.0.0.1:{port}"
    page = httpx.get(f"{site}/", timeout=30, trust_env=False).text
    assert "石龙区政务服务网" in page
    styles = next(part.split('"')[0] for part in page.split('href="') if part.startswith("/static/build/site."))
    assert httpx.get(site + styles, trust_env=False).status_code == 200
    assert oct((data / "keys.json").stat().st_mode & 0o777) == "0o600"
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{site}/healthz", timeout=2, trust_env=False)


def test_second_start_skips_what_is_done_and_names_a_busy_port(server, data):
    _process, port = server
    assert "收集静态资源" not in (data / "log.txt").read_text()
    again = subprocess.run(
        [sys.executable, "-m", "shilong", "serve", "--port", str(port)], env=environment(data), capture_output=True, text=True, timeout=60
    )
    assert again.returncode == 1
    assert f"端口 {port} 已被占用" in again.stderr
    assert "Traceback" not in again.stderr


def test_unreachable_database_is_one_sentence(data):
    env = environment(data) | {"SHILONG_DATABASE": "postgresql://nobody@127.0.0.1:9/none"}
    failed = subprocess.run([sys.executable, "-m", "shilong", "prepare"], env=env, capture_output=True, text=True, timeout=60)
    assert failed.returncode == 1
    assert "连不上 PostgreSQL（127.0.0.1:9/none）" in failed.stderr
    assert "Traceback" not in failed.stderr
