"""谁在操作：会话、令牌、停用、改密，以及每请求的查询次数。"""

import json

import pytest
from django.test import Client
from django.utils import timezone

from shilong.identity import testing
from shilong.identity.accounts import selectors, services
from shilong.identity.accounts.models import Account, SignIn, Token
from shilong.identity.roles.actor import ANONYMOUS, SYSTEM, Role, Scope

pytestmark = [pytest.mark.django_db, pytest.mark.req("P29", "W05")]


def signed_in(actor):
    """像浏览器那样用密码登录。"""
    client = Client()
    response = client.post("/login/", {"username": actor.username, "password": testing.PASSWORD})
    assert response.status_code == 302, response.content.decode()[:500]
    return client


def test_actor_carries_roles_department_and_scope():
    actor = testing.make_staff(Role.OFFICER, Role.LEADER, department="wjw", scope=Scope.DISTRICT)
    assert actor.roles == {Role.OFFICER, Role.LEADER}
    assert (actor.department, actor.scope, actor.is_staff) == ("wjw", Scope.DISTRICT, True)


def test_citizen_is_an_applicant_only():
    actor = testing.make_citizen(level=2)
    assert actor.roles == {Role.APPLICANT}
    assert (actor.realname_level, actor.department, actor.scope) == (2, "", Scope.OWN)


def test_session_costs_two_queries(rf, django_assert_num_queries):
    """基线：会话一次、账号与角色一次；任何人加查询都会红。"""
    client = signed_in(testing.make_staff(Role.WINDOW, Role.OFFICER))
    request = rf.get("/")
    from django.contrib.sessions.backends.db import SessionStore

    request.session = SessionStore(client.session.session_key)
    with django_assert_num_queries(2):
        actor = selectors.actor_of(request)
    assert actor.roles == {Role.WINDOW, Role.OFFICER}


def test_bearer_costs_one_query(rf, django_assert_num_queries):
    citizen = testing.make_citizen()
    token, _ = services.issue_token(citizen.username, testing.PASSWORD, "10.0.0.1")
    request = rf.get("/", headers={"authorization": f"Bearer {token}"})
    with django_assert_num_queries(1):
        assert selectors.actor_of(request).account_id == citizen.account_id


def test_token_in_query_string_is_ignored():
    citizen = testing.make_citizen()
    token, _ = services.issue_token(citizen.username, testing.PASSWORD, "10.0.0.1")
    response = Client().get("/account/", {"token": token, "access_token": token})
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic abc"])
def test_bad_header_is_anonymous(rf, header):
    request = rf.get("/", headers={"authorization": header})
    request.session = {}
    assert selectors.actor_of(request).account_id is None


def test_expired_token_is_anonymous(rf):
    citizen = testing.make_citizen()
    token, _ = services.issue_token(citizen.username, testing.PASSWORD, "10.0.0.1")
    Token.objects.update(expires_at=timezone.now())
    assert selectors.actor_of(rf.get("/", headers={"authorization": f"Bearer {token}"})).account_id is None


def test_token_is_stored_only_as_sm3():
    citizen = testing.make_citizen()
    token, _ = services.issue_token(citizen.username, testing.PASSWORD, "10.0.0.1")
    row = Token.objects.get()
    assert token not in json.dumps([row.digest])
    assert len(row.digest) == 64


def test_deactivated_account_loses_session_and_token(rf):
    admin = testing.make_staff(Role.SYSADMIN)
    citizen = testing.make_citizen()
    client = signed_in(citizen)
    token, _ = services.issue_token(citizen.username, testing.PASSWORD, "10.0.0.1")
    services.deactivate(citizen.account_id, actor=admin, reason="本人申请注销")
    assert client.get("/account/").status_code == 302
    assert selectors.actor_of(rf.get("/", headers={"authorization": f"Bearer {token}"})).account_id is None


def test_session_dies_when_password_changes_elsewhere():
    citizen = testing.make_citizen()
    client = signed_in(citizen)
    services.change_password(citizen.account_id, testing.PASSWORD, "Another-2026-pass")
    assert client.get("/account/").status_code == 302


def test_applicant_profile_of_person_and_enterprise():
    person = selectors.applicant(testing.make_citizen("测试乙").account_id)
    assert (person.kind, person.name, person.id_type) == ("1", "测试乙", "111")
    firm = selectors.applicant(testing.make_enterprise(kind="3").account_id)
    assert (firm.kind, firm.id_type, firm.legal_name) == ("3", "001", "测试法人")


def test_id_and_mobile_are_not_stored_in_clear():
    """敏感字段落库是密文；查询走盲索引。"""
    from django.db import connection

    citizen = testing.make_citizen("测试丙")
    profile = selectors.applicant(citizen.account_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, mobile FROM accounts_account WHERE id = %s", [citizen.account_id])
        stored = cursor.fetchone()
        cursor.execute("SELECT id_no, id_index FROM accounts_person WHERE account_id = %s", [citizen.account_id])
        stored += cursor.fetchone()
    assert not {profile.name, profile.mobile, profile.id_no} & set(stored)
    assert selectors.account_by_id_no("111", profile.id_no) == citizen.account_id


def test_anonymous_and_system_are_not_accounts():
    assert ANONYMOUS.account_id is None
    assert not SYSTEM.is_staff
    assert Account.objects.count() == SignIn.objects.count() == 0
