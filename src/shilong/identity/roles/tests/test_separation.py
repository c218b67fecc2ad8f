"""三权分立：谁能建账号、谁能授权、谁只能看；三员互斥由服务与数据库两道把守。"""

import pytest
from django.db import IntegrityError, transaction

from shilong.foundation.refusals import NotAllowed, NotSignedIn, Refused
from shilong.identity import testing
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts import services, sessions
from shilong.identity.organizations import services as organizations
from shilong.identity.roles import services as roles
from shilong.identity.roles.actor import ANONYMOUS, EXCLUSIVE_ADMINS, SYSTEM, Actor, Role, Scope
from shilong.identity.roles.models import Grant

pytestmark = [pytest.mark.django_db, pytest.mark.req("P27", "P29")]

OTHERS_THAN = {
    Role.SYSADMIN: [Role.SECADMIN, Role.AUDITOR, Role.BUREAU, Role.LEADER, Role.OFFICER, Role.WINDOW, Role.CATALOG],
    Role.SECADMIN: [Role.SYSADMIN, Role.AUDITOR, Role.BUREAU, Role.LEADER, Role.OFFICER, Role.WINDOW, Role.CATALOG],
}


def new_staff(actor, **changes):
    values = {"username": "newbie", "password": testing.PASSWORD, "name": "测试新人", "department": "scjg"} | changes
    return services.create_staff(**values, actor=actor)


@pytest.mark.parametrize("role", OTHERS_THAN[Role.SYSADMIN])
def test_only_system_admin_creates_staff(role):
    with pytest.raises(NotAllowed):
        new_staff(testing.make_staff(role))


@pytest.mark.parametrize("role", OTHERS_THAN[Role.SECADMIN])
def test_only_security_admin_grants(role):
    newbie = testing.make_staff()
    with pytest.raises(NotAllowed):
        roles.grant(newbie.account_id, Role.WINDOW, actor=testing.make_staff(role))
    assert not Grant.objects.filter(account_id=newbie.account_id).exists()


@pytest.mark.parametrize("role", OTHERS_THAN[Role.SECADMIN])
def test_only_security_admin_revokes(role):
    window = testing.make_staff(Role.WINDOW)
    with pytest.raises(NotAllowed):
        roles.revoke(window.account_id, Role.WINDOW, actor=testing.make_staff(role))
    assert accounts.actor_for(window.account_id).roles == {Role.WINDOW}


def test_citizen_and_visitor_can_do_neither():
    newbie = testing.make_staff()
    for actor, refusal in ((testing.make_citizen(), NotAllowed), (ANONYMOUS, NotSignedIn)):
        with pytest.raises(refusal):
            new_staff(actor)
        with pytest.raises(refusal):
            roles.grant(newbie.account_id, Role.WINDOW, actor=actor)


def test_system_admin_creates_but_cannot_slip_in_a_role():
    admin = testing.make_staff(Role.SYSADMIN)
    with pytest.raises(NotAllowed, match="安全管理员"):
        new_staff(admin, roles=[Role.WINDOW])
    with pytest.raises(NotAllowed, match="安全管理员"):
        new_staff(admin, scope=Scope.DISTRICT)
    account = new_staff(admin)
    assert accounts.actor_for(account.pk).roles == frozenset()
    assert account.must_change_password


def test_security_admin_grants_and_revokes_with_trace(audited):
    security, other = testing.make_staff(Role.SECADMIN), testing.make_staff()
    roles.grant(other.account_id, Role.WINDOW, actor=security, reason="上岗")
    assert accounts.actor_for(other.account_id).roles == {Role.WINDOW}
    roles.revoke(other.account_id, Role.WINDOW, actor=security, reason="离岗")
    assert accounts.actor_for(other.account_id).roles == frozenset()
    assert Grant.objects.get(account_id=other.account_id).revoked_at is not None
    assert [line[0] for line in audited if line[1] == security.account_id] == ["role.grant", "role.revoke"]


def test_nobody_grants_to_self():
    security = testing.make_staff(Role.SECADMIN)
    with pytest.raises(NotAllowed, match="自己"):
        roles.grant(security.account_id, Role.BUREAU, actor=security)
    with pytest.raises(NotAllowed, match="自己"):
        organizations.set_scope(security.account_id, Scope.DISTRICT, actor=security)


@pytest.mark.parametrize("held", sorted(EXCLUSIVE_ADMINS))
@pytest.mark.parametrize("wanted", sorted(EXCLUSIVE_ADMINS))
def test_three_admins_exclude_each_other(held, wanted):
    holder = testing.make_staff(held)
    security = testing.make_staff(Role.SECADMIN)
    with pytest.raises(Refused) as refusal:
        roles.grant(holder.account_id, wanted, actor=security)
    assert refusal.value.code == ("already_granted" if held == wanted else "exclusive_admin")


@pytest.mark.parametrize("held", sorted(EXCLUSIVE_ADMINS))
def test_database_refuses_two_admins_even_without_the_service(held):
    holder = testing.make_staff(held)
    for other in EXCLUSIVE_ADMINS - {held}:
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.create(account_id=holder.account_id, role=other)


def test_database_refuses_unknown_role():
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(account_id=testing.make_staff().account_id, role=Role.SYSTEM)


def test_admin_may_change_seat_after_revocation():
    first, second = testing.make_staff(Role.AUDITOR), testing.make_staff(Role.AUDITOR)
    security = testing.make_staff(Role.SECADMIN)
    roles.revoke(first.account_id, Role.AUDITOR, actor=security)
    roles.grant(first.account_id, Role.SYSADMIN, actor=security)
    assert accounts.actor_for(first.account_id).roles == {Role.SYSADMIN}
    with pytest.raises(Refused, match="最后一位"):
        roles.revoke(second.account_id, Role.AUDITOR, actor=security)


def test_citizen_cannot_be_given_a_post():
    with pytest.raises(Refused, match="工作人员"):
        roles.grant(testing.make_citizen().account_id, Role.WINDOW, actor=testing.make_staff(Role.SECADMIN))


def test_auditor_changes_nothing():
    """审计员只读：管理动作一件也做不了。"""
    auditor, target = testing.make_staff(Role.AUDITOR), testing.make_staff(Role.WINDOW)
    actions = [
        lambda: new_staff(auditor),
        lambda: services.deactivate(target.account_id, actor=auditor, reason="x"),
        lambda: services.activate(target.account_id, actor=auditor),
        lambda: services.reset_password(target.account_id, actor=auditor),
        lambda: services.rename(target.account_id, "测试改名", actor=auditor),
        lambda: roles.grant(target.account_id, Role.OFFICER, actor=auditor),
        lambda: roles.revoke(target.account_id, Role.WINDOW, actor=auditor),
        lambda: organizations.move(target.account_id, "scjg", actor=auditor),
        lambda: organizations.set_scope(target.account_id, Scope.DISTRICT, actor=auditor),
        lambda: organizations.set_department_active("scjg", False, actor=auditor),
    ]
    for action in actions:
        with pytest.raises(NotAllowed):
            action()
    assert sessions.active(target.account_id) == []


def test_bootstrap_only_once_per_seat():
    testing.make_department("zwj")
    services.bootstrap_admin("root1", testing.PASSWORD, "测试管理", Role.SYSADMIN, "zwj")
    with pytest.raises(Refused, match="在任"):
        services.bootstrap_admin("root2", testing.PASSWORD, "测试管理", Role.SYSADMIN, "zwj")
    with pytest.raises(Refused, match="首任"):
        services.bootstrap_admin("root3", testing.PASSWORD, "测试管理", Role.BUREAU, "zwj")


def test_system_actor_cannot_be_forged_from_an_account():
    """系统身份没有账号，也没有任何账号能拿到系统角色。"""
    assert SYSTEM.account_id is None
    assert all(Role.SYSTEM not in accounts.actor_for(testing.make_staff(role).account_id).roles for role in (Role.SYSADMIN, Role.SECADMIN))
    assert not Actor(account_id=1, name="x").has(Role.SYSTEM)
