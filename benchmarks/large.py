"""大表：直接灌入符合真实分布的办件、任务与日统计，再量列表、查询、统计页。

分布：三年均匀提交；0.5% 在办（其中八成已受理）；事项热门程度按 1/名次；九成自然人。
行以一次真实提交的行为底，只改会变的列，因此宽度与索引和真实数据一致。
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain, islice
from typing import Any

from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone

from benchmarks.engine import ONLY, Report
from benchmarks.light import opened
from benchmarks.world import Scene
from shilong.identity.accounts.models import Account
from shilong.identity.roles.actor import Actor
from shilong.service.cases.models import Case, Task
from shilong.service.catalog import selectors as catalog
from shilong.service.insight.models import DailyStat

SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文"
BATCH = 5000
OPEN_SHARE = 0.005  # 与下面的办理用时相称：每天进的件 × 平均办 4–5 天
DAYS = 1095


def run(report: Report, scene: Scene, size: int) -> None:
    if not any(ONLY in name for name, *_ in _scenes(scene)):
        return
    start = time.perf_counter()
    load(size)
    print(f"› 灌入 {size:,} 件用 {time.perf_counter() - start:.0f} 秒", file=sys.stderr, flush=True)
    limit = 100 if size <= 1_000_000 else 200
    for name, actor, path in _scenes(scene):
        client = Client()
        client.force_login(Account.objects.get(pk=actor.account_id))
        report.p95(name, lambda client=client, path=path: opened(client, path), most=limit)


def _scenes(scene: Scene) -> list[tuple[str, Actor, str]]:
    name = catalog.item(scene.item_code).name
    return [
        ("窗口工作台页", scene.clerk, "/window/"),
        ("部门待办页", scene.officer, "/office/"),
        ("待办接口（窗口）", scene.clerk, "/api/v1/worklist"),
        ("待办接口（部门）", scene.officer, "/api/v1/worklist"),
        ("部门看本部门已办结", scene.officer, "/api/v1/worklist?state=finished&sort=-submitted"),
        ("监察查询页（不给条件）", scene.bureau, "/supervise/cases/"),
        ("监察查询页（姓名开头）", scene.bureau, "/supervise/cases/?name=王伟"),
        ("监察查询页（部门＋日期）", scene.bureau, "/supervise/cases/?department=scjg&since=2026-03-01&until=2026-03-31"),
        ("监察查询页（事项名）", scene.bureau, f"/supervise/cases/?item={name[:6]}"),
        ("监察查询页（部门人员）", scene.officer, "/supervise/cases/"),
        ("统计概览页（一年）", scene.bureau, "/supervise/?since=2026-01-01&until=2026-11-24"),
        ("部门排行页", scene.bureau, "/supervise/departments/"),
        ("事项排行页", scene.bureau, "/supervise/items/"),
        ("我的办件页", scene.citizen, "/me/cases/"),
        ("办件公示页", scene.citizen, "/publicity/"),
    ]


def load(size: int) -> None:
    """灌入；索引先删后建比边插边维护快得多。库是基准自己的，用完整个删掉。"""
    template = Case.objects.order_by("-pk").first()
    first = (template.pk if template else 0) + 1
    dice = random.Random(7)
    _pour(Case, _cases(template, first, size, dice))
    _tasks(first)
    _pour(DailyStat, _stats(dice))
    if connection.vendor == "postgresql":  # 生产上由 autovacuum 做；SQLite 部署里没有人做 ANALYZE，这里也不做
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _raw(row: models.Model) -> dict[str, Any]:
    return {f.column: f.get_db_prep_save(getattr(row, f.attname), connection) for f in row._meta.concrete_fields}


def _moment(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if value else None


def _cases(template: Case, first: int, size: int, dice: random.Random) -> Iterator[dict[str, Any]]:
    base, now = _raw(template), timezone.now()
    base["plan"] = base["policy"] = None
    items = list(catalog.published(size=100))
    weights = [1 / rank for rank in range(1, len(items) + 1)]
    picks = dice.choices(items, weights, k=size)
    raw = _raw(template)
    plan, policy = _text(raw["plan"]), _text(raw["policy"])
    for n in range(size):
        item = picks[n]
        open_ = n >= size * (1 - OPEN_SHARE)
        at = (
            now - timedelta(days=DAYS * (1 - n / size), seconds=dice.random() * 3600)
            if not open_
            else now - timedelta(days=dice.random() * 20)
        )
        state = dice.choices(("submitted", "received", "supplementing", "reviewing"), (10, 8, 2, 80))[0] if open_ else "archived"
        if not open_ and dice.random() < 0.05:
            state = dice.choice(("rejected", "withdrawn"))
        decided = at + timedelta(days=dice.random() * 8) if state == "archived" else None
        due = at + timedelta(days=dice.uniform(3, 25)) if open_ else None
        yield base | {
            "id": first + n,
            "case_no": f"4104042{first + n:015d}",
            "state": state,
            "version": 6 if decided else 2,
            "item_code": item.code,
            "item_name": item.name,
            "department": item.department,
            "department_name": item.department_name,
            "project_type": item.project_type,
            "plan": plan,
            "policy": policy,
            "channel": dice.choice("1223"),
            "account_id": 10_000 + dice.randrange(max(1, size // 5)),
            "submitted_by": 10_000 + n % 50_000,
            "applicant_kind": "1" if dice.random() < 0.9 else "2",
            "applicant_name": dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=2)),
            "id_index": f"{dice.getrandbits(256):064x}",
            "mobile_index": f"{dice.getrandbits(256):064x}",
            "digest": f"{dice.getrandbits(256):064x}",
            "submitted_at": _moment(at),
            "accepted_at": _moment(at if state in ("archived", "reviewing") else None),
            "decided_at": _moment(decided),
            "finished_at": _moment(decided or (None if open_ else at)),
            "result": "grant" if decided else "",
            "due_at": _moment(due),
            "notice_due": _moment(due if state in ("submitted", "received") else None),
            "promise_due": _moment(due),
            "legal_due": _moment(due),
            "idempotency_key": "",
        }


def _text(value: Any) -> str:
    """JSON 列的原文：psycopg 的包装对象取出里面的值。"""
    return value if isinstance(value, str) else json.dumps(getattr(value, "obj", value), ensure_ascii=False)


def _tasks(first: int) -> None:
    """每件受理过的办件一条审查任务；在库里直接从办件表生成。"""
    blank = Task(case_id=first, stage="review", key="r1", name="业务审查", role="officer", opened_at=timezone.now())
    done = "CASE WHEN state = 'archived' THEN {} ELSE {} END"
    taken = {
        "case_id": "id",
        "department": "department",
        "status": done.format("'done'", "'open'"),
        "result": done.format("'agree'", "''"),
        "opened_at": "accepted_at",
        "done_at": done.format("decided_at", "NULL"),
        "due_at": "due_at",
    }
    fixed = {column: value for column, value in _raw(blank).items() if column not in {*taken, "id"}}
    columns = ", ".join(f'"{column}"' for column in (*taken, *fixed))
    chosen = ", ".join([*taken.values(), *("%s" for _ in fixed)])
    cases = Case._meta.db_table
    with _without_indexes(Task), connection.cursor() as cursor:
        insert = f"INSERT INTO {Task._meta.db_table} ({columns}) SELECT {chosen} FROM {cases} WHERE id >= %s AND accepted_at IS NOT NULL"
        cursor.execute(insert, [*fixed.values(), first])
        other = _other_department()
        cursor.execute(
            insert.replace("SELECT id, department", f"SELECT id, {other}") + f" AND id %% 10 = 0 AND department <> {other}",
            [*({**fixed, "outside": True}).values(), first],
        )


def _other_department() -> str:
    """每十件有一件请另一个部门并行审查，各部门轮流。"""
    keys = sorted({item.department for item in catalog.published(size=100)})
    return f"(CASE (id / 10) %% {len(keys)} " + " ".join(f"WHEN {n} THEN '{key}'" for n, key in enumerate(keys)) + " END)"


def _stats(dice: random.Random) -> Iterator[dict[str, Any]]:
    columns = {f.column: f.get_default() for f in DailyStat._meta.concrete_fields if not f.primary_key}
    today = timezone.localdate()
    for item in catalog.published(size=100):
        for back in range(1, DAYS):  # 当天的格前面的场景已经写过
            for channel in "123":
                n = dice.randrange(1, 30)
                day = today - timedelta(days=back)
                yield columns | {
                    "day": str(day),
                    "department": item.department,
                    "item_code": item.code,
                    "channel": channel,
                    **dict.fromkeys(("submitted", "accepted", "granted", "delivered", "in_promise", "used_days"), n),
                    "promised_days": n * 3,
                }


@contextmanager
def _without_indexes(model: type[models.Model]) -> Iterator[None]:
    with connection.schema_editor(atomic=False) as editor:
        for index in model._meta.indexes:
            editor.remove_index(model, index)
    yield
    with connection.schema_editor(atomic=False) as editor:
        for index in model._meta.indexes:
            editor.add_index(model, index)


def _pour(model: type[models.Model], rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    names = ", ".join(f'"{column}"' for column in first)
    table = model._meta.db_table
    with _without_indexes(model):
        if connection.vendor == "sqlite":
            _pour_sqlite(table, names, first, rows)
            return
        with connection.cursor() as cursor:
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                copy.write_row(list(first.values()))
                for row in rows:
                    copy.write_row(list(row.values()))
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def _pour_sqlite(table: str, names: str, first: dict[str, Any], rows: Iterator[dict[str, Any]]) -> None:
    statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' for _ in first)})"
    everything = chain([first], rows)
    connection.ensure_connection()
    while batch := [tuple(row.values()) for row in islice(everything, BATCH * 10)]:
        with transaction.atomic():
            connection.connection.executemany(statement, batch)
