"""市级证照核验页：谁能开、坏输入怎样说、断线怎么办、导出。"""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from shilong.foundation.jobs.services import run_pending
from shilong.identity.accounts import selectors as accounts
from shilong.service.licences import services
from shilong.service.licences.models import CityCall
from shilong.service.licences.tests.conftest import hall
from shilong.service.licences.tests.peer import Peer
from shilong.web.office.tests.test_licences import client, status

__all__ = ["hall"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("P18", "P20")]
URL = "/office/licences/city/"


@pytest.fixture
def city(tmp_path, hall):
    made = Peer(tmp_path / "city.sqlite3").connect()
    services.issue(hall.draft().uid, actor=hall.leader)
    run_pending()
    yield made
    made.stop()


def ask(hall, username: str = "clerk", **values):
    code = accounts.applicant(hall.holder.account_id).id_no
    return client(username).post(URL, {"holder_code": code, "use_cause": "办理食品经营许可", "present": "1", **values})


def test_query_fetch_and_verify_on_the_page(city, hall):
    page = ask(hall).content.decode()
    assert "来源：市级电子证照平台" in page
    assert "公共场所卫生许可证" in page
    call = CityCall.objects.get()
    values = {"identifier": call.found[0]}
    fetched = client("clerk").post(f"{URL}{call.uid}/fetch/", values)
    assert (fetched.status_code, "测*甲" in fetched.content.decode(), "测试甲" in fetched.content.decode()) == (200, True, False)
    part = client("clerk").post(f"{URL}{call.uid}/verify/", values, headers={"HX-Request": "true"}).content.decode()
    assert "状态：有效" in part
    assert "<html" not in part
    assert status("chief", f"{URL}{call.uid}/fetch/", **values) == 409
    assert status("clerk", f"{URL}{call.uid}/erase/", **values) == 404
    assert client("clerk").get(f"{URL}{call.uid}/fetch/").status_code == 405


@pytest.mark.parametrize(
    ("who", "expected"), [("clerk", 200), ("health", 200), ("chief", 200), ("bureau", 403), ("holder", 403), ("catalog", 403)]
)
def test_who_can_open(hall, who, expected):
    assert status(who, URL) == expected


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"holder_code": "410404"}, "18 位居民身份证号"),
        ({"holder_code": ""}, "必填"),
        ({"use_cause": ""}, "必填"),
        ({"type_code": "乱写"}, "选"),
        ({"use_cause": "长" * 201}, "200"),
    ],
)
def test_bad_input_is_told_beside_the_field(city, hall, values, told):
    page = ask(hall, **values)
    assert page.status_code == 422
    assert told in page.content.decode()
    assert not CityCall.objects.exists()


def test_refusals_keep_what_was_typed(city, hall):
    none = ask(hall, present="")
    assert (none.status_code, "请填写要用到这张证照的办件编号" in none.content.decode()) == (403, True)
    assert "办理食品经营许可" in none.content.decode()
    city.stop()
    down = ask(hall)
    assert (down.status_code, "请先收纸质原件" in down.content.decode()) == (503, True)
    city.start()


def test_not_enabled_is_said_plainly(hall):
    assert "还没有启用" in ask(hall).content.decode()


def test_the_log_is_filtered_and_exported(city, hall):
    ask(hall)
    ask(hall, present="")
    page = client("clerk").get(URL, {"outcome": "denied"}).content.decode()
    assert page.count("<tr>") == 2
    assert client("clerk").get(URL, {"outcome": "乱写", "page": "99", "q": "\x00"}).status_code == 200
    book = load_workbook(BytesIO(client("clerk").get(f"{URL}export.xlsx", {"outcome": "found"}).content))
    assert [row[8].value for row in book.active.iter_rows(min_row=2)] == ["有结果"]
    assert client("holder").get(f"{URL}export.xlsx").status_code == 403
    assert "在市级平台查过我的证照" in client("holder").get("/me/licences/uses/").content.decode()
    assert "在市级平台查过我的证照" not in client("stranger").get("/me/licences/uses/").content.decode()


def test_queries_do_not_grow_with_the_log(city, hall, django_assert_max_num_queries):
    for _ in range(3):
        ask(hall)
    opened = client("clerk")
    with django_assert_max_num_queries(16):
        opened.get(URL)
