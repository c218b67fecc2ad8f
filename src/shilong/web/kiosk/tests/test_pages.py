"""预约、叫号、取号机、等候屏、管理页：该开的能开，换一个人不行；坏输入留在原页说清。"""

from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from shilong.identity import testing as people
from shilong.identity.roles.actor import Role, Scope
from shilong.service.booking import selectors as bookings
from shilong.service.booking import services as booking_services
from shilong.service.booking.models import Booking, Slot
from shilong.service.booking.tests.conftest import TODAY, TOMORROW, Clock, Hall, build
from shilong.service.queueing import selectors, services
from shilong.service.queueing.testing import GENERAL, HALL, past_tickets
from shilong.web.kiosk.take_views import COOKIE

pytestmark = [pytest.mark.django_db, pytest.mark.req("W01")]

MANAGE = (
    "/console/halls/",
    "/console/halls/?kind=group&key=general",
    "/console/halls/?kind=window&key=01 号窗口",
    "/console/hall-rules/",
    "/console/slots/",
    "/console/slots/supply/",
    "/console/slots/closures/",
    "/console/bookings/",
    "/console/bookings/?export=xlsx",
    "/console/bookings/blocked/",
    "/console/waiting/",
    "/console/waiting/export.xlsx",
)
MANAGE_ACTIONS = (
    "/console/halls/save/hall/",
    "/console/halls/main/revoke/",
    "/console/slots/closures/1/reopen/",
    "/console/bookings/blocked/lift/",
)
MINE = ("/me/bookings/", "/me/bookings/{number}/", "/me/bookings/{number}/change/")


def enter(actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def hall(db, monkeypatch) -> Hall:
    return build(Clock(monkeypatch))


def others(hall):
    roles = (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR, Role.CATALOG, Role.OFFICER)
    return [hall.citizen, hall.firm, *(people.make_staff(role, department="zwj", scope=Scope.DISTRICT) for role in roles)]


def test_management_pages_open_for_the_bureau_only(hall):
    hall.book()
    past_tickets(TODAY - timedelta(days=1), seed=1)
    client = enter(hall.bureau)
    assert [client.get(path).status_code for path in MANAGE] == [200] * len(MANAGE)
    for outsider in (*others(hall), hall.clerk):
        stranger = enter(outsider)
        assert {stranger.get(path).status_code for path in MANAGE} == {403}
        assert {stranger.post(path).status_code for path in MANAGE_ACTIONS} == {403}
    assert {Client().get(path).status_code for path in MANAGE} == {302}


def test_queue_bench_is_for_window_people_only(hall):
    services.take(GENERAL)
    assert enter(hall.clerk).get("/window/queue/").status_code == 200
    for outsider in (*others(hall), hall.bureau):
        client = enter(outsider)
        assert client.get("/window/queue/").status_code == 403
        assert {client.post(f"/window/queue/{name}/").status_code for name in ("next", "pause", "check-in")} == {403}
    none = enter(people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT)).get("/window/queue/")
    assert "还不能叫号" in none.content.decode()


def test_my_bookings_are_mine(hall):
    row = hall.book()
    paths = [path.format(number=row.number) for path in MINE]
    assert [enter(hall.citizen).get(path).status_code for path in paths] == [200] * 3
    assert [enter(hall.stranger).get(path).status_code for path in paths] == [200, 404, 404]
    assert enter(hall.stranger).post(f"/me/bookings/{row.number}/cancel/").status_code == 404
    assert {Client().get(path).status_code for path in paths} == {302}
    assert row.number not in enter(hall.stranger).get("/me/bookings/?tab=").content.decode()


def test_booking_page_shows_everything_first_even_signed_out(hall):
    text = Client().get(f"/book/{hall.item}/").content.decode()
    for wanted in (
        "事项类型",
        "办理部门",
        "法定时限",
        "承诺时限",
        "咨询电话",
        "监督电话",
        "收费",
        "办理地点",
        "受理条件",
        "设定依据",
        "办理材料",
        "办理流程",
    ):
        assert wanted in text, wanted
    assert "登录后预约" in text
    assert Client().post(f"/book/{hall.item}/", {"slot": hall.slot().pk, "read": "1"}).status_code == 302
    assert not Booking.objects.exists()


def test_booking_on_the_page(hall):
    client = enter(hall.citizen)
    path = f"/book/{hall.item}/"
    slot = hall.slot()
    assert client.post(path, {"slot": slot.pk}).status_code == 422
    assert client.post(path, {"read": "1"}).status_code == 404
    Slot.objects.filter(pk=slot.pk).update(capacity=2, booked=2)
    full = client.post(path, {"slot": slot.pk, "read": "1", "day": f"{TOMORROW}"})
    assert (full.status_code, "已约满" in full.content.decode()) == (409, True)
    other = hall.slot(at="10:00")
    answer = client.post(path, {"slot": other.pk, "read": "1"}, follow=True)
    text = answer.content.decode()
    assert Booking.objects.get().number in text
    assert "data:image/svg+xml" in text
    changed = client.post(f"/me/bookings/{Booking.objects.get().number}/change/", {"slot": hall.slot(at="11:00").pk}, follow=True)
    assert "11:00–11:30" in changed.content.decode()


@pytest.mark.parametrize("day", ["x", "2026-13-40", "2020-01-01", "\x00"])
def test_bad_day_falls_back(hall, day):
    assert Client().get(f"/book/{hall.item}/", {"day": day}).status_code == 200


def test_unknown_item_and_booking(hall):
    client = enter(hall.citizen)
    assert [client.get(path).status_code for path in ("/book/nothing/", "/me/bookings/YY1/")] == [404, 404]


def machine(hall) -> Client:
    client = Client()
    client.cookies[COOKIE] = hall.device
    return client


def test_the_machine_takes_checks_in_and_finds_back(hall):
    client = machine(hall)
    assert client.get("/kiosk/take/").status_code == 200
    slip = client.post(f"/kiosk/take/{GENERAL}/", {"name": "测试丁", "id_no": people.fake_idcard(9001)}, follow=True)
    assert "A001" in slip.content.decode()
    row = hall.book(day=TODAY, at="09:00")
    code = bookings.qr_text(row.number, hall.citizen)
    assert "A002" in client.post("/kiosk/take/check-in/", {"code": code}, follow=True).content.decode()
    again = client.post("/kiosk/take/check-in/", {"code": code})
    assert (again.status_code, "已签到" in again.content.decode()) == (409, True)
    called = services.call_next(actor=hall.clerk)
    services.miss(called.uid, actor=hall.clerk)
    assert "已找回" in client.post("/kiosk/take/return/", {"number": called.number}, follow=True).content.decode()
    assert client.post("/kiosk/take/return/", {"number": "Z999"}).status_code == 404
    wrong = client.post(f"/kiosk/take/{GENERAL}/", {"id_no": "123"})
    assert (wrong.status_code, "身份证" in wrong.content.decode()) == (422, True)


def test_no_machine_no_number(hall):
    uid = services.take(GENERAL).uid
    for client in (Client(), enter(hall.citizen), enter(hall.clerk)):
        assert client.get("/kiosk/take/").status_code == 403
        assert client.get(f"/kiosk/take/slip/{uid}/").status_code == 403
        assert client.get(f"/kiosk/take/{GENERAL}/").status_code == 403
        assert client.post(f"/kiosk/take/{GENERAL}/").status_code == 403
    assert selectors.ticket(uid).ahead == 0


def test_authorising_a_machine_signs_the_staff_out(hall):
    client = enter(hall.clerk)
    assert client.get("/kiosk/").status_code == 200
    answer = client.post("/kiosk/authorise/", {"hall": HALL})
    assert answer.cookies[COOKIE]["httponly"]
    assert client.get("/kiosk/take/").status_code == 200
    assert client.get("/window/queue/").status_code == 302
    for outsider in others(hall):
        assert enter(outsider).post("/kiosk/authorise/", {"hall": HALL}).status_code == 403


def test_screen_is_public_masked_and_cheap_when_quiet(hall):
    client = Client()
    hall.book(day=TODAY, at="09:00")
    booking_services.check_in(hall.device, bookings.qr_text(Booking.objects.get().number, hall.citizen))
    called = services.call_next(actor=hall.clerk)
    text = client.get(f"/kiosk/screen/{HALL}/").content.decode()
    assert called.number in text
    assert "测*甲" in text
    assert "测试甲" not in text
    stamp = selectors.stamp(HALL)
    with CaptureQueriesContext(connection) as quiet:
        assert client.get(f"/kiosk/screen/{HALL}/now/", {"since": stamp}).status_code == 204
    assert len(quiet) <= 1
    services.recall(called.uid, actor=hall.clerk)
    assert client.get(f"/kiosk/screen/{HALL}/now/", {"since": stamp}).status_code == 200
    assert client.get("/kiosk/screen/nowhere/").status_code == 404


def test_spoken_audio_is_made_once(hall, settings, tmp_path):
    settings.DATA = tmp_path
    services.take(GENERAL)
    called = services.call_next(actor=hall.clerk)
    path = f"/kiosk/screen/{HALL}/voice/{called.uid}.wav"
    answer = Client().get(path)
    if answer.status_code == 503:
        pytest.skip("没有 espeak-ng；请安装 espeak-ng 软件包")
    assert (answer["Content-Type"], answer.content[:4]) == ("audio/wav", b"RIFF")
    stored = list((tmp_path / "voice").glob("*.wav"))
    assert len(stored) == 1
    before = stored[0].stat().st_mtime_ns
    Client().get(path)
    assert stored[0].stat().st_mtime_ns == before
    waiting = services.take(GENERAL)
    assert Client().get(f"/kiosk/screen/{HALL}/voice/{waiting.uid}.wav").status_code == 404


def test_calling_goes_straight_to_intake_with_the_applicant_filled_in(hall):
    row = hall.book(day=TODAY, at="09:00")
    booking_services.check_in(hall.device, bookings.qr_text(row.number, hall.citizen))
    client = enter(hall.clerk)
    page = client.post("/window/queue/next/", follow=True)
    text = page.content.decode()
    assert page.redirect_chain[0][0].startswith(f"/window/new/{hall.item}/?ticket=")
    assert 'value="测试甲"' in text
    uid = page.redirect_chain[0][0].rsplit("=", 1)[1]
    assert enter(hall.bureau).get(page.redirect_chain[0][0]).status_code == 403
    other = people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, window="03 号窗口")
    assert enter(other).get(page.redirect_chain[0][0]).status_code == 403
    assert enter(other).post(f"/window/queue/{uid}/finish/").status_code == 403
    assert client.post(f"/window/queue/{uid}/dance/").status_code == 404
    assert client.get(f"/window/new/{hall.item}/?ticket=zzz").status_code == 404
    client.post(f"/window/queue/{uid}/serve/")
    client.post(f"/window/queue/{uid}/transfer/", {"group": "social"})
    assert selectors.ticket(uid).group == "social"


def test_window_bench_cost_does_not_grow(hall):
    client = enter(hall.clerk)
    client.get("/window/queue/")
    counts = []
    for _ in range(2):
        for _ in range(6):
            services.take(GENERAL)
        with CaptureQueriesContext(connection) as seen:
            client.get("/window/queue/")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 33


def test_pause_and_staff_check_in_on_the_page(hall):
    client = enter(hall.clerk)
    client.post("/window/queue/pause/", {"reason": "开会"})
    assert "窗口已暂停：开会" in client.get("/window/queue/").content.decode()
    client.post("/window/queue/pause/", {"resume": "1"})
    row = hall.book(day=TODAY, at="09:00")
    assert "A001" in client.post("/window/queue/check-in/", {"number": row.number}, follow=True).content.decode()
    assert client.post("/window/queue/check-in/", {"number": "YY0"}).status_code == 404


def test_console_saves_and_points_at_mistakes(hall):
    client = enter(hall.bureau)
    good = {
        "group": GENERAL,
        "name": "晚间",
        "weekdays": list("135"),
        "start": "18:00",
        "end": "20:00",
        "minutes": 60,
        "capacity": 3,
        "active": "1",
    }
    assert client.post("/console/slots/", good).status_code == 302
    assert client.post("/console/slots/", {**good, "end": "17:00"}).status_code == 422
    assert client.post("/console/slots/99999/", good).status_code == 404
    assert client.get("/console/slots/99999/").status_code == 404
    row = hall.book()
    closing = {"place": f"{HALL}/", "start": f"{TOMORROW}T09:00", "end": f"{TOMORROW}T12:00", "reason": "停电"}
    assert client.post("/console/slots/closures/", {**closing, "reason": ""}).status_code == 422
    assert "1 个预约" in client.post("/console/slots/closures/", closing, follow=True).content.decode()
    assert hall.view(row.number).state == "suspended"
    assert client.post("/console/bookings/blocked/", {"number": row.number, "until": "x", "reason": "倒号"}).status_code == 422
    assert client.post("/console/bookings/blocked/", {"number": row.number, "until": "2026-12-31", "reason": "倒号"}).status_code == 302
    assert client.post("/console/hall-rules/", {"which": "queue", "returns": "x"}).status_code == 422
    hall_form = {"key": "east", "name": "东区分厅", "active": "1"}
    assert client.post("/console/halls/save/hall/", hall_form).status_code == 302
    assert client.post("/console/halls/save/hall/", {**hall_form, "key": "大 厅"}).status_code == 422
    assert client.post("/console/halls/save/nothing/", {}).status_code == 404


def test_statistics_export_matches_the_page(hall):
    past_tickets(TODAY - timedelta(days=1), seed=3)
    client = enter(hall.bureau)
    book = load_workbook(BytesIO(client.get("/console/waiting/export.xlsx?by=group").content))
    rows = list(book.active.values)
    assert rows[0][0] == "窗口组"
    assert {row[0] for row in rows[1:]} == {"综合受理", "社保民政", "合计"}
    assert next(row for row in rows if row[0] == "合计")[1] == 60
    for by in ("hour", "item", "window", "day", "nonsense"):
        assert client.get(f"/console/waiting/?by={by}&first=2000-01-01&last=x").status_code == 200


def test_api_books_changes_and_cancels(hall):
    client = enter(hall.citizen)
    found = Client().get("/api/v1/bookings/days", {"item_code": hall.item}).json()
    assert found["hall"] == "石龙区政务服务大厅"
    slots = Client().get("/api/v1/bookings/slots", {"item_code": hall.item, "day": f"{TOMORROW}"}).json()
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token(hall.citizen)}"}
    made = Client().post("/api/v1/bookings", {"item_code": hall.item, "slot": slots[0]["id"]}, "application/json", **headers)
    assert made.status_code == 201
    number = made.json()["number"]
    assert Client().get(f"/api/v1/bookings/{number}").status_code == 401
    stranger = {"HTTP_AUTHORIZATION": f"Bearer {token(hall.stranger)}"}
    assert Client().post(f"/api/v1/bookings/{number}/cancel", **stranger).json()["code"] == "booking_not_found"
    again = Client().post("/api/v1/bookings", {"item_code": hall.item, "slot": slots[0]["id"]}, "application/json", **headers)
    assert (again.status_code, again.json()["code"]) == (409, "booking_twice")
    moved = Client().post(f"/api/v1/bookings/{number}/change", {"slot": slots[1]["id"]}, "application/json", **headers).json()
    assert moved["start"] == slots[1]["start"]
    assert client.get("/api/v1/bookings?tab=open").json()["count"] == 1
    assert Client().post(f"/api/v1/bookings/{number}/cancel", **headers).json()["state"] == "cancelled"
    assert Client().post("/api/v1/bookings", {"item_code": hall.item, "slot": 0}, "application/json", **headers).status_code == 422


def token(actor) -> str:
    body = {"username": actor.username, "password": people.PASSWORD}
    return Client().post("/api/v1/auth/token", body, "application/json").json()["token"]


def test_progress_page_needs_no_login_and_shows_no_name(hall):
    ticket = services.take(GENERAL, visitor=services.Visitor(name="测试甲", account_id=hall.citizen.account_id))
    text = Client().get(f"/q/{ticket.uid}/").content.decode()
    assert ("A001" in text, "测试甲" in text) == (True, False)
    assert Client().post(f"/q/{ticket.uid}/abandon/").status_code == 302
    assert enter(hall.stranger).post(f"/q/{ticket.uid}/abandon/").status_code == 403
    assert enter(hall.citizen).post(f"/q/{ticket.uid}/abandon/").status_code == 302
    assert selectors.ticket(ticket.uid).state == "abandoned"
