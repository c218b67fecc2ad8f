"""经办授权：只能办、只能看授权范围内的本单位办件；撤销立即失效；网上申请须实名。"""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from shilong.identity import testing as people
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts import services as account_services
from shilong.identity.accounts.refusals import OutsideAgency
from shilong.identity.realname.services import LevelTooLow
from shilong.service.cases import refusals, selectors, services
from shilong.service.cases.models import Case
from shilong.service.cases.tests.conftest import upload
from shilong.service.materials import services as drafts

pytestmark = [pytest.mark.django_db, pytest.mark.req("W02", "W05", "P29")]
ACT = {"expected_version": 1, "payload": {"reason": "不办了"}}


@pytest.fixture
def firm():
    return people.make_enterprise("平顶山市石龙区虚构测试有限公司")


@pytest.fixture
def agent():
    return people.make_citizen("测试乙")


@pytest.fixture
def corp_item(item):
    """法人事项，归市场监管局。"""
    return item(8, server_type=["2"], materials=[])


@pytest.fixture
def other_item(item):
    people.make_department("wjw")
    return item(8, server_type=["2"], materials=[], department="wjw")


def authorize(firm, agent, *scope):
    until = timezone.localdate() + timedelta(days=30)
    return account_services.authorize_agent(firm, accounts.applicant(agent.account_id).id_no, list(scope), until, name=agent.name)


def acting(client, agent, firm):
    """真的登录并切换身份之后，这次请求的操作人。"""
    client.post("/login/", {"username": agent.username, "password": people.PASSWORD})
    client.post("/account/switch/", {"enterprise": firm.account_id})
    return seen(client)


def seen(client):
    request = RequestFactory().get("/")
    request.session = client.session
    return accounts.actor_of(request)


def test_agent_files_and_follows_within_scope(world, client, firm, agent, corp_item):
    authorize(firm, agent, "scjg")
    me = acting(client, agent, firm)
    view = world.submit(item_code=corp_item, actor=me, file_ids=[])
    assert Case.objects.get(case_no=view.case_no).account_id == firm.account_id
    assert [row.case_no for row in selectors.mine(me).items] == [view.case_no]
    assert selectors.case(view.case_no, actor=me).case_no == view.case_no
    assert selectors.mine_counts(me)["all"] == 1


@pytest.mark.parametrize("scope", ["zfbzj", "A" * 33])
def test_outside_the_scope_nothing_can_be_filed_or_seen(world, client, firm, agent, corp_item, scope):
    theirs = world.submit(item_code=corp_item, actor=firm, file_ids=[])
    authorize(firm, agent, scope)
    me = acting(client, agent, firm)
    with pytest.raises(OutsideAgency, match="不包括"):
        drafts.open_draft(corp_item, actor=me, channel="1")
    with pytest.raises(OutsideAgency):
        world.submit(item_code=corp_item, actor=me, file_ids=[upload(me)])
    with pytest.raises(refusals.OthersCase):
        selectors.case(theirs.case_no, actor=me)
    with pytest.raises(refusals.OthersCase):
        services.act(theirs.case_no, "withdraw", actor=me, **ACT)
    assert not selectors.mine(me).items
    assert not selectors.may_read(theirs.case_no, me)
    assert Case.objects.count() == 1


def test_list_keeps_only_the_part_in_scope(world, client, firm, agent, corp_item, other_item):
    inside = world.submit(item_code=corp_item, actor=firm, file_ids=[])
    world.submit(item_code=other_item, actor=firm, file_ids=[])
    authorize(firm, agent, corp_item)
    me = acting(client, agent, firm)
    assert [row.case_no for row in selectors.mine(me).items] == [inside.case_no]
    assert selectors.mine_counts(me)["all"] == 1


def test_revocation_takes_away_everything_at_once(world, client, firm, agent, corp_item):
    agency = authorize(firm, agent)
    me = acting(client, agent, firm)
    view = world.submit(item_code=corp_item, actor=me, file_ids=[])
    account_services.revoke_agent(agency.pk, actor=firm, reason="离职")
    with pytest.raises(OutsideAgency):  # 请求还没结束：写入时再问一次库
        world.submit(item_code=corp_item, actor=me, file_ids=[])
    with pytest.raises(OutsideAgency):
        drafts.open_draft(corp_item, actor=me, channel="1")
    after = seen(client)
    assert after.agent_for is None
    with pytest.raises(refusals.OthersCase):  # 经手过的也不能再看
        selectors.case(view.case_no, actor=after)
    with pytest.raises(refusals.OthersCase):
        services.act(view.case_no, "withdraw", actor=after, **ACT)
    assert not selectors.mine(after).items
    assert selectors.case(view.case_no, actor=firm).case_no == view.case_no


def test_an_agent_of_another_firm_sees_nothing(world, client, firm, agent, corp_item):
    view = world.submit(item_code=corp_item, actor=firm, file_ids=[])
    other = people.make_enterprise()
    authorize(other, agent)
    me = acting(client, agent, other)
    with pytest.raises(refusals.OthersCase):
        selectors.case(view.case_no, actor=me)


def test_online_filing_needs_level_one(world):
    someone = people.make_citizen("测试丙", level=0)
    with pytest.raises(LevelTooLow, match="实名等级"):
        drafts.open_draft(world.item_code, actor=someone, channel="1")
    with pytest.raises(LevelTooLow):
        world.submit(actor=someone, file_ids=[upload(someone)])
    assert not Case.objects.exists()
