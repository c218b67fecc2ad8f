"""并发：同一份申请同时制章只成一次；同时停用只成一次。SQLite 与 PostgreSQL 都要过。"""

import pytest

from shilong.service.cases.tests.test_concurrency import together
from shilong.service.seals import services
from shilong.service.seals.models import SealEvent, SealVersion
from shilong.service.seals.refusals import ApplicationClosed, ApplicationPending
from shilong.service.seals.rules import StepNotPossible
from shilong.service.seals.tests.conftest import filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P06")]


def losers(results):
    return [one for one in results if isinstance(one, Exception)]


def test_making_at_once_makes_one_seal(cast):
    application = filed(cast)
    services.approve(application, actor=cast.bureau)
    results = together(4, lambda index: services.make(application, actor=cast.bureau))
    assert [type(one) for one in losers(results)] == [ApplicationClosed] * 3
    assert SealVersion.objects.count() == 1


def test_applying_and_freezing_at_once(cast, seal_no):
    results = together(3, lambda index: services.freeze(seal_no, actor=cast.leader, reason="保管人员离岗"))
    assert [type(one) for one in losers(results)] == [StepNotPossible] * 2
    assert SealEvent.objects.filter(step="freeze").count() == 1
    results = together(3, lambda index: services.apply_change(seal_no, name="石龙区某局", years=1, reason="机构更名", actor=cast.leader))
    assert [type(one) for one in losers(results)] == [ApplicationPending] * 2
