"""寄递工作台与群众的寄递页：打得开、看得对、别人打不开、坏输入不出错、查询次数有基线。"""

from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from shilong.foundation.audit.models import AuditEntry
from shilong.service.delivery import selectors, services
from shilong.service.delivery.models import Choice, Shipment
from shilong.service.delivery.rules.states import State
from shilong.service.delivery.testing import ADDRESS
from shilong.service.delivery.tests.conftest import item, post, world  # noqa: F401 测试固件

pytestmark = [pytest.mark.django_db, pytest.mark.req("W04", "W05")]
MANUAL = {"courier": "courier_manual", "pays": "sender", "waybill_no": "EMS123456789", "fee": "12"}


def enter(actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk(post):  # noqa: F811
    return enter(post.world.clerk)


@pytest.fixture
def row(post) -> Shipment:  # noqa: F811
    return post.shipment(post.decided())


def send(client: Client, row: Shipment, step: str, **data):
    row.refresh_from_db()
    return client.post(f"/window/shipments/{row.number}/{step}/", {"version": row.version, **data})


def packed(row: Shipment) -> list[str]:
    return [one["name"] for one in row.contents]


def test_the_whole_desk_by_hand(desk, post, row):  # noqa: F811
    assert row.number in desk.get("/window/shipments/").content.decode()
    page = desk.get(f"/window/shipments/{row.number}/").content.decode()
    assert "打包核对与下单" in page
    assert ADDRESS["mobile"] not in page
    refused = send(desk, row, "place", **MANUAL)
    assert refused.status_code == 422
    assert "打包核对还没有完成" in refused.content.decode()
    assert send(desk, row, "place", packed=packed(row), **MANUAL).status_code == 302
    label = desk.get(f"/window/shipments/{row.number}/label.pdf")
    assert (label["Content-Type"], label.content[:4]) == ("application/pdf", b"%PDF")
    now = f"{timezone.localtime():%Y-%m-%dT%H:%M:%S}"
    assert send(desk, row, "track", move="signed", at=now, remark="签收人：本人").status_code == 302
    row.refresh_from_db()
    assert row.state == State.SIGNED
    book = load_workbook(BytesIO(desk.get("/window/shipments/export.xlsx?group=signed").content))
    assert book.active["A2"].value == row.number
    fees = load_workbook(BytesIO(desk.get("/window/shipments/fees.xlsx").content)).active
    assert [cell.value for cell in fees[2]] == ["手工登记", "寄付", 1, 0, "12.00"]


def test_reveal_is_audited(desk, row):
    page = desk.post(f"/window/shipments/{row.number}/reveal/").content.decode()
    assert ADDRESS["mobile"] in page
    assert AuditEntry.objects.filter(action="delivery.reveal", object_id=row.number).count() == 1


def test_trouble_and_reship_with_another_address(desk, post, row):  # noqa: F811
    send(desk, row, "place", packed=packed(row), **MANUAL)
    assert send(desk, row, "report", trouble="lost", note="快递公司说找不到了").status_code == 302
    bad = send(desk, row, "handle", way="reship", note="重新制证", to_name="测试甲", to_mobile="1")
    assert bad.status_code == 422
    new = {f"to_{name}": value for name, value in {**ADDRESS, "detail": "新地址 1 号院 3 单元"}.items()}
    answer = send(desk, row, "handle", way="reship", note="重新制证", **new)
    number = answer.url.rstrip("/").rsplit("/", 1)[-1]
    assert "3 单元" in Shipment.objects.get(number=number).receiver


# 名称：（步骤，内容，可接受的状态码）
BAD = {
    "没有这个动作": ("burn", {}, {404}),
    "没有版本": ("place", {"version": ""}, {400}),
    "版本旧了": ("cancel", {"version": "0"}, {409}),
    "版本不是数字": ("cancel", {"version": "x"}, {409}),
    "快递公司乱写": ("place", {"courier": "x\x00", "pays": "free"}, {422}),
    "邮费是文字": ("fee", {"fee": "十二"}, {422}),
    "邮费无穷大": ("fee", {"fee": "Infinity"}, {422}),
    "没下单就登记轨迹": ("track", {"move": "signed", "at": "2026-01-01T00:00", "remark": "签收"}, {409}),
    "没下单就登记异常": ("report", {"trouble": "lost", "note": "丢了"}, {409}),
    "没有异常就处理": ("handle", {"way": "window", "note": "来取"}, {409}),
    "没取消就重建": ("reship", {}, {409}),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_at_the_desk(desk, row, name):
    step, data, accepted = BAD[name]
    answer = send(desk, row, step, **data)
    assert answer.status_code in accepted, answer.status_code
    row.refresh_from_db()
    assert row.state == State.PENDING


@pytest.mark.parametrize("at", ["", "明天", "2999-01-01T00:00", "2026-13-40T99:99"])
def test_bad_track_time(desk, row, at):
    send(desk, row, "place", packed=packed(row), **MANUAL)
    assert send(desk, row, "track", move="signed", at=at, remark="签收").status_code == 422


@pytest.mark.parametrize("path", ["", "{n}/", "{n}/label.pdf", "export.xlsx", "fees.xlsx"])
@pytest.mark.parametrize("who", ["citizen", "officer", "bureau", None])
def test_only_window_staff_open_the_desk(post, row, path, who):  # noqa: F811
    client = enter(getattr(post.world, who)) if who else Client()
    answer = client.get("/window/shipments/" + path.format(n=row.number))
    assert answer.status_code == (403 if who else 302)


@pytest.mark.parametrize("step", ["place", "cancel", "track", "report", "handle", "reship", "fee", "reveal"])
def test_only_window_staff_act(post, row, step):  # noqa: F811
    assert send(enter(post.world.citizen), row, step, note="x").status_code == 403
    row.refresh_from_db()
    assert row.state == State.PENDING


@pytest.mark.parametrize(
    "query", ["q=%00", "page=x", "page=99999", "since=x&until=2026-99-99", "group=nope", "kind=%00&courier=x", "group=all"]
)
def test_odd_filters(desk, row, query):
    assert desk.get(f"/window/shipments/?{query}").status_code == 200


def test_desk_query_count_does_not_grow(desk, post, django_assert_max_num_queries):  # noqa: F811
    for _ in range(4):
        post.decided()
    with django_assert_max_num_queries(26):
        desk.get("/window/shipments/")


def test_address_book_pages(post):  # noqa: F811
    client = enter(post.world.citizen)
    assert "还没有收件地址" in client.get("/me/addresses/").content.decode()
    bad = client.post("/me/addresses/", {**ADDRESS, "mobile": "12"})
    assert (bad.status_code, "11 位" in bad.content.decode()) == (422, True)
    good = client.post("/me/addresses/", {**ADDRESS, "next": "/me/cases/"})
    assert good.url == "/me/cases/"
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert client.post("/me/addresses/", {**ADDRESS, "next": target}).url == "/me/addresses/"
    page = client.get("/me/addresses/").content.decode()
    assert ADDRESS["mobile"] not in page
    uid = selectors.addresses(post.world.citizen)[0].uid
    assert ADDRESS["mobile"] in client.get(f"/me/addresses/{uid}/").content.decode()
    assert client.post(f"/me/addresses/{uid}/", {**ADDRESS, "postcode": "x"}).status_code == 422
    other = enter(post.world.other_citizen)
    for path in ("", "default/", "remove/"):
        method = other.post if path else other.get
        assert method(f"/me/addresses/{uid}/{path}").status_code == 404
    assert client.post(f"/me/addresses/{uid}/remove/").status_code == 302


def test_the_applicants_page(post, row):  # noqa: F811
    client = enter(post.world.citizen)
    url = f"/me/cases/{row.case_no}/delivery/"
    page = client.get(url).content.decode()
    assert ADDRESS["mobile"] not in page
    assert "窗口正在打包" in page
    assert client.post(url, {"way": "courier", "address": ""}).status_code == 422
    assert client.post(url, {"way": "x\x00"}).status_code == 422
    assert client.post(url, {"way": "courier", "address": "zzz"}).status_code == 404
    assert client.post(url, {"way": "window"}).status_code == 302
    assert Choice.objects.get(case_no=row.case_no).way == "window"
    assert "领取与寄递" in client.get(f"/me/cases/{row.case_no}/").content.decode()


def test_strangers_see_nothing(post, row):  # noqa: F811
    other = enter(post.world.other_citizen)
    url = f"/me/cases/{row.case_no}/delivery/"
    assert other.get(url).status_code == 403
    assert other.post(url, {"way": "window"}).status_code == 403
    assert other.post(f"{url}pickup/", {"slot": "x"}).status_code in (403, 422)
    for step in ("confirm", "cancel"):
        assert other.post(f"{url}{row.number}/{step}/", {"version": "1"}).status_code in (403, 404)
    assert Client().get(url).status_code == 302


def test_pickup_and_confirm_pages(post):  # noqa: F811
    client, case_no = enter(post.world.citizen), post.case("")
    post.address()
    url = f"/me/cases/{case_no}/delivery/"
    assert client.post(f"{url}pickup/", {"slot": "x"}).status_code == 422
    data = {"address": str(selectors.addresses(post.world.citizen)[0].uid), "slot": selectors.slots()[0].value, "other": "执照原件、公章"}
    assert client.post(f"{url}pickup/", data).status_code == 302
    row = post.shipment(case_no, "pickup")
    assert packed(row) == ["执照原件", "公章"]
    assert client.post(f"{url}{row.number}/cancel/", {"version": row.version}).status_code == 302
    sent = post.place(post.shipment(post.decided()).number, **MANUAL)
    assert client.post(f"/me/cases/{sent.case_no}/delivery/{sent.number}/confirm/").status_code == 302
    sent.refresh_from_db()
    assert sent.state == State.SIGNED


def test_anonymous_progress_shows_only_the_step(post, row):  # noqa: F811
    post.place(row.number, **MANUAL)
    from shilong.service.cases.models import Dossier

    code = Dossier.objects.get(case__case_no=row.case_no).query_code
    page = Client().post("/progress/", {"case_no": row.case_no, "query_code": code}).content.decode()
    assert "EM****6789" in page
    assert "EMS123456789" not in page


def test_agents_of_part_of_the_business_pick_but_do_not_edit(post):  # noqa: F811
    from shilong.identity import testing as people

    firm = people.make_enterprise()
    services.add_address(ADDRESS, actor=firm)
    limited = people.acting_for(post.world.citizen, firm, ("scjg",))
    assert len(selectors.addresses(limited)) == 1
