"""证照库按名称开头查：两种数据库同一个意思；通配符只是字；命中多、命中少走不同的路，结果一样；PDF 副本首次下载才有。"""

import pytest

from shilong.foundation.documents import pades
from shilong.identity import testing as people
from shilong.service.licences import copies, selectors, services
from shilong.service.licences.models import Licence
from shilong.service.licences.selectors import holder, keeping
from shilong.service.licences.testing import make_draft

pytestmark = [pytest.mark.django_db, pytest.mark.req("P05")]
NAMES = ("虚构理发店", "虚构理发店二部", "虚构美容店", "100%好店", "100好店", "A_店", "AB店", "\U00020bb7野家")


@pytest.fixture
def shops(hall):
    for number, name in enumerate(NAMES):
        make_draft("公共场所卫生许可证", name=name, code=people.fake_uscc(500 + number), kind="2")
    return hall


@pytest.mark.parametrize("few", [2000, 0])
@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("虚构理发店", {"虚构理发店", "虚构理发店二部"}),
        ("虚构", {"虚构理发店", "虚构理发店二部", "虚构美容店"}),
        ("理发店", set()),
        ("100%", {"100%好店"}),
        ("A_", {"A_店"}),
        ("\U00020bb7", {"\U00020bb7野家"}),
    ],
)
def test_names_starting_with(shops, monkeypatch, few, q, found):
    monkeypatch.setattr(keeping, "FEW", few)
    for actor in (shops.bureau, shops.leader):
        assert {row.holder for row in selectors.library(actor, {"q": q}).items} == found
    assert selectors.library(shops.outside_leader, {"q": q}).items == []


def test_a_pdf_is_made_on_the_first_download_and_kept(hall):
    row = services.issue(hall.draft().uid, actor=hall.leader)
    assert row.pdf_digest == ""
    first = holder.file(row.uid, "pdf", hall.holder)[1]
    assert pades.verify(first, pades.roots()).ok
    again = Licence.objects.get(pk=row.pk)
    assert copies.load(again, "pdf") == first == keeping.file(row.uid, "pdf", hall.leader)[1]
    row.pdf_digest = ""  # 两个人同时第一次下载：后到的拿到先做好的那份
    assert copies.load(row, "pdf") == first
