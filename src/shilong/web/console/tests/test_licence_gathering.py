"""证照归集页：谁能开、筛选、重推、导出，电脑与手机都看。"""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from shilong.foundation.jobs.services import run_pending
from shilong.service.licences import city, services
from shilong.service.licences.tests.conftest import hall
from shilong.service.licences.tests.test_gathering import peer, rejected
from shilong.web.office.tests.test_licences import client, status

__all__ = ["hall", "peer", "rejected"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("P18", "P20")]
URL = "/console/licence-gathering/"


@pytest.mark.parametrize(("who", "expected"), [("bureau", 200), ("catalog", 200), ("chief", 403), ("clerk", 403), ("holder", 403)])
def test_who_can_open(hall, who, expected):
    assert status(who, URL) == expected
    assert status(who, URL + "export.xlsx") == expected


def test_not_enabled_tells_what_to_do(hall):
    assert "市级平台还没有启用" in client("bureau").get(URL).content.decode()


def test_repush_from_the_page(rejected, hall):
    page = client("bureau").get(URL, {"state": "rejected"}).content.decode()
    assert "缺少必填项：issue_dept" in page
    book = load_workbook(BytesIO(client("catalog").get(URL + "export.xlsx").content))
    assert [row[5].value for row in book.active.iter_rows(min_row=2)] == ["市级不收"]
    assert status("chief", URL + "repush/", all="1") == 403
    assert status("bureau", URL + "repush/", id="乱写") == 422
    assert status("bureau", URL + "repush/", all="1") == 302
    run_pending()
    assert "缺少必填项" not in client("bureau").get(URL, {"q": rejected.number}).content.decode()


@pytest.mark.parametrize("query", [{"state": "乱写"}, {"page": "99999"}, {"q": "\x00"}, {"type": "x" * 60}])
def test_bad_queries_are_harmless(rejected, query):
    assert client("bureau").get(URL, query).status_code == 200


def test_queries_do_not_grow_with_rows(rejected, hall, django_assert_max_num_queries):
    opened = client("bureau")
    with django_assert_max_num_queries(22):
        opened.get(URL)


@pytest.mark.django_db(transaction=True)
def test_in_a_browser(transactional_db, hall, peer, live_server, page, phone, sign_in, assert_accessible, snapshot, monkeypatch):
    row, good = services.issue(hall.draft().uid, actor=hall.leader), city.up_lic_data
    monkeypatch.setattr(city, "up_lic_data", lambda one, seq, operation: {**good(one, seq, operation), "issue_dept": ""})
    run_pending()
    monkeypatch.setattr(city, "up_lic_data", good)
    sign_in(page, "bureau")
    page.goto(live_server.url + URL)
    assert_accessible(page)
    snapshot(page, "licence-gathering")
    sign_in(phone, "bureau")
    phone.goto(live_server.url + URL)
    assert_accessible(phone)
    snapshot(phone, "licence-gathering-phone")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label(f"选中 {row.number} 的签发").check()
    page.get_by_role("button", name="重推所选").click()
    page.get_by_text("1 条已重新排上").wait_for()
    run_pending()
    page.reload()
    page.get_by_text("已送达").nth(1).wait_for()
