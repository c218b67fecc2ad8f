"""真实浏览器走一遍：群众手机预约 → 到厅签到取号 → 窗口呼叫 → 等候屏显示 → 进入收件；axe 零违规，电脑与手机都看。"""

from datetime import timedelta

import pytest

from shilong.identity import testing as people
from shilong.service.booking import selectors as bookings
from shilong.service.booking.models import Booking
from shilong.service.booking.tests.conftest import TODAY, Clock, build
from shilong.service.catalog import selectors as catalog
from shilong.service.forms import defaults
from shilong.service.forms import services as form_services
from shilong.service.queueing import services
from shilong.service.queueing.services import Visitor
from shilong.service.queueing.testing import GENERAL, HALL, SOCIAL, past_tickets
from shilong.web.kiosk.take_views import COOKIE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W01")]


@pytest.fixture
def hall(transactional_db, monkeypatch):
    made = build(Clock(monkeypatch), capacity=3)
    item = catalog.item(made.item)
    form_services.install(item.form_code, "标准申请表", defaults.standard_form(item.type, item.server_types))
    return made


def no_sideways(page) -> None:
    """手机上没有横向滚动。"""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), page.url


def machine(page, live_server, hall) -> None:
    page.context.add_cookies([{"name": COOKIE, "value": hall.device, "url": live_server.url}])


def test_from_a_phone_booking_to_the_window(hall, live_server, page, phone, browser, sign_in, assert_accessible, snapshot, settle):
    sign_in(phone, hall.citizen.username)
    phone.goto(f"{live_server.url}/items/{hall.item}/")
    phone.get_by_role("region", name="页面操作").get_by_role("link", name="预约到厅").click()
    assert_accessible(phone)
    no_sideways(phone)
    snapshot(phone, "booking-book-m")
    for weekday, legend in (("周四", "11月26日的时段"), ("周三", "11月25日的时段")):
        phone.get_by_role("link", name=weekday).first.click()
        phone.get_by_text(legend).wait_for()
    phone.locator(".bk-slot:not(.full)").first.click()
    phone.get_by_label("我已看清受理条件").check()
    phone.get_by_role("button", name="确认预约").click()
    phone.get_by_role("heading", name="经过").wait_for()
    assert_accessible(phone)
    no_sideways(phone)
    snapshot(phone, "booking-detail-m")
    row = Booking.objects.get()
    assert row.day == TODAY
    settle()
    phone.goto(f"{live_server.url}/me/bookings/")
    assert_accessible(phone)
    no_sideways(phone)
    snapshot(phone, "booking-list-m")

    desk = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
    machine(desk, live_server, hall)
    desk.goto(f"{live_server.url}/kiosk/take/")
    assert_accessible(desk)
    snapshot(desk, "kiosk-home-pc")
    desk.get_by_label("预约码、预约编号或身份证号").fill(bookings.qr_text(row.number, hall.citizen))
    desk.get_by_text("扫码在手机上看排队进度").wait_for()
    assert desk.get_by_role("heading").inner_text().endswith("A001")
    assert_accessible(desk)
    snapshot(desk, "kiosk-slip-pc")

    screen = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN").new_page()
    screen.goto(f"{live_server.url}/kiosk/screen/{HALL}/")
    assert screen.get_by_text("请留意屏幕与语音").is_visible()

    sign_in(page, hall.clerk.username)
    page.goto(f"{live_server.url}/window/queue/")
    assert_accessible(page)
    page.get_by_role("button", name="呼叫下一位").click()
    page.get_by_role("heading", name=row.item_name).wait_for()
    assert page.get_by_label("姓名或单位名称").input_value() == "测试甲"
    assert_accessible(page)
    snapshot(page, "window-called-intake-pc")
    screen.locator(".s-first b", has_text="A001").wait_for()
    assert "测*甲" in screen.locator(".s-first").inner_text()
    assert_accessible(screen)
    snapshot(screen, "screen-pc")
    page.get_by_role("button", name="下一步：填写申请").click()
    page.locator("[data-fill]").wait_for()
    screen.locator("tr.serving", has_text="A001").wait_for()
    phone.goto(f"{live_server.url}/me/bookings/{row.number}/")
    phone.get_by_role("link", name="看排队进度").click()
    phone.get_by_text("正在 01 号窗口 办理").wait_for()
    assert_accessible(phone)
    no_sideways(phone)
    snapshot(phone, "queue-progress-m")
    desk.context.close()
    screen.context.close()


def test_pages_on_both_sizes(hall, live_server, page, phone, sign_in, assert_accessible, snapshot):
    hall.book(at="09:00"), hall.book(hall.stranger, day=TODAY, at="10:00")
    for place in range(5):
        visitor = Visitor(name=f"测试{'甲乙丙丁戊'[place]}", id_no=people.fake_idcard(8000 + place))
        services.take(GENERAL, visitor=visitor, item_code=hall.item)
    services.take(SOCIAL)
    missed = services.call_next(actor=hall.clerk)
    services.miss(missed.uid, actor=hall.clerk)
    services.call_next(actor=hall.clerk)
    past_tickets(TODAY - timedelta(days=1), seed=5)
    sign_in(page, hall.citizen.username)
    row = Booking.objects.get(account_id=hall.citizen.account_id)
    for name, path in (
        ("booking-book", f"/book/{hall.item}/"),
        ("booking-list", "/me/bookings/"),
        ("booking-detail", f"/me/bookings/{row.number}/"),
        ("booking-change", f"/me/bookings/{row.number}/change/"),
        ("me-with-booking", "/me/"),
    ):
        page.goto(live_server.url + path)
        assert_accessible(page)
        snapshot(page, f"{name}-pc")
    sign_in(phone, hall.citizen.username)
    phone.goto(f"{live_server.url}/me/bookings/{row.number}/change/")
    assert_accessible(phone)
    no_sideways(phone)
    snapshot(phone, "booking-change-m")


def test_staff_pages_on_both_sizes(hall, live_server, page, phone, sign_in, assert_accessible, snapshot):
    hall.book(at="09:00"), hall.book(hall.stranger, day=TODAY, at="10:00")
    for place in range(5):
        visitor = Visitor(name=f"测试{'甲乙丙丁戊'[place]}", id_no=people.fake_idcard(8100 + place))
        services.take(GENERAL, visitor=visitor, item_code=hall.item)
    missed = services.call_next(actor=hall.clerk)
    services.miss(missed.uid, actor=hall.clerk)
    services.call_next(actor=hall.clerk)
    past_tickets(TODAY - timedelta(days=1), seed=5)
    paths = {
        hall.bureau.username: (
            ("halls", "/console/halls/"),
            ("halls-group", "/console/halls/?kind=group&key=general"),
            ("hall-rules", "/console/hall-rules/"),
            ("slots", "/console/slots/"),
            ("supply", "/console/slots/supply/?day=2026-11-26"),
            ("closures", "/console/slots/closures/"),
            ("bookings", "/console/bookings/"),
            ("blocked", "/console/bookings/blocked/"),
            ("waiting", "/console/waiting/"),
            ("kiosk-setup", "/kiosk/"),
        ),
        hall.clerk.username: (("window-queue", "/window/queue/"),),
    }
    for username, pages in paths.items():
        for view, size in ((page, "pc"), (phone, "m")):
            sign_in(view, username)
            for name, path in pages:
                view.goto(live_server.url + path)
                assert_accessible(view)
                no_sideways(view)
                snapshot(view, f"{name}-{size}")
    for view, size in ((page, "pc"), (phone, "m")):
        machine(view, live_server, hall)
        for name, path in (("kiosk-take", f"/kiosk/take/{GENERAL}/"), ("kiosk-home", "/kiosk/take/"), ("screen", f"/kiosk/screen/{HALL}/")):
            view.goto(live_server.url + path)
            assert_accessible(view)
            no_sideways(view)
            snapshot(view, f"{name}-{size}")
