"""热路径：提交、动作、作业、认人。"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import close_old_connections, connection, models, transaction
from django.test import Client, RequestFactory

from benchmarks.engine import BUDGET, ONLY, Report
from benchmarks.world import Scene
from shilong.foundation.jobs.registry import job
from shilong.foundation.jobs.services import run_pending
from shilong.identity.accounts import selectors as accounts
from shilong.service.cases import services
from shilong.service.cases.models import Case

AT_ONCE = 16


@job("bench.nothing")
def nothing(_number: int) -> None:
    """什么也不做，只量队列本身。"""


def run(report: Report, scene: Scene) -> None:
    submit_cpu(report, scene)
    throughput(report, scene)
    actions(report, scene)
    request = RequestFactory().get("/", headers=scene.bearer)
    report.cpu("认人 actor_of（令牌）", lambda: accounts.actor_of(request))
    jobs(report)


def post(scene: Scene, client: Client) -> None:
    response = client.post("/api/v1/cases", scene.body, content_type="application/json", headers=scene.bearer)
    if response.status_code != 201:
        raise RuntimeError(f"提交返回 {response.status_code}：{response.content.decode()[:300]}")


def submit_cpu(report: Report, scene: Scene) -> None:
    client = Client()
    report.cpu("HTTP 提交一件（校验、5 份材料、快照、事件、审计、回执入队）", lambda: post(scene, client), most=15)


def throughput(report: Report, scene: Scene) -> None:
    """16 个线程同时提交；对照组在一个事务里写同样的表、同样的行，没有 HTTP、校验与业务规则。

    目标对照的是逐行 `save()`（拿 ORM 直接写的样子）；再给出整批 `bulk_create` 的数，那是 ORM 写这些行的极限。
    """
    name = f"HTTP 提交，{AT_ONCE} 并发"
    if ONLY not in name:
        return
    local = threading.local()

    def submit() -> None:
        local.client = getattr(local, "client", None) or Client()
        post(scene, local.client)

    rows = written_rows(scene)
    full = _together(submit)
    plain = _together(lambda: rewrite(rows, one_by_one))
    batch = _together(lambda: rewrite(rows, in_bulk))
    report.add(f"{name}吞吐", full, "件/秒")
    report.add(f"裸 ORM 逐行写同样的行，{AT_ONCE} 并发吞吐", plain, "件/秒")
    report.add(f"裸 ORM 整批写同样的行，{AT_ONCE} 并发吞吐", batch, "件/秒")
    report.add(f"{name}吞吐 ÷ 裸 ORM 逐行", 100 * full / plain, "%", least=60)
    report.add(f"{name}吞吐 ÷ 裸 ORM 整批", 100 * full / batch, "%")


def _together(action: Callable[[], None]) -> float:
    """每秒做成几次。"""
    connection.close()  # 主线程的连接还给连接池：池的上限正好是并发数
    end = time.perf_counter() + 3 * BUDGET

    def run(_index: int) -> int:
        done = 0
        while time.perf_counter() < end:
            action()
            done += 1
        close_old_connections()
        connection.close()
        return done

    start = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = sum(pool.map(run, range(AT_ONCE)))
    return done / (time.perf_counter() - start)


Rows = list[tuple[type[models.Model], list[models.Model]]]
_serial = count(1)


def written_rows(scene: Scene) -> Rows:
    """一次真实提交写下的行，按表归拢，办件在最前。"""
    tables: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT INTO") and "ON CONFLICT" not in sql:  # 取号的计数行不是业务行
            tables.extend([sql.split('"')[1]] * max(1, sql.partition(" VALUES ")[2].count("), (") + 1))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        post(scene, Client())
    by_table = {model._meta.db_table: model for model in apps.get_models()}
    written = [by_table[table] for table in dict.fromkeys(tables) if table in by_table]
    written.sort(key=lambda model: model is not Case)
    return [(model, list(model._default_manager.order_by("-pk")[: tables.count(model._meta.db_table)])) for model in written]


def rewrite(rows: Rows, write: Callable[[list[models.Model]], None]) -> None:
    """把同样的行再写一份。"""
    with transaction.atomic():
        case: Case | None = None
        for model, originals in rows:
            copies = [_copy(model, row, case, next(_serial)) for row in originals]
            write(copies)
            case = copies[0] if isinstance(copies[0], Case) else case


def one_by_one(rows: list[models.Model]) -> None:
    for row in rows:
        models.Model.save(row, force_insert=True)


def in_bulk(rows: list[models.Model]) -> None:
    type(rows[0])._default_manager.bulk_create(rows)


def _copy(model: type[models.Model], row: models.Model, case: Case | None, number: int) -> models.Model:
    values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields if not field.primary_key}
    copy = model(**values)
    for field in model._meta.concrete_fields:
        if field.is_relation and field.related_model is Case:
            setattr(copy, field.attname, case.pk if case else None)
        elif field.primary_key:
            continue
        elif field.unique and isinstance(field, models.IntegerField):
            setattr(copy, field.attname, None)
        elif field.unique or field.name in ("key", "dedupe_key"):
            setattr(copy, field.attname, uuid4() if isinstance(field, models.UUIDField) else f"b{number}{uuid4().hex}"[: field.max_length])
        elif field.name == "idempotency_key":
            setattr(copy, field.attname, "")
    return copy


def actions(report: Report, scene: Scene) -> None:
    """收件、受理交替做；提交不计入。"""
    name = "办件动作 act()"
    if ONLY not in name:
        return
    command = scene.payload()
    samples: list[float] = []
    end = time.perf_counter() + 3 * BUDGET
    while time.perf_counter() < end or len(samples) < 20:
        materials = [services.MaterialInput(row["code"], row["file_ids"]) for row in command["materials"]]
        view = services.submit(services.SubmitCommand(command["item_code"], command["form"], materials), actor=scene.citizen)
        for version, action in enumerate(("receive", "accept"), 1):
            begin = time.process_time()
            services.act(view.case_no, action, actor=scene.clerk, expected_version=version, payload={})
            samples.append((time.process_time() - begin) * 1000)
    report.add(f"{name}，CPU", sum(samples) / len(samples), "ms", most=4 if connection.vendor == "postgresql" else None)


def jobs(report: Report) -> None:
    name = "作业吞吐（入队与执行空作业，单工作线程）"
    if ONLY not in name:
        return
    run_pending()
    size = 500
    start = time.perf_counter()
    with transaction.atomic():
        for number in range(size):
            nothing.enqueue(number)
    run_pending()
    report.add(name, size / (time.perf_counter() - start), "个/秒")
