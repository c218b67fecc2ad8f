"""归集到市级平台：真实对端走真实协议，断线留着，恢复后补推不重。"""

import pytest

from shilong.foundation.adapters import registry
from shilong.foundation.jobs.services import run_pending
from shilong.service.licences import city, services
from shilong.service.licences.models import Push
from shilong.service.licences.refusals import CauseMissing, CityUnavailable
from shilong.service.licences.rules.states import Act
from shilong.service.licences.services import pushing
from shilong.service.licences.tests.peer import Peer

pytestmark = [pytest.mark.django_db, pytest.mark.req("P20", "P28")]


@pytest.fixture
def peer(tmp_path):
    made = Peer(tmp_path / "city.sqlite3")
    yield made
    made.stop()


@pytest.fixture
def connected(peer, hall):
    return peer.connect()


def test_the_adapter_checks_address_and_secret(peer):
    check = registry.get(city.KEY).check_config
    good = peer.config
    assert check(good) == "ok"
    assert "签名" in check({**good, "secret": "错"})
    assert "连不上" in check({**good, "url": "http://127.0.0.1:9"})
    assert "没有填写" in check({"url": ""})


def test_issue_and_revoke_reach_the_city(connected, hall):
    row = services.issue(hall.draft().uid, actor=hall.leader)
    run_pending()
    assert connected.rows("SELECT identifier, status, digest FROM licence") == [(row.identifier, "01", row.ofd_digest)]
    services.act(row.uid, Act.REVOKE, actor=hall.leader, reason="骗取许可", document_no="石卫撤〔2026〕1号")
    run_pending()
    assert connected.rows("SELECT status FROM licence") == [("03",)]
    assert city.check(row.identifier, row.ofd_digest) == {"found": True, "status": "03", "fileMatches": True}


def test_an_outage_loses_nothing_and_repeats_nothing(connected, hall):
    connected.stop()
    row = services.issue(hall.draft().uid, actor=hall.leader)
    services.act(row.uid, Act.SUSPEND, actor=hall.leader, reason="整改期间", document_no="石卫停〔2026〕1号")
    run_pending()
    assert Push.objects.filter(sent_at__isnull=True).count() == 2
    assert "连不上" in Push.objects.order_by("pk")[0].problem
    connected.start()
    assert services.push_due() == 2
    Push.objects.update(sent_at=None)
    services.push_due()
    assert connected.rows("SELECT count(*) FROM request") == [(2,)]
    assert connected.rows("SELECT status FROM licence") == [("02",)]


def test_a_rejected_row_does_not_block_the_rest(connected, hall, monkeypatch):
    row = services.issue(hall.draft().uid, actor=hall.leader)
    good = city.up_lic_data
    monkeypatch.setattr(city, "up_lic_data", lambda one, seq, operation: {**good(one, seq, operation), "issue_dept": ""})
    run_pending()
    assert "issue_dept" in Push.objects.get(licence=row).problem
    monkeypatch.setattr(city, "up_lic_data", good)
    services.act(row.uid, Act.SUSPEND, actor=hall.leader, reason="整改期间", document_no="石卫停〔2026〕1号")
    run_pending()
    assert connected.rows("SELECT status FROM licence") == [("02",)]


def test_query_and_fetch_from_the_city(connected, hall):
    row = services.issue(hall.draft().uid, actor=hall.leader)
    run_pending()
    assert [one["certificate_number"] for one in city.query(row.holder_code, "办理食品经营许可")] == [row.number]
    assert city.fetch(row.identifier, "核对")["certificate_holder"] == "测试甲"
    with pytest.raises(CauseMissing):
        city.query(row.holder_code, "")
    assert connected.rows("SELECT action, cause FROM use_log") == [("query", "办理食品经营许可"), ("fetch", "核对")]


def test_not_enabled_is_said_plainly(hall):
    with pytest.raises(CityUnavailable, match="还没有启用"):
        city.query("x", "核对")
    assert pushing.push_due() == 0
