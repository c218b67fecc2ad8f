"""`make bench [BENCH=文书]`：每个场景跑满时间预算，报中位数、95 分位与单线程每秒次数。"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

BUDGET = 2.0  # 每个场景的秒数
WARM_UP = 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="性能基准，输出 Markdown 表")
    parser.add_argument("only", nargs="?", default=os.environ.get("BENCH", ""), help="只跑名字里含有这个词的场景")
    parser.add_argument("--seconds", type=float, default=BUDGET, help="每个场景跑几秒，默认 2")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shilong-bench-") as data:
        os.environ["SHILONG_DATA"] = data
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shilong.config.settings")
        prepare()
        report(measure(name, action, args.seconds) for name, action in scenarios() if args.only in name)
    return 0


def prepare() -> None:
    import django

    django.setup()
    from shilong.config import prepare as steps

    steps.everything(lambda text: print(f"› {text}", file=sys.stderr), demo=True)


def scenarios() -> Iterator[tuple[str, Callable[[], object]]]:
    """（名称，动作）。页面经由完整的中间件与模板，不含网络。"""
    from django.test import Client

    client = Client()
    for name, address in pages(client):
        yield name, lambda address=address: expect_ok(client.get(address))
    yield from documents()
    yield from cryptography()


def pages(client) -> Iterator[tuple[str, str]]:
    """匿名能打开的页面与接口；办事指南取目录里的第一项。"""
    yield "接口：存活检查", "/healthz"
    yield "接口：事项列表", "/api/v1/items"
    first = client.get("/api/v1/items").json()["results"][0]["code"]
    yield "接口：办事指南", f"/api/v1/items/{first}"
    yield "页面：门户首页", "/"
    yield "页面：事项列表", "/items/"
    yield "页面：事项搜索", "/items/?q=餐馆"
    yield "页面：办事指南", f"/items/{first}/"
    yield "页面：办件公示", "/publicity/"


def documents() -> Iterator[tuple[str, Callable[[], object]]]:
    from datetime import UTC, datetime

    from shilong.foundation.documents import rules, typesetting

    at = datetime(2026, 11, 24, tzinfo=UTC)
    facts = {
        "number": "石龙〔2026〕第000001号",
        "issuer": "平顶山市石龙区某局",
        "subject": "1",
        "issued_on": "2026年11月24日",
        "law": "",
        "permit": "1",
        "remedy": rules.remedy(),
        "verify_code": "A" * 16,
        "verify_url": "http://127.0.0.1/verify/A/",
        "materials": [{"name": f"材料{n}"} for n in range(10)],
        "items": [],
        "events": [],
    }
    for kind in ("acceptance", "deny", "register"):
        title = rules.KINDS[kind].name
        yield f"文书：{title}", lambda kind=kind, title=title: typesetting.compile_pdf(kind, {**facts, "title": title}, at=at)


def cryptography() -> Iterator[tuple[str, Callable[[], object]]]:
    from shilong.foundation.gm import secretbox, sm3

    block, form = os.urandom(1 << 20), os.urandom(2048)
    yield "国密：SM3 一兆字节", lambda: sm3(block)
    yield "国密：SM4-GCM 加解密一张表单（2 KB）", lambda: secretbox.open_(secretbox.seal(form))


def expect_ok(response) -> None:
    if response.status_code != 200:
        raise RuntimeError(f"{response.request['PATH_INFO']} 返回 {response.status_code}，量出来的数没有意义")


def measure(name: str, action: Callable[[], object], seconds: float) -> tuple[str, list[float]]:
    for _ in range(WARM_UP):
        action()
    samples, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(samples) < 5:
        with stopwatch(samples):
            action()
    return name, samples


@contextmanager
def stopwatch(samples: list[float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    samples.append((time.perf_counter() - start) * 1000)


def report(results: Iterator[tuple[str, list[float]]]) -> None:
    model = next((line.split(":")[1].strip() for line in cpu_info() if line.startswith("model name")), platform.machine())
    print(f"处理器：{model} × {os.cpu_count()}；Python {platform.python_version()}；SQLite\n")
    print("| 场景 | 次数 | 中位数 ms | 95 分位 ms | 单线程次/秒 |\n| --- | ---: | ---: | ---: | ---: |")
    for name, samples in results:
        p95 = statistics.quantiles(samples, n=20)[-1]
        rate = 1000 * len(samples) / sum(samples)
        print(f"| {name} | {len(samples)} | {statistics.median(samples):.2f} | {p95:.2f} | {rate:.0f} |", flush=True)


def cpu_info() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


if __name__ == "__main__":
    sys.exit(main())
