"""监察与分析页面：谁能打开、看得到多大范围、数字对不对、导出、查询次数。"""

from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from openpyxl import load_workbook

from shilong.foundation.audit.models import AuditEntry
from shilong.foundation.jobs.services import run_pending
from shilong.identity import testing as people
from shilong.identity.roles.actor import Role
from shilong.service.cases.models import Case
from shilong.service.cases.testing import drive

pytestmark = [pytest.mark.django_db, pytest.mark.req("P04", "P02")]
STATS = ("/supervise/", "/supervise/departments/", "/supervise/items/")
WATCH = ("/supervise/cases/", "/supervise/flags/")
EXPORTS = ("/supervise/export.xlsx", "/supervise/departments/export.xlsx", "/supervise/items/export.xlsx")
WATCH_EXPORTS = ("/supervise/cases/export.xlsx", "/supervise/flags/export.xlsx")
AMENDMENTS = ("/supervise/amendments/", "/supervise/amendments/new/", "/supervise/amendments/export.xlsx")


def enter(actor):
    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def sheet(response):
    assert response.status_code == 200
    return [list(row) for row in load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True)]


@pytest.fixture
def cases(world):
    """三件：办结、在办、再次补正（监察标记 R4）。"""
    cache.clear()
    done, running, twice = (world.submit().case_no for _ in range(3))
    drive(done, "accept", "review", "decide")
    drive(running, "accept")
    again = {
        "items": [{"material": "申请表", "problem": "未盖章", "basis": "《行政许可法》第三十一条"}],
        "reason": "首次告知遗漏了盖章要求",
    }
    drive(twice, "supplement", ("resubmit", {"opinion": "已补正"}, world.citizen), ("supplement", again), "approve")
    run_pending()
    return done, running, twice


@pytest.mark.parametrize("path", [*STATS, *WATCH, *EXPORTS, *WATCH_EXPORTS, *AMENDMENTS])
def test_who_can_open(world, cases, path):
    watch_only = path in (*WATCH, *WATCH_EXPORTS)
    for who in (world.bureau, world.leader, world.officer, world.outsider):
        assert enter(who).get(path).status_code == 200
    assert enter(world.clerk).get(path).status_code == (403 if watch_only else 200)
    for who in (world.citizen, people.make_staff(Role.AUDITOR), people.make_staff(Role.SYSADMIN)):
        assert enter(who).get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_overview_numbers_and_scope(world, cases):
    page = enter(world.bureau).get("/supervise/?period=today")
    total = page.context["total"]
    assert (total.submitted, total.accepted, total.finished, total.on_time_rate, total.supplemented) == (3, 2, 1, 100.0, 2)
    assert [name for name, row in page.context["department_rows"]] == ["区scjg局"]
    outside = enter(world.outsider).get("/supervise/?period=today")
    assert outside.context["total"].submitted == 0
    assert "这段时间没有办件" in outside.content.decode()


@pytest.mark.parametrize("query", ["period=week", "period=month", "period=year", "period=custom&since=2020-01-01&until=2020-12-31", ""])
def test_periods(world, cases, query):
    page = enter(world.bureau).get(f"/supervise/?{query}")
    assert page.status_code == 200
    assert page.context["total"].submitted == (0 if "2020" in query else 3)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("period=custom&since=2026-02-30&until=2026-03-01", "这样的日期"),
        ("period=custom&since=&until=2026-03-01", "这样的日期"),
        ("period=custom&since=2026-03-02&until=2026-03-01", "不能晚于"),
        ("period=custom&since=1990-01-01&until=2026-03-01", "最多统计五年"),
    ],
)
def test_bad_periods_get_a_sentence(world, cases, query, words):
    page = enter(world.bureau).get(f"/supervise/?{query}")
    assert page.status_code == 200
    assert words in page.content.decode()


def test_ranking_sorts_and_drills_down(world, cases):
    client = enter(world.bureau)
    page = client.get("/supervise/departments/?sort=on_time").content.decode()
    assert "/supervise/items/?period=year&amp;department=scjg" in page
    item = Case.objects.get(case_no=cases[0]).item_code
    page = client.get("/supervise/items/?department=scjg").content.decode()
    assert f"/supervise/cases/?item={item}" in page
    assert client.get("/supervise/items/?department=wjw").context["rows"] == []
    rows = sheet(client.get("/supervise/items/export.xlsx"))
    assert rows[0][:4] == ["事项", "申请", "受理", "办结"]
    assert rows[1][1:4] == [3, 2, 1]


def test_case_query_combines_conditions(world, cases):
    client, done = enter(world.bureau), Case.objects.get(case_no=cases[0])
    mine = done.dossier
    for query, count in (
        ("", 3),
        (f"case_no={done.case_no}", 1),
        (f"id_no={mine.id_no}", 3),
        (f"id_no={mine.id_no[:17]}", 0),
        (f"mobile={mine.mobile}&state=granted", 1),
        ("name=王建&result=grant", 1),
        ("name=李&result=grant", 0),
        (f"item={done.item_name[:4]}&department=scjg", 3),
        ("department=wjw", 0),
        (f"channel={done.channel}&day=decided_at&since=2000-01-01", 1),
        ("due=late", 0),
        ("due=overdue", 0),
        ("until=2000-01-01", 0),
        ("sort=due", 3),
        ("sort=-decided", 3),
    ):
        assert client.get(f"/supervise/cases/?{query}").context["page"].total == count, query


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=abc", "这样的日期"),
        ("since=2026-02-02&until=2026-01-01", "不能早于"),
        ("state=nothing", ""),
        ("name=%00", ""),
        ("page=-1", ""),
    ],
)
def test_bad_query_values_never_break(world, cases, query, words):
    page = enter(world.bureau).get(f"/supervise/cases/?{query}")
    assert page.status_code == 200
    assert words in page.content.decode()


def test_case_export_is_masked_and_audited(world, cases):
    rows = sheet(enter(world.bureau).get("/supervise/cases/export.xlsx?state=granted"))
    assert [row[0] for row in rows] == ["申请编号", cases[0]]
    assert rows[1][3] == "王*国"
    assert AuditEntry.objects.get(action="case.export").detail["rows"] == 1
    assert len(sheet(enter(world.outsider).get("/supervise/cases/export.xlsx"))) == 1


def test_flags_list_filter_and_scope(world, cases):
    client = enter(world.bureau)
    page = client.get("/supervise/flags/")
    assert [(row.rule, row.case_no) for row in page.context["page"].items] == [("R4", cases[2])]
    assert client.get("/supervise/flags/?rule=R3").context["page"].total == 0
    assert client.get("/supervise/flags/?department=wjw").context["page"].total == 0
    assert enter(world.outsider).get("/supervise/flags/?department=scjg").context["page"].total == 0
    assert sheet(client.get("/supervise/flags/export.xlsx"))[1][1] == "R4"


def test_query_baseline(world, cases, django_assert_max_num_queries):
    client = enter(world.bureau)
    for path, limit in (("/supervise/", 12), ("/supervise/items/", 12), ("/supervise/cases/", 14), ("/supervise/flags/", 14)):
        client.get(path)
        with django_assert_max_num_queries(limit):
            client.get(path)
