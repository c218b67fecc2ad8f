"""百万件办件时的列表、查询、统计页：灌真实形状的行，量整页耗时的 95 分位。

`python -m benchmarks.volume [件数]`，默认 100 万，只用 PostgreSQL（SHILONG_BENCH_DATABASE，默认本机）；库名独立，结束删除。
"""

import json
import os
import statistics
import sys
import tempfile
import time

import psycopg

SERVER = os.environ.get("SHILONG_BENCH_DATABASE", "postgresql://postgres@127.0.0.1:5432")
NAME = f"shilong_bench_{os.getpid()}"
ROUNDS = 40
# 九成六已归档，其余散在各在办状态：和跑了几年的区县一样。
STATES = ["archived"] * 96 + ["submitted", "received", "reviewing", "granted"]
COLUMNS = ["state", "item_code", "item_name", "item_type", "department", "department_name", "project_type", "channel"]


def main(rows: int) -> None:
    """建库、灌数、量、删库。"""
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {NAME}")
    try:
        with tempfile.TemporaryDirectory(prefix="shilong-bench-") as data:
            os.environ |= {
                "SHILONG_DATA": data,
                "SHILONG_DATABASE": f"{SERVER}/{NAME}",
                "DJANGO_SETTINGS_MODULE": "shilong.config.settings",
            }
            _measure(rows)
    finally:
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def _measure(rows: int) -> None:
    import django

    django.setup()
    from shilong.config import prepare

    os.environ["SHILONG_DEMO_CASES"] = "0"
    prepare.everything(lambda text: print(f"› {text}", file=sys.stderr), demo=True)
    _fill(rows)
    print(f"| 页面（{rows:,} 件，PostgreSQL） | 中位数 ms | 95 分位 ms |\n| --- | ---: | ---: |")
    for name, address, username in (
        ("窗口：待办列表", "/window/", "demo-window"),
        ("窗口：已提交页签", "/window/?state=submitted", "demo-window"),
        ("窗口：按姓名查询", "/window/search/?q=%E7%94%B3%E8%AF%B7%E4%BA%BA777", "demo-window"),
        ("审批：待办三栏", "/office/", "demo-officer"),
        ("监察：统计概览", "/supervise/", "demo-leader"),
        ("监察：办件查询（默认）", "/supervise/cases/", "demo-leader"),
        ("监察：按部门与状态查询", "/supervise/cases/?department=scjg&state=archived", "demo-leader"),
        ("门户：办件公示", "/publicity/", ""),
        ("群众：我的办件", "/me/cases/", "demo-citizen"),
    ):
        print(f"| {name} | {' | '.join(f'{value:.1f}' for value in _page(address, username))} |", flush=True)


def _page(address: str, username: str) -> tuple[float, float]:
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    if username:
        account = get_user_model().objects.get(username=username)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    samples = []
    for index in range(ROUNDS + 3):
        start = time.perf_counter()
        response = client.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address} 返回 {response.status_code}")
        if index >= 3:
            samples.append((time.perf_counter() - start) * 1000)
    return statistics.median(samples), statistics.quantiles(samples, n=20)[-1]


def _fill(rows: int) -> None:
    """办件行用 SQL 生成；统计汇总按三年 × 部门 × 事项 × 渠道灌满。"""
    from django.contrib.auth import get_user_model
    from django.db import connection

    from shilong.service.catalog import selectors

    items = [selectors.item(row.code) for row in selectors.published(size=100).items]
    citizen = get_user_model().objects.get(username="demo-citizen").pk
    table = [(i.code, i.name, i.type, i.department, i.department_name, i.project_type, i.form_code) for i in items]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE bench_item (n serial, code text, name text, type text, dept text, dept_name text, project text, form text)"
        )
        cursor.executemany("INSERT INTO bench_item (code,name,type,dept,dept_name,project,form) VALUES (%s,%s,%s,%s,%s,%s,%s)", table)
        cursor.execute("SELECT column_name, is_nullable, data_type FROM information_schema.columns WHERE table_name = 'cases_case'")
        known = {name: (nullable, kind) for name, nullable, kind in cursor.fetchall()}
        values = _values(citizen)
        for name, (nullable, kind) in known.items():
            if name not in values and name != "id" and nullable == "NO":
                values[name] = {"boolean": "false", "jsonb": "'{}'::jsonb"}.get(kind, "0" if "int" in kind else "''")
        names = ", ".join(values)
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(
            f"INSERT INTO cases_case ({names}) SELECT {', '.join(values.values())} FROM generate_series(1, %s) g "
            f"JOIN bench_item i ON i.n = 1 + g %% {len(table)}",
            [rows],
        )
        cursor.execute(
            "INSERT INTO cases_dossier (case_id, query_code, form, situation, id_type, id_no, mobile, legal_name, address, agent) "
            "SELECT id, '000000', '{}', '{}'::jsonb, '111', '410404190001010010', '', '', '', '' FROM cases_case WHERE state <> 'archived'"
        )
        cursor.execute(
            "INSERT INTO insight_dailystat (day, department, item_code, channel, submitted, accepted, rejected, supplemented, withdrawn, "
            "granted, denied, terminated, delivered, instant, in_promise, over_promise, over_legal, used_days, promised_days) "
            "SELECT current_date - d, i.dept, i.code, c::text, 3,3,0,0,0,3,0,0,3,1,3,0,0,6,15 "
            "FROM generate_series(0, 1095) d, bench_item i, generate_series(1, 3) c ON CONFLICT DO NOTHING"
        )
        cursor.execute("ANALYZE")


def _values(citizen: int) -> dict[str, str]:
    states = "(ARRAY[" + ",".join(f"'{state}'" for state in STATES) + "])[1 + (g * 7) %% 100]"
    at = "now() - (g %% 1095) * interval '1 day' - (g %% 86400) * interval '1 second'"
    return {
        "case_no": "'B' || lpad(g::text, 21, '0')",
        "state": states,
        "version": "7",
        "item_code": "i.code",
        "item_version": "1",
        "item_name": "i.name",
        "item_type": "i.type",
        "form_code": "i.form",
        "project_type": "i.project",
        "department": "i.dept",
        "department_name": "i.dept_name",
        "channel": "(1 + g %% 3)::text",
        "account_id": f"CASE WHEN g %% 5000 = 0 THEN {citizen} ELSE 1000000 + g %% 200000 END",
        "submitted_by": "1000000 + g %% 200000",
        "submitter_name": "'申请人'",
        "applicant_kind": "'1'",
        "applicant_name": "'申请人' || (g %% 200000)",
        "id_index": "md5((g %% 200000)::text) || md5('x')",
        "submitted_at": at,
        "accepted_at": at,
        "decided_at": f"CASE WHEN {states} IN ('archived', 'granted') THEN {at} + interval '3 days' END",
        "finished_at": f"CASE WHEN {states} = 'archived' THEN {at} + interval '4 days' END",
        "result": f"CASE WHEN {states} IN ('archived', 'granted') THEN 'grant' ELSE '' END",
        "due_at": f"CASE WHEN {states} <> 'archived' THEN now() + (g %% 10) * interval '1 day' END",
        "policy": f"'{json.dumps({'promise': [5, '1'], 'legal': [20, '1']})}'::jsonb",
        "plan": "'{}'::jsonb",
    }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
