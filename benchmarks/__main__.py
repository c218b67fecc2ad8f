"""`make bench`：在 SQLite 与 PostgreSQL 上各量一遍，输出一张 Markdown 表。

环境变量：
    BENCH_CASES      大表的办件数，默认 1000000；给 10000000 就量一千万件（约需 40 分钟与 30 GB 空间）
    BENCH_DATABASE   PostgreSQL 服务器，默认 postgresql://postgres@127.0.0.1:5432/postgres；基准自建自删独立的库
    BENCH_ENGINES    只跑其中一种，如 sqlite
    BENCH_SECONDS    每个场景的时间预算，默认 2 秒
    BENCH            只跑名字里含有这个词的场景
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SERVER = os.environ.get("BENCH_DATABASE", "postgresql://postgres@127.0.0.1:5432/postgres")
ENGINES = os.environ.get("BENCH_ENGINES", "sqlite,postgresql").split(",")


def main() -> int:
    results: dict[str, dict[str, Any]] = {}
    notes = []
    for engine in ENGINES:
        if engine == "postgresql" and (problem := _unreachable()):
            notes.append(f"没有量 PostgreSQL：{problem}")
            continue
        results[engine] = _measure(engine)
    print(_table(results), *(f"\n{note}" for note in notes), sep="\n")
    return 0 if results else 1


def _measure(engine: str) -> dict[str, Any]:
    """在独立进程与独立的库里量一种数据库，量完删库。"""
    name = f"shilong_bench_{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix="shilong-bench-") as data:
        env = {**os.environ, "SHILONG_DATA": data, "SHILONG_MODE": "demo", "DJANGO_SETTINGS_MODULE": "shilong.config.settings"}
        env.pop("SHILONG_DATABASE", None)
        if engine == "postgresql":
            _admin(f"CREATE DATABASE {name}")
            env["SHILONG_DATABASE"] = f"{SERVER.rsplit('/', 1)[0]}/{name}"
        try:
            out = Path(data) / "result.json"
            subprocess.run([sys.executable, "-m", "benchmarks.engine", str(out)], env=env, check=True)
            return json.loads(out.read_text())
        finally:
            if engine == "postgresql":
                _admin(f"DROP DATABASE {name} WITH (FORCE)")


def _unreachable() -> str:
    import psycopg

    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return str(error).splitlines()[0]
    return ""


def _admin(statement: str) -> None:
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement)


def _table(results: dict[str, dict[str, Any]]) -> str:
    rows: dict[str, tuple[str, str]] = {}
    for measured in results.values():
        rows |= {row["name"]: (row["unit"], row["target"]) for row in measured["rows"]}
    cells = {engine: {row["name"]: row for row in measured["rows"]} for engine, measured in results.items()}
    size = next(iter(results.values()))["cases"] if results else 0
    lines = [
        f"处理器：{_processor()} × {os.cpu_count()}；Python {platform.python_version()}；大表 {size:,} 件\n",
        "| 场景 | 单位 | 目标 | " + " | ".join(results) + " |",
        "| --- | --- | --- | " + " | ".join("---:" for _ in results) + " |",
    ]
    for name, (unit, target) in rows.items():
        values = [cells[engine].get(name, {}).get("text", "—") for engine in results]
        lines.append(f"| {name} | {unit} | {target or '—'} | " + " | ".join(values) + " |")
    return "\n".join(lines)


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
