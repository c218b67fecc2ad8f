"""在当前设置的数据库上跑全部场景，结果写成 JSON。由 `benchmarks.__main__` 起独立进程调用。"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

BUDGET = float(os.environ.get("BENCH_SECONDS", "2"))  # 每个场景的秒数
ONLY = os.environ.get("BENCH", "")
CASES = int(os.environ.get("BENCH_CASES", "1000000"))
WARM_UP = 3


class Report:
    """收集一行行结果；达不到目标的加标记。"""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, name: str, value: float, unit: str, *, most: float | None = None, least: float | None = None) -> None:
        target = f"≤ {most:g}" if most is not None else f"≥ {least:g}" if least is not None else ""
        missed = (most is not None and value > most) or (least is not None and value < least)
        text = f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
        self.rows.append({"name": name, "unit": unit, "target": target, "text": f"**{text} 未达**" if missed else text, "value": value})
        print(f"› {name}：{text} {unit}{'（未达）' if missed else ''}", file=sys.stderr, flush=True)

    def p95(self, name: str, action: Callable[[], object], *, most: float | None = None, per: int = 1) -> None:
        """墙钟 95 分位，毫秒。"""
        if ONLY in name:
            self.add(f"{name}，p95", statistics.quantiles(timed(action, time.perf_counter), n=20)[-1] / per, "ms", most=most)

    def cpu(self, name: str, action: Callable[[], object], *, most: float | None = None) -> None:
        """本进程的处理器时间，平均毫秒。"""
        if ONLY in name:
            self.add(f"{name}，CPU", statistics.mean(timed(action, time.process_time)), "ms", most=most)

    def rate(self, name: str, action: Callable[[], object], *, each: int = 1) -> None:
        """单线程每秒次数。"""
        if ONLY in name:
            self.add(name, 1000 * each / statistics.median(timed(action, time.perf_counter)), "次/秒")


def timed(action: Callable[[], object], clock: Callable[[], float], seconds: float = BUDGET) -> list[float]:
    """预热后跑满时间预算（至少 20 次，最多 4 倍预算），返回每次毫秒。"""
    for _ in range(WARM_UP):
        action()
    samples: list[float] = []
    start = time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds or (len(samples) < 20 and spent < 4 * seconds) or len(samples) < 2:
        begin = clock()
        action()
        samples.append((clock() - begin) * 1000)
    return samples


def main() -> int:
    django.setup()
    from benchmarks import booking, gm, hot, large, licences, light, ofd, ratings, world

    scene = world.build()
    report = Report()
    hot.run(report, scene)
    light.run(report, scene)
    gm.run(report)
    ofd.run(report, scene)
    booking.run(report, scene)
    large.run(report, scene, CASES)
    licences.run(report, scene, CASES)
    ratings.run(report, scene, CASES)
    Path(sys.argv[1]).write_text(json.dumps({"cases": CASES, "rows": report.rows}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
