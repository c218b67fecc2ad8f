"""`test_reliability` 的另一半：在独立进程里、经生产用的连接池连真 PostgreSQL 做一步，把看到的打印成 JSON。

用法：python -m tests.reliability_script {fill N | same_key | outage | look}
"""

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier
from typing import Any

import django
from django.conf import settings

# 页面要能渲染而不必先收集静态资源；口令散列换快的，这里不测它。
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()

import psycopg  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Sum  # noqa: E402
from django.test import Client  # noqa: E402

from shilong.foundation.calendar import services as calendars  # noqa: E402
from shilong.foundation.events.models import Event  # noqa: E402
from shilong.foundation.files import services as files  # noqa: E402
from shilong.foundation.jobs.models import Job  # noqa: E402
from shilong.foundation.notify.models import Message  # noqa: E402
from shilong.identity import testing as people  # noqa: E402
from shilong.identity.accounts import selectors as account_selectors  # noqa: E402
from shilong.identity.accounts import services as accounts  # noqa: E402
from shilong.identity.accounts.models import Account  # noqa: E402
from shilong.identity.roles.actor import Actor, Role  # noqa: E402
from shilong.service.cases.models import Case, CaseEvent, CaseMaterial  # noqa: E402
from shilong.service.cases.testing import sample_form, submit_case  # noqa: E402
from shilong.service.catalog import rules as catalog_rules  # noqa: E402
from shilong.service.catalog import selectors as catalog  # noqa: E402
from shilong.service.catalog.models import Item  # noqa: E402
from shilong.service.catalog.testing import make_item  # noqa: E402
from shilong.service.forms import defaults  # noqa: E402
from shilong.service.forms import services as forms  # noqa: E402
from shilong.service.insight.models import DailyStat  # noqa: E402

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
CITIZEN = "citizen-reliable"
AT_ONCE = 8


def world() -> tuple[Actor, str, str]:
    """（群众、事项编码、他上传的文件）；库里已有就沿用。"""
    account = Account.objects.filter(username=CITIZEN).first()
    if account is None:
        calendars.seed(2025, 2028)
        people.make_staff(Role.OFFICER, department="scjg")  # 顺带建部门
        citizen = people.make_citizen("王建国", username=CITIZEN)
        view = make_item(8, department="scjg")
        forms.install(view.form_code, "标准申请表", defaults.standard_form(view.type, view.server_types))
        code = view.code
    else:
        citizen, code = account_selectors.actor_for(account.pk), Item.objects.values_list("code", flat=True)[0]
    return citizen, code, str(files.store(BytesIO(PDF), "材料.pdf", owner_id=citizen.account_id).id)


def token() -> dict[str, str]:
    return {"Authorization": f"Bearer {accounts.issue_token(CITIZEN, people.PASSWORD, '127.0.0.1')[0]}"}


def fill(count: str) -> dict[str, Any]:
    """由引擎提交若干件。"""
    citizen, code, file_id = world()
    form = sample_form(code)
    for _ in range(int(count)):
        submit_case(code, actor=citizen, file_ids=[file_id], form=form)
    return look()


def look() -> dict[str, Any]:
    """事件消化到哪里了，各消费者留下了什么。"""
    submitted = CaseEvent.objects.filter(action="submit").values_list("case__case_no", flat=True)
    told = list(Message.objects.filter(template="case_submitted").values_list("subject_no", flat=True))
    return {
        "cases": sorted(submitted),
        "told": sorted(told),
        "counted": DailyStat.objects.aggregate(n=Sum("submitted"))["n"] or 0,
        "pending": Event.objects.filter(dispatched_at=None).count(),
        "live": Job.objects.filter(name__startswith="event:").exclude(state="dead").count(),
        "dead": list(Job.objects.filter(state="dead").values_list("name", flat=True)),
    }


def same_key() -> dict[str, Any]:
    """同一个 Idempotency-Key 同时发几次。"""
    _citizen, code, file_id = world()
    needed = catalog_rules.trim(catalog.item(code), {}).materials
    materials = [{"code": m.code, "file_ids": [file_id]} for m in needed if m.need in ("1", "3") and not m.generated]
    body = json.dumps({"item_code": code, "form": sample_form(code), "materials": materials})
    headers = {**token(), "Idempotency-Key": f"k-{time.time_ns()}"}
    before, gate = Case.objects.count(), Barrier(AT_ONCE)

    def post(_index: int) -> tuple[int, str]:
        gate.wait()
        try:
            response = Client(raise_request_exception=False).post("/api/v1/cases", body, content_type="application/json", headers=headers)
            return response.status_code, response.json().get("case_no") or response.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(post, range(AT_ONCE)))
    made = Case.objects.filter(idempotency_key=headers["Idempotency-Key"])
    return {
        "answers": answers,
        "made": Case.objects.count() - before,
        "events": CaseEvent.objects.filter(case__in=made).count(),
        "materials": sorted(CaseMaterial.objects.filter(case__in=made, provided_at__isnull=False).values_list("code", flat=True)),
        "wanted": sorted(m.code for m in needed if m.generated or m.need in ("1", "3")),
    }


def outage() -> dict[str, Any]:
    """连接被杀、数据库拒绝连接、恢复，各看一次接口、页面与就绪检查。"""
    citizen, *_ = world()
    headers = token()
    page = Client(raise_request_exception=False)
    page.force_login(Account.objects.get(pk=citizen.account_id))
    name = connection.settings_dict["NAME"]
    server = os.environ["SHILONG_DATABASE"].rsplit("/", 1)[0]
    case_no = Case.objects.values_list("case_no", flat=True).first()

    def ask() -> dict[str, Any]:
        """走 WSGI 请求的收尾，连接归还连接池。"""
        answers = {}
        for key, call in calls.items():
            response = call()
            answers[key] = [response.status_code, response.content.decode()]
            connection.close()
        return answers

    def settled() -> dict[str, Any]:
        """问到正常为止（最多 20 秒）；连接池补连接要一会儿。途中见过的状态码记在 `codes`。"""
        codes, end = set(), time.monotonic() + 20
        while True:
            answers = ask()
            codes |= {status for status, _ in answers.values()}
            if (answers["api"][0], answers["page"][0]) == (200, 200) or time.monotonic() > end:
                return {**answers, "codes": sorted(codes)}
            time.sleep(0.2)

    probe = Client(raise_request_exception=False)  # 探针不带会话
    calls: dict[str, Callable[[], Any]] = {
        "api": lambda: page.get(f"/api/v1/cases/{case_no}", headers=headers),
        "page": lambda: page.get("/me/cases/"),
        "ready": lambda: probe.get("/readyz"),
        "live": lambda: probe.get("/healthz"),
    }
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:

        def kill() -> None:
            # 等到真的断了再往下走，否则健康检查还能问通
            admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])

        seen = {"before": ask()}
        kill()
        seen["killed"] = settled()
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            kill()
            seen["refusing"] = ask()
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        seen["after"] = settled()
    return seen


if __name__ == "__main__":
    cache.clear()
    step = {"fill": fill, "look": look, "same_key": same_key, "outage": outage}[sys.argv[1]]
    print(json.dumps(step(*sys.argv[2:]), ensure_ascii=False))
    connection.close()
