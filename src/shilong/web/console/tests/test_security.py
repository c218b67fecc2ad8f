"""账号、组织、授权与登录安全的页面：该管的人能做成，别人一个也做不了；坏请求不改任何东西。"""

from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from openpyxl import load_workbook

from shilong.foundation.audit import selectors as audit
from shilong.foundation.gm.fields import blind_index
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts import services, sessions
from shilong.identity.accounts.refusals import AccountLocked, BadCredentials
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles import selectors as roles
from shilong.identity.roles.actor import Role, Scope
from shilong.identity.testing import PASSWORD, fake_uscc, make_citizen, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.req("P27", "P29")]

ROLES = (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR, Role.CATALOG, Role.WINDOW, Role.OFFICER, Role.LEADER, Role.BUREAU)
BOTH = (Role.SYSADMIN, Role.SECADMIN)
SYS, SEC = (Role.SYSADMIN,), (Role.SECADMIN,)
PAGES = {
    "/console/accounts/{id}/": SYS,
    "/console/accounts/export.xlsx": SYS,
    "/console/departments/export.xlsx": SYS,
    "/console/locks/": BOTH,
    "/console/policy/": BOTH,
    "/console/roles/{id}/": SEC,
    "/console/roles/export.xlsx": SEC,
}
ACTIONS = {
    "/console/accounts/{id}/activate/": SYS,
    "/console/accounts/{id}/move/": SYS,
    "/console/accounts/{id}/rename/": SYS,
    "/console/accounts/{id}/sessions/1/kick/": SYS,
    "/console/departments/?key=scjg": SYS,
    "/console/locks/unlock/": BOTH,
    "/console/roles/{id}/revoke/": SEC,
    "/console/roles/{id}/otp/": SEC,
}


def enter(actor):
    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def staff(role, **extra):
    return make_staff(role, scope=Scope.DISTRICT, username=f"x-{role.value}", **extra)


@pytest.fixture
def target(db):
    return make_staff(Role.OFFICER, department="scjg", username="target", name="赵目标")


@pytest.mark.parametrize("path", PAGES)
def test_only_the_owners_open_the_page(target, path):
    url = path.format(id=target.account_id)
    for role in ROLES:
        assert enter(staff(role)).get(url).status_code == (200 if role in PAGES[path] else 403), role
    assert enter(make_citizen()).get(url).status_code == 403
    assert Client().get(url)["Location"].startswith("/login/")


@pytest.mark.parametrize("path", ACTIONS)
def test_nobody_else_performs_the_action(target, path):
    url = path.format(id=target.account_id)
    data = {"role": "officer", "reason": "x", "department": "wjw", "name": "钱改名", "username": "target", "ip": "127.0.0.1", "key": "scjg"}
    for role in (role for role in ROLES if role not in ACTIONS[path]):
        assert enter(staff(role)).post(url, data).status_code == 403, role
    assert enter(make_citizen()).post(url, data).status_code == 403
    assert Client().post(url, data)["Location"].startswith("/login/")
    assert accounts.summary(target.account_id).name == "赵目标"
    assert organizations.staff(target.account_id).department == "scjg"
    assert roles.roles_of([target.account_id])[target.account_id] == [Role.OFFICER]


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.SYSADMIN, "/console/accounts/{id}/nonsense/"),
        (Role.SECADMIN, "/console/roles/{id}/nonsense/"),
        (Role.SYSADMIN, "/console/jobs/1/nonsense/"),
    ],
)
def test_an_unknown_action_changes_nothing(target, role, path):
    """认不出的动作绝不能落到“撤销”“丢弃”上。"""
    response = enter(staff(role)).post(path.format(id=target.account_id), {"role": "officer", "reason": "x"})
    assert response.status_code == 404
    assert roles.roles_of([target.account_id])[target.account_id] == [Role.OFFICER]


def test_account_is_moved_renamed_deactivated_with_a_reason_and_activated(target):
    make_staff(Role.OFFICER, department="wjw")
    client, url = enter(staff(Role.SYSADMIN)), f"/console/accounts/{target.account_id}/"
    assert client.post(url + "move/", {"department": "wjw", "position": "受理岗", "window": "A03"}).status_code == 302
    assert client.post(url + "rename/", {"name": "赵更正"}).status_code == 302
    place = organizations.staff(target.account_id)
    assert (place.department, place.position, place.window, place.name) == ("wjw", "受理岗", "A03", "赵更正")
    assert client.post(url + "rename/", {"name": "1"}).status_code == 422
    assert client.post(url + "deactivate/", {"reason": " "}).status_code == 422
    assert accounts.summary(target.account_id).is_active
    client.post(url + "deactivate/", {"reason": "调离"})
    assert not accounts.summary(target.account_id).is_active
    client.post(url + "activate/")
    assert accounts.summary(target.account_id).is_active


def test_a_citizens_verified_name_cannot_be_changed_by_an_administrator(target):
    citizen = make_citizen("测试乙")
    client = enter(staff(Role.SYSADMIN))
    assert client.post(f"/console/accounts/{citizen.account_id}/rename/", {"name": "冒名者"}).status_code == 422
    assert accounts.summary(citizen.account_id).name == "测试乙"


def test_nobody_disables_or_resets_oneself(target):
    admin = staff(Role.SYSADMIN)
    client = enter(admin)
    for action in ("deactivate", "password"):
        assert client.post(f"/console/accounts/{admin.account_id}/{action}/", {"reason": "x"}).status_code == 403
    assert accounts.summary(admin.account_id).is_active


def test_temporary_password_works_once_and_must_be_changed(target):
    client = enter(staff(Role.SYSADMIN))
    body = client.post(f"/console/accounts/{target.account_id}/password/", follow=True).content.decode()
    temporary = body.split("临时密码：")[1].split("（")[0]
    account = services.check_password("target", temporary, "127.0.0.1")
    assert account.must_change_password
    assert temporary not in client.get(f"/console/accounts/{target.account_id}/").content.decode()


def test_locked_account_is_seen_and_unlocked_before_the_time(target):
    for _ in range(5):
        with pytest.raises((BadCredentials, AccountLocked)):
            services.check_password("target", "wrong", "10.0.0.9")
    with pytest.raises(AccountLocked):
        services.check_password("target", PASSWORD, "10.0.0.9")
    client = enter(staff(Role.SECADMIN))
    body = client.get("/console/locks/").content.decode()
    assert "10.0.0.9" in body
    assert "锁到" in body
    found = {"key": blind_index("target"), "ip": "10.0.0.9"}
    client.post("/console/locks/unlock/", found)
    assert services.check_password("target", PASSWORD, "10.0.0.9").username == "target"
    assert audit.search(audit.Filters(action="login.unlock")).total == 1
    assert client.post("/console/locks/unlock/", found).status_code == 404


def test_a_mobile_number_typed_as_username_is_masked_in_the_lock_list(target):
    with pytest.raises(BadCredentials):
        services.check_password("13900001111", "wrong", "10.0.0.9")
    client = enter(staff(Role.SECADMIN))
    assert "13900001111" not in client.get("/console/locks/").content.decode()
    assert "<td>139****1111</td>" in client.get("/console/locks/?q=13900001111").content.decode()
    assert "没有登录失败" in client.get("/console/locks/?q=13900002222").content.decode()


def test_granting_needs_a_reason_and_never_oneself(target):
    security = staff(Role.SECADMIN)
    client = enter(security)
    assert client.post(f"/console/roles/{target.account_id}/grant/", {"role": "leader", "reason": ""}).status_code == 422
    assert client.post(f"/console/roles/{security.account_id}/grant/", {"role": "leader", "reason": "x"}).status_code == 403
    assert client.post(f"/console/roles/{target.account_id}/grant/", {"role": "system", "reason": "x"}).status_code == 422
    assert client.post(f"/console/roles/{target.account_id}/grant/", {"role": "nope", "reason": "x"}).status_code == 422
    assert roles.roles_of([target.account_id])[target.account_id] == [Role.OFFICER]


def test_department_tree_keeps_order_and_key_when_edited(target):
    client = enter(staff(Role.SYSADMIN))
    made = {"key": "xkj", "name": "石龙区许可局", "short_name": "区许可局", "code": fake_uscc(990001), "order": "7", "parent": "scjg"}
    assert client.post("/console/departments/", made).status_code == 302
    changed = {**made, "key": "other", "short_name": "许可局", "order": "7"}
    assert client.post("/console/departments/?key=xkj", changed).status_code == 302
    view = organizations.department("xkj")
    assert (view.short_name, view.order, view.parent) == ("许可局", 7, "scjg")
    assert [node.department.key for node in organizations.tree()[0].children] == ["xkj"]
    assert client.post("/console/departments/?key=xkj", {**made, "code": "123"}).status_code == 422
    assert client.get("/console/departments/?key=none").status_code == 404


def test_exports_are_masked_and_audited(target):
    make_citizen("测试丙", username="bing")
    rows = list(load_workbook(BytesIO(enter(staff(Role.SYSADMIN)).get("/console/accounts/export.xlsx?q=bing").content)).active.values)
    assert len(rows) == 2
    assert "测试丙" not in str(rows)
    rows = list(load_workbook(BytesIO(enter(staff(Role.SECADMIN)).get("/console/roles/export.xlsx").content)).active.values)
    assert ("target", "赵目标") in [row[:2] for row in rows]
    assert {row.action for row in audit.search(audit.Filters(), size=200)} >= {"account.export", "role.export"}


@pytest.mark.parametrize(
    ("path", "role"), [("/console/accounts/", Role.SYSADMIN), ("/console/roles/", Role.SECADMIN), ("/console/departments/", Role.SYSADMIN)]
)
def test_lists_do_not_query_per_row(target, path, role, django_assert_max_num_queries):
    for number in range(15):
        make_staff(Role.OFFICER, username=f"many{number}")
    client = enter(staff(role))
    client.get(path)
    with django_assert_max_num_queries(12):
        client.get(path)


def test_sessions_can_be_filtered_and_ended(target):
    Client().post("/login/", {"username": "target", "password": PASSWORD})
    rows = sessions.active(target.account_id)
    assert len(rows) == 1
    client = enter(staff(Role.SECADMIN))
    assert "target" in client.get("/console/sessions/?q=tar").content.decode()
    client.post(f"/console/sessions/{rows[0].id}/kick/")
    assert sessions.active(target.account_id) == []
    assert "没有符合条件" in client.get("/console/sessions/?q=nobody").content.decode()
