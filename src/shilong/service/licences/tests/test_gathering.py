"""归集情况：各类合计对得上，不收的看得到原因、能重推；换一个人不行。"""

import pytest

from shilong.foundation.jobs.services import run_pending
from shilong.foundation.refusals import Invalid, NotAllowed
from shilong.service.licences import city, services
from shilong.service.licences.models import Push
from shilong.service.licences.rules.states import Act
from shilong.service.licences.selectors import gathering
from shilong.service.licences.tests.peer import Peer

pytestmark = [pytest.mark.django_db, pytest.mark.req("P18", "P20")]


@pytest.fixture
def peer(tmp_path, hall):
    made = Peer(tmp_path / "city.sqlite3").connect()
    yield made
    made.stop()


@pytest.fixture
def rejected(peer, hall, monkeypatch):
    """一张签发了但市级不收的。"""
    row, good = services.issue(hall.draft().uid, actor=hall.leader), city.up_lic_data
    monkeypatch.setattr(city, "up_lic_data", lambda one, seq, operation: {**good(one, seq, operation), "issue_dept": ""})
    run_pending()
    monkeypatch.setattr(city, "up_lic_data", good)
    return row


def summary(hall):
    row = next(row for row in gathering.gathering(hall.bureau) if row.name == "公共场所卫生许可证")
    return row.listed, row.electronic, row.sent, row.rejected, row.waiting


def test_numbers_follow_what_happened(rejected, peer, hall):
    assert summary(hall) == (1, 1, 0, 1, 0)
    (line,) = gathering.pushes(hall.bureau, {"state": "rejected"}).items
    assert (line.state_name, line.action, "issue_dept" in line.problem) == ("市级不收", "签发", True)
    peer.stop()
    services.act(rejected.uid, Act.SUSPEND, actor=hall.leader, reason="整改期间", document_no="石卫停〔2026〕1号")
    run_pending()
    assert summary(hall) == (1, 1, 0, 1, 1)
    (waiting,) = gathering.pushes(hall.bureau, {"state": "waiting"}).items
    assert "连不上" in waiting.problem
    peer.start()
    services.push_due()
    assert summary(hall) == (1, 1, 1, 1, 0)


def test_a_rejected_one_is_pushed_again(rejected, peer, hall):
    (line,) = gathering.pushes(hall.bureau, {}).items
    assert services.repush([line.id], actor=hall.bureau) == 1
    run_pending()
    assert summary(hall) == (1, 1, 1, 0, 0)
    assert peer.rows("SELECT identifier FROM licence") == [(rejected.identifier,)]
    with pytest.raises(Invalid, match="没有可以重推的"):
        services.repush(None, actor=hall.bureau)
    assert peer.rows("SELECT count(*) FROM request") == [(1,)]


@pytest.mark.parametrize("who", ["officer", "leader", "clerk", "holder"])
def test_others_neither_see_nor_repush(rejected, hall, who):
    for call in (gathering.gathering, lambda actor: gathering.pushes(actor, {}), lambda actor: services.repush(None, actor=actor)):
        with pytest.raises(NotAllowed):
            call(getattr(hall, who))
    assert Push.objects.exclude(problem="").count() == 1


@pytest.mark.parametrize(
    ("filters", "count"),
    [({"q": "没有"}, 0), ({"state": "乱写"}, 1), ({"department": "scjg"}, 0), ({"department": "wjw"}, 1), ({"q": "\x00"}, 1)],
)
def test_filters(rejected, hall, filters, count):
    assert len(gathering.pushes(hall.bureau, filters).items) == count
    assert len(list(gathering.export_pushes(hall.catalog, filters))) == count


def test_many_are_pushed_in_one_go(peer, hall, monkeypatch):
    from shilong.service.licences.services import pushing

    monkeypatch.setattr(pushing, "CHUNK", 1)
    row = services.issue(hall.draft().uid, actor=hall.leader)
    services.act(row.uid, Act.SUSPEND, actor=hall.leader, reason="整改期间", document_no="石卫停〔2026〕1号")
    run_pending()
    assert summary(hall)[2:] == (2, 0, 0)
