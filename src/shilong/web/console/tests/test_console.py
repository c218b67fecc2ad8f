"""系统管理：三员分立落到每一个页面与动作——换一个人不行；主路径真的改了东西。"""

import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from shilong.foundation.adapters import selectors as adapters
from shilong.foundation.audit import services as audit
from shilong.foundation.calendar import files
from shilong.foundation.calendar import selectors as calendar
from shilong.foundation.calendar import services as calendar_services
from shilong.foundation.codes import services as codes
from shilong.foundation.jobs.models import Job, JobState
from shilong.foundation.numbering import services as numbering
from shilong.foundation.refusals import Invalid
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles import selectors as roles
from shilong.identity.roles.actor import Role, Scope
from shilong.identity.testing import make_citizen, make_staff
from shilong.web.common import audit_names

pytestmark = [pytest.mark.django_db, pytest.mark.req("P27", "P29", "P03")]

OWNERS = {
    "/console/accounts/": Role.SYSADMIN,
    "/console/accounts/new/": Role.SYSADMIN,
    "/console/departments/": Role.SYSADMIN,
    "/console/calendar/": Role.SYSADMIN,
    "/console/calendar/2026/": Role.SYSADMIN,
    "/console/codes/": Role.SYSADMIN,
    "/console/codes/handle_area/": Role.SYSADMIN,
    "/console/numbering/?key=case": Role.SYSADMIN,
    "/console/adapters/": Role.SYSADMIN,
    "/console/adapters/smtp/": Role.SYSADMIN,
    "/console/jobs/": Role.SYSADMIN,
    "/console/jobs/?state=history": Role.SYSADMIN,
    "/console/jobs/?state=schedules": Role.SYSADMIN,
    "/console/outbox/": Role.SYSADMIN,
    "/console/roles/": Role.SECADMIN,
    "/console/sessions/": Role.SECADMIN,
    "/console/audit/": Role.AUDITOR,
    "/console/audit/?export=csv": Role.AUDITOR,
    "/console/audit/verify/": Role.AUDITOR,
    "/console/audit/?export=xlsx": Role.AUDITOR,
}
ACTIONS = {
    "/console/accounts/{id}/deactivate/": Role.SYSADMIN,
    "/console/accounts/{id}/password/": Role.SYSADMIN,
    "/console/departments/scjg/active/": Role.SYSADMIN,
    "/console/roles/{id}/grant/": Role.SECADMIN,
    "/console/roles/{id}/scope/": Role.SECADMIN,
    "/console/audit/verify/start/": Role.AUDITOR,
    "/console/audit/anchor/": Role.AUDITOR,
    "/console/adapters/smtp/test/": Role.SYSADMIN,
    "/console/jobs/1/replay/": Role.SYSADMIN,
    "/console/sessions/1/kick/": Role.SECADMIN,
}
ROLES = (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR, Role.CATALOG, Role.WINDOW, Role.OFFICER, Role.LEADER, Role.BUREAU)


def enter(actor):
    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def staff(role, **extra):
    return make_staff(role, scope=Scope.DISTRICT, username=f"x-{role.value}", **extra)


@pytest.fixture
def year(db):
    calendar_services.seed(2026, 2027)


@pytest.mark.parametrize("path", OWNERS)
def test_only_the_owner_role_opens_the_page(year, path):
    for role in ROLES:
        expected = 200 if role is OWNERS[path] else 403
        assert enter(staff(role)).get(path).status_code == expected, role
    assert enter(make_citizen()).get(path).status_code == 403
    assert Client().get(path)["Location"].startswith("/login/")


@pytest.mark.parametrize("path", ACTIONS)
def test_only_the_owner_role_performs_the_action(year, path):
    target = make_staff(Role.OFFICER, username="target")
    before = roles.roles_of([target.account_id])
    for role in ROLES:
        if role is not ACTIONS[path]:
            assert enter(staff(role)).post(path.format(id=target.account_id), {"role": "leader", "reason": "x"}).status_code == 403, role
    assert Client().post(path.format(id=target.account_id)).status_code == 302
    assert roles.roles_of([target.account_id]) == before
    assert get_user_model().objects.get(pk=target.account_id).is_active


def test_home_shows_only_what_one_can_open(year):
    body = enter(staff(Role.AUDITOR)).get("/console/").content.decode()
    assert "审计日志" in body
    assert "/console/accounts/" not in body


def test_sysadmin_creates_an_account_without_roles_and_secadmin_grants(year):
    make_staff(Role.OFFICER, department="scjg")
    form = {"username": "newhand", "name": "钱新", "department": "scjg", "password": "Qx-2026-begin"}
    assert enter(staff(Role.SYSADMIN)).post("/console/accounts/new/", form).status_code == 302
    made = get_user_model().objects.get(username="newhand")
    assert made.must_change_password
    assert roles.roles_of([made.pk])[made.pk] == []
    security = enter(staff(Role.SECADMIN))
    security.post(f"/console/roles/{made.pk}/grant/", {"role": "officer", "reason": "任命文件"})
    security.post(f"/console/roles/{made.pk}/scope/", {"scope": "district"})
    assert roles.roles_of([made.pk])[made.pk] == [Role.OFFICER]
    assert organizations.staff(made.pk).scope == "district"


def test_weak_password_is_refused_beside_the_field(year):
    make_staff(Role.OFFICER, department="scjg")
    form = {"username": "weak", "name": "钱新", "department": "scjg", "password": "12345678"}
    response = enter(staff(Role.SYSADMIN)).post("/console/accounts/new/", form)
    assert response.status_code == 422
    assert not get_user_model().objects.filter(username="weak").exists()


def test_a_second_administrator_role_is_refused(year):
    admin = staff(Role.SYSADMIN)
    response = enter(staff(Role.SECADMIN)).post(f"/console/roles/{admin.account_id}/grant/", {"role": "auditor", "reason": "兼任"})
    assert response.status_code == 422
    assert roles.roles_of([admin.account_id])[admin.account_id] == [Role.SYSADMIN]


def holidays(count=13):
    return [(date(2027, 1, 1) + timedelta(days=n), 0, "放假") for n in range(count)]


def test_calendar_import_from_csv_and_excel(year):
    client = enter(staff(Role.SYSADMIN))
    text = "日期,上班,名称\n" + "\n".join(f"{day},{works},{name}" for day, works, name in holidays())
    upload = SimpleUploadedFile("2027.csv", text.encode("utf-8-sig"))
    assert client.post("/console/calendar/", {"year": "2027", "file": upload}).status_code == 302
    assert calendar.year_view(2027).official
    book = Workbook()
    for row in holidays(14):
        book.active.append(row)
    buffer = BytesIO()
    book.save(buffer)
    upload = SimpleUploadedFile("2027.xlsx", buffer.getvalue())
    assert client.post("/console/calendar/", {"year": "2027", "file": upload}).status_code == 302
    assert len(calendar.year_view(2027).days) == 14


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.csv", "日期,上班,名称\n2027-01-01,也许,元旦\n".encode(), "第 2 行"),
        ("a.csv", "\xff\xfe".encode("latin-1"), "UTF-8"),
        ("a.xlsx", b"not a workbook", "Excel"),
        ("a.csv", b"", "没有日期"),
        ("a.csv", b"2027-01-01,0,x\n" * 500, "超过"),
    ],
)
def test_bad_calendar_files_are_explained_and_nothing_changes(year, name, content, text):
    with pytest.raises(Invalid, match=text):
        files.read(BytesIO(content), name)
    response = enter(staff(Role.SYSADMIN)).post("/console/calendar/", {"year": "2027", "file": SimpleUploadedFile(name, content or b" ")})
    assert response.status_code == 422
    assert not calendar.year_view(2027).official


def test_code_tables_change_only_when_project_defined(year):
    client = enter(staff(Role.SYSADMIN))
    client.post("/console/codes/handle_area/", {"code": "7", "label": "跨省试点"})
    assert codes.table("handle_area").label("7") == "跨省试点"
    assert client.post("/console/codes/task_type/", {"code": "01", "label": "改名"}).status_code == 422
    assert codes.table("task_type").label("01") == "行政许可"


def test_number_rule_change_takes_effect_and_bad_template_is_refused(year):
    client = enter(staff(Role.SYSADMIN))
    form = {"name": "文书编号", "template": "石{word}{year}-{seq}", "width": "6", "reset": "year", "scope": "{word}"}
    assert client.post("/console/numbering/?key=document", form).status_code == 302
    assert numbering.next_number("document", word="受").startswith("石受")
    assert client.post("/console/numbering/?key=document", {**form, "template": "没有流水"}).status_code == 422


def test_adapter_secret_is_kept_and_never_echoed(year):
    client = enter(staff(Role.SYSADMIN))
    form = {
        "host": "127.0.0.1",
        "port": "1",
        "security": "none",
        "username": "u",
        "password": "s3cret-Word",
        "sender": "a@b.cn",
        "enabled": "1",
    }
    assert client.post("/console/adapters/smtp/", form).status_code == 302
    client.post("/console/adapters/smtp/", {**form, "password": ""})
    assert adapters.config("smtp")["password"] == "s3cret-Word"
    assert "s3cret-Word" not in client.get("/console/adapters/smtp/").content.decode()
    client.post("/console/adapters/smtp/test/")
    assert adapters.view("smtp").last_error


def test_dead_letter_can_be_replayed_or_discarded_with_a_reason(year):
    now = timezone.now()
    rows = [Job.objects.create(name="x", args={}, state=JobState.DEAD, run_at=now, created_at=now, error="坏了") for _ in range(2)]
    client = enter(staff(Role.SYSADMIN))
    assert "坏了" in client.get("/console/jobs/").content.decode()
    client.post(f"/console/jobs/{rows[0].pk}/replay/")
    assert Job.objects.get(pk=rows[0].pk).state == JobState.WAITING
    assert client.post(f"/console/jobs/{rows[1].pk}/discard/", {"reason": ""}).status_code == 422
    client.post(f"/console/jobs/{rows[1].pk}/discard/", {"reason": "对端已下线"})
    assert not Job.objects.filter(pk=rows[1].pk).exists()


def test_auditor_searches_exports_and_verifies(year, settle):
    auditor = staff(Role.AUDITOR)
    audit.record("case.accept", actor=auditor, object_type="case", object_id="=1+1", detail={"n": 1})
    client = enter(auditor)
    body = client.get("/console/audit/?action=case").content.decode()
    assert "办件·予以受理" in body
    assert '<option value="case.accept">办件·予以受理（case.accept）</option>' in body
    rows = list(load_workbook(BytesIO(client.get("/console/audit/?export=xlsx").content)).active.values)
    assert rows[0][1] == "时间"
    assert "'=1+1" in client.get("/console/audit/?export=csv").content.decode()
    kept = client.post("/console/audit/anchor/").content.decode().strip()
    assert "还没有校验过" in client.get("/console/audit/verify/").content.decode()
    client.post("/console/audit/verify/start/", {"anchor": kept})
    settle()
    body = client.get("/console/audit/verify/").content.decode()
    assert "整条链完好" in body
    assert "与库外锚点相符" in body
    assert client.post("/console/audit/verify/start/", {"anchor": "乱写"}).status_code == 422


def test_every_audited_action_has_a_chinese_name():
    """源码里写死的动作码逐个对；新增动作忘了起名，这里立刻红。"""
    root = Path(audit_names.__file__).parents[2]
    found = set()
    for source in root.rglob("*.py"):
        if "tests" not in source.parts:
            found |= set(re.findall(r'audit\.record\(\s*"([a-z_]+(?:\.[a-z_]+)?)"', source.read_text()))
    assert found - set(audit_names.NAMES) == set()


def test_outbox_is_closed_in_production(year, settings):
    client = enter(staff(Role.SYSADMIN))
    settings.MODE = "production"
    assert client.get("/console/outbox/").status_code == 404


@pytest.mark.parametrize(
    ("role", "paths"),
    [
        (Role.SYSADMIN, [path for path, owner in OWNERS.items() if owner is Role.SYSADMIN]),
        (Role.SECADMIN, ["/console/", "/console/roles/", "/console/sessions/"]),
        (Role.AUDITOR, ["/console/", "/console/audit/"]),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_pages_are_accessible_on_desktop_and_phone(page, phone, live_server, sign_in, assert_accessible, snapshot, role, paths):
    calendar_services.seed(2026, 2027)
    actor = staff(role)
    for screen, tag in ((page, "pc"), (phone, "m")):
        sign_in(screen, actor.username)
        for path in paths:
            screen.goto(live_server.url + path)
            assert screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
            assert_accessible(screen)
            snapshot(screen, f"console-{path.strip('/').replace('/', '-')}-{tag}")
