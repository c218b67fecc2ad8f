"""并发：同一张同时签发只成一次；同一亮证码同时扫只成一次；授权次数不会多用。SQLite 与 PostgreSQL 都要过。"""

import pytest

from shilong.identity.accounts import selectors as accounts
from shilong.service.cases.tests.test_concurrency import together
from shilong.service.licences import services, usage
from shilong.service.licences.models import Licence, LicenceEvent, LicenceUse
from shilong.service.licences.refusals import AlreadyValid, CodeUnusable, GrantUnusable
from shilong.service.licences.rules.states import NotPossible, State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P05", "P20")]


def losers(results):
    return [type(one) for one in results if isinstance(one, Exception)]


def test_issuing_at_once_issues_once(hall):
    row = hall.draft()
    assert losers(together(4, lambda index: services.issue(row.uid, actor=hall.leader))) == [NotPossible] * 3
    assert LicenceEvent.objects.filter(licence=row, action="issue").count() == 1


def test_two_licences_of_one_holder_at_once_leave_one(hall):
    pair = [hall.draft(), hall.draft()]
    assert losers(together(2, lambda index: services.issue(pair[index].uid, actor=hall.leader))) == [AlreadyValid]
    assert Licence.objects.filter(state=State.VALID).count() == 1


def test_codes_and_grants_are_spent_once(hall):
    row = services.issue(hall.draft().uid, actor=hall.leader)
    token, _ = services.show(row.uid, "窗口核对", actor=hall.holder)
    assert losers(together(4, lambda index: services.redeem(token, actor=hall.clerk))) == [CodeUnusable] * 3
    given = services.grant(row.uid, department="scjg", purpose="核对", max_uses=2, days=1, actor=hall.holder)
    holder = accounts.applicant(hall.holder.account_id).id_no

    def call(index):
        return services.query(holder_code=holder, use_cause="核对", grant_uid=str(given.uid), actor=hall.outsider)

    assert losers(together(4, call)) == [GrantUnusable] * 2
    assert LicenceUse.objects.filter(licence=row, result="ok").count() == 3
    assert usage.broken(row) is None


def test_the_same_decision_twice_at_once_makes_one(hall):
    case_no = hall.grant_case()
    made = together(3, lambda index: services.make_for_case(case_no))
    assert losers(made) == []
    assert Licence.objects.filter(case_no=case_no).count() == 1
