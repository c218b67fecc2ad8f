"""法人授权经办人：范围、期限、撤销、切换身份。"""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from shilong.foundation.refusals import NotAllowed, NotFound, Refused
from shilong.identity import testing
from shilong.identity.accounts import selectors, services
from shilong.identity.accounts.refusals import AgencyEnded, AgencyExists
from shilong.identity.roles.actor import Role

pytestmark = [pytest.mark.django_db, pytest.mark.req("W05")]


@pytest.fixture
def firm():
    return testing.make_enterprise("平顶山市石龙区虚构测试有限公司")


@pytest.fixture
def clerk():
    return testing.make_citizen("测试乙")


def authorize(firm, clerk, scope=(), days=30):
    until = timezone.localdate() + timedelta(days=days)
    return services.authorize_agent(firm, selectors.applicant(clerk.account_id).id_no, list(scope), until, name=clerk.name)


def browser(actor):
    client = Client()
    client.post("/login/", {"username": actor.username, "password": testing.PASSWORD})
    return client


def seen_as(client):
    """浏览器现在以谁的名义办事。"""
    return client.get("/account/agents/").context["actor"].agent_for


def test_clerk_switches_and_back(firm, clerk, audited):
    authorize(firm, clerk)
    client = browser(clerk)
    assert seen_as(client) is None
    client.post("/account/switch/", {"enterprise": firm.account_id})
    assert seen_as(client) == firm.account_id
    client.post("/account/switch/", {})
    assert seen_as(client) is None
    assert [line[0] for line in audited if line[0].startswith("agency")] == ["agency.grant", "agency.act", "agency.stop"]


def test_someone_else_cannot_switch(firm, clerk):
    authorize(firm, clerk)
    client = browser(testing.make_citizen("测试丙"))
    assert client.post("/account/switch/", {"enterprise": firm.account_id}).status_code == 403
    assert seen_as(client) is None


def test_revocation_takes_effect_on_the_next_request(firm, clerk):
    agency = authorize(firm, clerk)
    client = browser(clerk)
    client.post("/account/switch/", {"enterprise": firm.account_id})
    services.revoke_agent(agency.pk, actor=firm, reason="离职")
    assert seen_as(client) is None
    with pytest.raises(AgencyEnded):
        services.revoke_agent(agency.pk, actor=firm)


def test_expiry_takes_effect_without_anyone_doing_anything(firm, clerk):
    authorize(firm, clerk, days=1)
    assert selectors.principals(clerk.account_id) == [(firm.account_id, firm.name)]
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert selectors.principals(clerk.account_id) == []


def test_only_the_firm_itself_grants_and_revokes(firm, clerk):
    agency = authorize(firm, clerk)
    for other in (clerk, testing.make_citizen("测试丙"), testing.make_staff(Role.SYSADMIN)):
        with pytest.raises(NotAllowed):
            authorize(other, clerk)
        with pytest.raises(NotAllowed):
            services.revoke_agent(agency.pk, actor=other)
    with pytest.raises(NotFound):
        services.revoke_agent(agency.pk, actor=testing.make_enterprise())
    assert selectors.principals(clerk.account_id)


def test_scope_by_department_or_item(firm, clerk, rf):
    authorize(firm, clerk, scope=["scjg", "A" * 33])
    acting = testing.acting_for(clerk, firm)
    assert selectors.agent_may(acting, "B" * 33, "scjg")
    assert selectors.agent_may(acting, "A" * 33, "wjw")
    assert not selectors.agent_may(acting, "B" * 33, "wjw")
    assert selectors.agent_may(clerk, "B" * 33, "wjw")


def test_authorize_before_registration(firm):
    services.authorize_agent(firm, "410404190001010029", [], timezone.localdate(), name="测试乙")
    account = services.create_person("later", testing.PASSWORD, "测试乙", "410404190001010029", "13000000003")
    assert selectors.principals(account.pk) == []  # 证件号是自填的，核验过才算被授权的人
    with transaction.atomic():
        services.raise_level(account.pk, 1)
    assert selectors.principals(account.pk) == [(firm.account_id, firm.name)]


@pytest.mark.parametrize("days", [-1, 366 * 3 + 1])
def test_unreasonable_period(firm, clerk, days):
    with pytest.raises(Refused, match="三年"):
        authorize(firm, clerk, days=days)


def test_second_authorization_must_revoke_first(firm, clerk):
    authorize(firm, clerk)
    with pytest.raises(AgencyExists):
        authorize(firm, clerk)


def test_letter_is_for_the_two_parties_only(firm, clerk):
    agency = authorize(firm, clerk)
    for party in (firm, clerk):
        assert "法人授权委托书" in browser(party).get(f"/account/agents/{agency.pk}/letter/").content.decode()
    assert browser(testing.make_enterprise()).get(f"/account/agents/{agency.pk}/letter/").status_code == 404


def test_page_grants_and_lists_masked(firm, clerk):
    client, id_no = browser(firm), selectors.applicant(clerk.account_id).id_no
    form = {"name": "测试乙", "person_idno": id_no, "until": (timezone.localdate() + timedelta(days=9)).isoformat()}
    assert client.post("/account/agents/", form | {"person_idno": "1"}).status_code == 422
    assert client.post("/account/agents/", form).status_code == 302
    page = client.get("/account/agents/").content.decode()
    assert "有效" in page
    assert id_no not in page


def test_unverified_id_number_is_nobodys_agent(firm):
    pretender = testing.make_citizen("测试乙", level=0)
    authorize(firm, pretender)
    client = browser(pretender)
    assert client.post("/account/switch/", {"enterprise": firm.account_id}).status_code == 403
    assert selectors.principals(pretender.account_id) == []
    assert selectors.account_by_id_no("111", selectors.applicant(pretender.account_id).id_no) is None
