"""首页按角色给出要办的事；码表、编号、外部系统的边角：停用能再启用、发过号的不能改周期、坏配置只得一句话。"""

from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from shilong.foundation.adapters import selectors as adapter_store
from shilong.foundation.adapters import services as adapters
from shilong.foundation.calendar import services as calendar
from shilong.foundation.calendar.models import WorkYear
from shilong.foundation.codes import services as codes
from shilong.foundation.jobs.models import Job, JobState
from shilong.foundation.numbering import services as numbering
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.refusals import AccountLocked, BadCredentials
from shilong.identity.accounts.services import check_password
from shilong.identity.organizations import services as organizations
from shilong.identity.roles.actor import SYSTEM, Role, Scope
from shilong.identity.testing import make_staff
from shilong.service.catalog import services as catalog
from shilong.service.catalog import testing
from shilong.service.catalog.seed.contents import departments
from shilong.service.forms import seed as forms_seed

pytestmark = [pytest.mark.django_db, pytest.mark.req("P27", "P03")]


def enter(role):
    actor = make_staff(role, scope=Scope.DISTRICT)
    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def cards(client):
    return {card.name: card for _, section in client.get("/console/").context["sections"] for card in section}


def test_sysadmin_sees_dead_letters_disk_and_troubled_systems():
    calendar.seed(2026, 2026)
    now = timezone.now()
    Job.objects.create(name="x", args={}, state=JobState.DEAD, run_at=now, created_at=now, error="坏了")
    adapters.configure("smtp", {"host": "h", "port": "25", "sender": "a@b.cn"}, enabled=True, actor=SYSTEM)
    adapters.failed("smtp", "连不上邮件服务器")
    client = enter(Role.SYSADMIN)
    shown = cards(client)
    assert (shown["死信"].value, shown["死信"].tone) == ("1", "r")
    assert shown["磁盘剩余"].value.endswith("%")
    assert "连不上邮件服务器" in client.get("/console/").content.decode()
    assert "登录锁定" not in shown


def test_secadmin_sees_locks_and_accounts_without_roles():
    made = make_staff(username="waiting")
    for _ in range(5):
        with pytest.raises((BadCredentials, AccountLocked)):
            check_password("waiting", "wrong", "10.0.0.9")
    client = enter(Role.SECADMIN)
    shown = cards(client)
    assert shown["登录锁定"].value == "1"
    assert shown["待授权账号"].value == "1"
    assert [row.account_id for row in accounts.search(kind="staff", role="none")] == [made.account_id]
    assert "waiting" in client.get("/console/roles/?role=none").content.decode()
    assert "死信" not in shown


def test_auditor_sees_whether_the_chain_was_verified(settle):
    client = enter(Role.AUDITOR)
    assert cards(client)["审计链"].value == "没校验过"
    client.post("/console/audit/verify/start/")
    settle()
    assert cards(client)["审计链"].value == "完好"


def test_catalog_manager_sees_reviews_failures_and_zero_result_words():
    organizations.seed_departments(departments())
    testing.seed_items()
    client = enter(Role.CATALOG)
    assert cards(client)["质检不通过"].value == "0"
    actor = make_staff(Role.CATALOG, scope=Scope.DISTRICT)
    catalog.open_draft(testing.FOOD, actor=actor)
    catalog.save_draft(testing.FOOD, {"accept_condition": []}, actor=actor, revision=1)
    catalog.record_zero("挖掘机年审")
    shown = cards(client)
    assert (shown["质检不通过"].value, shown["零结果词"].value) == ("1", "1")
    assert set(shown) == {"待审核", "审核驳回", "质检不通过", "零结果词"}
    assert "挖掘机年审 1 次" in client.get("/console/").content.decode()


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR, Role.CATALOG])
def test_home_query_count_stays_flat(role, django_assert_max_num_queries):
    client = enter(role)
    client.get("/console/")
    with django_assert_max_num_queries(16):
        client.get("/console/")


def test_a_disabled_code_is_listed_and_can_be_enabled_again():
    client, url = enter(Role.SYSADMIN), "/console/codes/handle_area/"
    code, label = next(iter(codes.table("handle_area").entries.items()))
    client.post(url, {"code": code, "label": label, "active": "0"})
    assert code not in codes.table("handle_area").entries
    assert "已停用" in client.get(url).content.decode()
    rows = list(load_workbook(BytesIO(client.get(url + "export.xlsx").content)).active.values)
    assert (code, label, "停用") in rows
    client.post(url, {"code": code, "label": label})
    assert codes.table("handle_area").label(code) == label


def test_once_numbers_were_issued_the_cycle_is_frozen_on_the_page():
    client, url = enter(Role.SYSADMIN), "/console/numbering/?key=document"
    numbering.next_number("document", word="受")
    form = {"name": "文书编号", "template": "石{word}{year}-{seq}", "width": "6", "reset": "never", "scope": ""}
    assert client.post(url, form).status_code == 302
    rule = next(row for row in numbering.rules() if row.key == "document")
    assert (rule.template, rule.reset, rule.scope) == ("石{word}{year}-{seq}", "year", "{word}")


def test_a_case_template_with_letters_is_refused_on_the_page_and_numbers_keep_coming():
    client = enter(Role.SYSADMIN)
    form = {"name": "申请编号", "template": "石{seq}", "width": "5", "reset": "never", "scope": ""}
    response = client.post("/console/numbering/?key=case", form)
    assert response.status_code == 422
    assert "只能由数字组成" in response.content.decode()
    assert len(numbering.next_number("case", department="002", channel="1")) == 22


@pytest.mark.parametrize(
    ("key", "values", "text"),
    [
        ("smtp", {"host": "127.0.0.1", "port": "二五", "sender": "a@b.cn"}, "端口应为"),
        ("smtp", {"host": "127.0.0.1", "port": "99999999", "sender": "a@b.cn"}, "端口应为"),
        ("smtp", {"host": "127.0.0.1", "port": "25", "security": "zzz", "sender": "a@b.cn"}, "加密方式只能是"),
        ("smtp", {"host": "", "port": "25", "sender": "a@b.cn", "enabled": "1"}, "请填写服务器"),
        ("smtp", {"host": "http://mail/", "port": "25", "sender": "a@b.cn"}, "只填主机名"),
        ("smtp", {"host": "mail.example.cn", "port": "25", "sender": "某某"}, "应是一个邮箱地址"),
        ("sms_http", {"url": "http://[bad", "app": "a", "secret": "k"}, "写得不对"),
        ("sms_http", {"url": "notaurl", "app": "a", "secret": "k", "enabled": "1"}, "写得不对"),
        ("sms_http", {"url": "https://网关:端口/", "app": "a", "secret": "k"}, "写得不对"),
        ("oidc", {"issuer": "http://[bad", "client_id": "a", "client_secret": "k"}, "写得不对"),
    ],
)
def test_a_bad_adapter_setting_is_explained_and_not_saved(key, values, text):
    client, url = enter(Role.SYSADMIN), f"/console/adapters/{key}/"
    response = client.post(url, values)
    assert response.status_code == 422
    body = response.content.decode()
    assert text in body
    assert "配置已保存" not in body
    assert adapter_store.stored(key) == {}


def test_every_wrong_item_is_pointed_out_and_what_was_typed_stays():
    form = {"host": "", "port": "abc", "security": "zzz", "sender": "", "username": "robot", "enabled": "1"}
    body = enter(Role.SYSADMIN).post("/console/adapters/smtp/", form).content.decode()
    for text in ("请填写服务器。", "端口应为 1 到 65535", "加密方式只能是", "请填写发件人地址。", 'value="abc"', 'value="robot"'):
        assert text in body, text


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("smtp", {"host": "127.0.0.1", "port": "1", "security": "none", "sender": "a@b.cn"}),
        ("sms_http", {"url": "http://127.0.0.1:1/", "app": "a", "secret": "k"}),
        ("oidc", {"issuer": "http://127.0.0.1:1", "client_id": "a", "client_secret": "k"}),
    ],
)
def test_an_unreachable_peer_is_explained_in_chinese(key, values):
    client = enter(Role.SYSADMIN)
    assert client.post(f"/console/adapters/{key}/", values).status_code == 302
    client.post(f"/console/adapters/{key}/test/")
    error = adapter_store.view(key).last_error
    assert error.startswith("连不上")
    assert "Error" not in error


def test_the_jobs_page_shows_no_program_names():
    calendar.seed(2026, 2026)
    now = timezone.now()
    trace = (
        "Traceback (most recent call last):\n  …\nshilong.foundation.notify.services.DeliveryFailed: 投递 3（138****1234）：连不上短信网关"
    )
    for error in (trace, "Traceback\nKeyError: 'x'"):
        Job.objects.create(name="x", args={}, state=JobState.DEAD, run_at=now, created_at=now, error=error)
    body = enter(Role.SYSADMIN).get("/console/jobs/").content.decode()
    assert "<summary>投递 3（138****1234）：连不上短信网关</summary>" in body
    assert "<summary>程序出错，展开看技术详情</summary>" in body


def test_every_external_system_is_on_the_list():
    body = enter(Role.SYSADMIN).get("/console/adapters/").content.decode()
    for key in ("smtp", "sms_http", "oidc"):
        assert f"/console/adapters/{key}/" in body


def test_settings_pages_speak_chinese():
    calendar.seed(2026, 2026)
    forms_seed.seed_forms()
    sysadmin, keeper = enter(Role.SYSADMIN), enter(Role.CATALOG)
    rules = sysadmin.get("/console/numbering/").content.decode()
    assert "石龙‹字号或类型›〔‹年份›〕第‹流水›号" in rules
    table = rules.partition("<main")[2].partition("</main>")[0]
    assert not [name for name in ("word", "department", "channel") if name in table]
    assert "部门序号 {department}" in sysadmin.get("/console/numbering/?key=document").content.decode()
    assert "chinesecalendar" not in sysadmin.get("/console/calendar/").content.decode()
    WorkYear.objects.update(source="chinesecalendar")
    assert "随系统自带" in sysadmin.get("/console/calendar/").content.decode()
    table = keeper.get("/console/forms/?q=STD").content.decode().partition("<tbody")[2].partition("</tbody>")[0]
    assert "标准表：行政许可，个人" in table
    assert not [name for name in (">STD-", "both<", "corp<", "person<") if name in table]


def test_a_wrong_number_template_is_explained_in_chinese():
    form = {"name": "更正编号", "template": "GZ{word}{seq}", "width": "6", "reset": "never", "scope": ""}
    response = enter(Role.SYSADMIN).post("/console/numbering/?key=amendment", form)
    assert response.status_code == 422
    assert "没有字号或类型 {word}可用" in response.content.decode()
