"""市级查询核验：真实对端走真实协议；有依据才问，断线说得清，次次留痕，换一个人不行。"""

import pytest

from shilong.foundation.audit import selectors as audit_trail
from shilong.foundation.jobs.services import run_pending
from shilong.foundation.refusals import Invalid, NotAllowed
from shilong.identity.accounts import selectors as accounts
from shilong.service.licences import selectors, services
from shilong.service.licences.models import CityCall, Licence
from shilong.service.licences.refusals import CauseMissing, CityDown, NoBasis, QueryStale
from shilong.service.licences.rules.states import Act
from shilong.service.licences.services import Ground
from shilong.service.licences.tests.peer import Peer

pytestmark = [pytest.mark.django_db, pytest.mark.req("P18", "P20")]


@pytest.fixture
def city(tmp_path, hall):
    """已启用的市级平台，里面归集了持证人的一张卫生许可证。"""
    made = Peer(tmp_path / "city.sqlite3").connect()
    services.issue(hall.draft().uid, actor=hall.leader)
    run_pending()
    yield made
    made.stop()


def ground(hall, **values) -> Ground:
    code = accounts.applicant(hall.holder.account_id).id_no
    return Ground(**{"holder_code": code, "use_cause": "办理食品经营许可", **values})


def test_a_clerk_meets_the_holder_and_queries(city, hall):
    answer = services.lookup(ground(hall, present=True), actor=hall.clerk)
    assert [(row.name, row.state_name) for row in answer.rows] == [("公共场所卫生许可证", "有效")]
    identifier = answer.rows[0].identifier
    got = services.obtain(answer.uid, identifier, actor=hall.clerk)
    facts = dict(got.facts)
    assert (facts["持证主体"], got.source) == ("测*甲", "市级电子证照平台")
    assert "测试甲" not in str(got.facts)
    check = services.confirm(answer.uid, identifier, actor=hall.clerk)
    assert (check.found, check.state_name, check.matches) == (True, "有效", True)
    calls = list(CityCall.objects.order_by("pk").values_list("action", "basis", "outcome", "user_name"))
    assert calls == [(one, "present", "found", "李敏") for one in ("query", "fetch", "verify")]
    assert city.rows("SELECT action, cause FROM use_log") == [("query", "办理食品经营许可"), ("fetch", "办理食品经营许可")]
    seen = audit_trail.search(audit_trail.Filters(actor="李敏")).items
    assert {row.action for row in seen} >= {
        "licence.city_query",
        "licence.city_fetch",
    }


def test_an_officer_queries_for_a_case(city, hall):
    case_no = _case_of()
    answer = services.lookup(ground(hall, case_no=case_no), actor=hall.officer)
    assert len(answer.rows) == 1
    assert CityCall.objects.latest("pk").case_no == case_no
    assert services.lookup(ground(hall, case_no=case_no, type_code="11410404TTTT00022J999"), actor=hall.officer).rows == []
    assert CityCall.objects.latest("pk").outcome == "empty"


def _case_of() -> str:
    return Licence.objects.exclude(case_no="").latest("pk").case_no


def test_no_basis_is_refused_and_kept(city, hall):
    case_no = _case_of()
    stranger = accounts.applicant(hall.stranger.account_id).id_no
    for actor, values in (
        (hall.officer, {}),  # 什么依据也没有
        (hall.officer, {"present": True}),  # 部门不能说“持证人到场”
        (hall.outsider, {"case_no": case_no}),  # 别的部门的办件
        (hall.clerk, {"case_no": case_no, "holder_code": stranger}),  # 办件的申请人不是他
        (hall.clerk, {"case_no": "没有这件"}),
    ):
        with pytest.raises(NoBasis):
            services.lookup(ground(hall, **values), actor=actor)
    assert CityCall.objects.filter(outcome="denied", basis="none").count() == 5
    assert city.rows("SELECT count(*) FROM use_log") == [(0,)]


@pytest.mark.parametrize("who", ["holder", "bureau", "catalog"])
def test_others_cannot_ask(city, hall, who):
    with pytest.raises(NotAllowed):
        services.lookup(ground(hall, present=True), actor=getattr(hall, who))


def test_following_up_is_for_whoever_asked(city, hall):
    answer = services.lookup(ground(hall, present=True), actor=hall.clerk)
    identifier = answer.rows[0].identifier
    for action in (services.obtain, services.confirm):
        with pytest.raises(QueryStale):
            action(answer.uid, identifier, actor=hall.officer)
        with pytest.raises(QueryStale):
            action(answer.uid, identifier[:-1] + "0", actor=hall.clerk)


@pytest.mark.parametrize("code", ["", "410404", "x" * 30, "\x00"])
def test_a_wrong_number_never_leaves_the_house(city, hall, code):
    with pytest.raises(Invalid):
        services.lookup(ground(hall, holder_code=code, present=True), actor=hall.clerk)
    with pytest.raises(CauseMissing):
        services.lookup(ground(hall, use_cause=" ", present=True), actor=hall.clerk)
    assert not CityCall.objects.exists()


def test_an_outage_says_what_to_do(city, hall):
    answer = services.lookup(ground(hall, present=True), actor=hall.clerk)
    city.stop()
    with pytest.raises(CityDown, match="请先收纸质原件"):
        services.lookup(ground(hall, present=True), actor=hall.clerk)
    with pytest.raises(CityDown):
        services.confirm(answer.uid, answer.rows[0].identifier, actor=hall.clerk)
    assert list(CityCall.objects.order_by("pk").values_list("outcome", flat=True)) == ["found", "down", "down"]
    city.start()
    assert services.lookup(ground(hall, present=True), actor=hall.clerk).rows


def test_a_revoked_licence_shows_as_revoked(city, hall):
    answer = services.lookup(ground(hall, present=True), actor=hall.clerk)
    row = Licence.objects.get(identifier=answer.rows[0].identifier)
    services.act(row.uid, Act.REVOKE, actor=hall.leader, reason="骗取许可", document_no="石卫撤〔2026〕1号")
    run_pending()
    check = services.confirm(answer.uid, row.identifier, actor=hall.clerk)
    assert (check.state_name, check.tone) == ("已撤销", "r")


def test_the_log_is_for_the_department_and_the_holder(city, hall):
    services.lookup(ground(hall, present=True), actor=hall.clerk)
    assert len(selectors.city_calls(hall.clerk, {}).items) == 1
    assert len(selectors.city_calls(hall.bureau, {"outcome": "found"}).items) == 1
    assert selectors.city_calls(hall.outsider, {}).items == []
    assert [row.cause for row in selectors.city_calls_about(hall.holder)] == ["办理食品经营许可"]
    assert selectors.city_calls_about(hall.stranger) == []
    with pytest.raises(NotAllowed):
        selectors.city_calls(hall.holder, {})


def test_calls_cannot_be_rewritten(city, hall):
    services.lookup(ground(hall, present=True), actor=hall.clerk)
    with pytest.raises(TypeError):
        CityCall.objects.get().save()
