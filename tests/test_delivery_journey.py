"""一份证照寄到手里，全程在浏览器里走：群众选快递 → 准予 → 窗口打包下单打面单 → 丰桥推轨迹 → 签收 → 办件已送达。"""

import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect

from shilong.foundation.adapters import services as registry
from shilong.identity.roles.actor import SYSTEM
from shilong.service.cases.models import Case
from shilong.service.delivery.models import Shipment
from shilong.service.licences.tests.conftest import decide
from tests.filling import fill_hygiene
from tests.test_journeys import HYGIENE, Town, town  # noqa: F401 测试固件

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))
from courier.server import Courier, Store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W04", "W05", "W02")]
CHECKWORD, TOKEN = "联调校验码", "journey-push-token-01"


@pytest.fixture
def courier(town, tmp_path):  # noqa: F811
    """推送真的走网络，打到正在跑的平台。"""
    push = f"{town.url}/api/v1/delivery/push/courier_sf/{TOKEN}"
    server = Courier(0, Store(str(tmp_path / "courier.sqlite3")), partner="shilong", checkword=CHECKWORD, push_url=push)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/std/service"
    values = {"url": url, "partner": "shilong", "checkword": CHECKWORD, "push_token": TOKEN}
    registry.configure("courier_sf", values, enabled=True, actor=SYSTEM)
    yield server
    server.shutdown()
    server.server_close()


def add_address(page) -> None:
    page.get_by_label("收件人").fill("测试甲")
    page.get_by_label("手机号").fill("13000000001")
    page.get_by_label("详细地址").fill("龙兴街道测试路1号院2号楼301")
    page.get_by_label("邮政编码").fill("467045")
    page.get_by_role("button", name="保存地址").click()
    page.get_by_text("收件地址已保存").wait_for()


def apply(town: Town) -> str:  # noqa: F811
    """从地址簿到提交，核对页上选快递。"""
    page = town.as_("resident").page
    town.go("/me/addresses/")
    add_address(page)
    before = town.next

    def choose() -> None:
        before()
        if page.get_by_role("heading", name="结果怎样给您").count():
            page.get_by_role("radio", name="快递寄送").check()
            town.snapshot(page, "delivery-check")
            page.set_viewport_size({"width": 390, "height": 844})
            town.snapshot(page, "delivery-phone-check")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            page.set_viewport_size({"width": 1440, "height": 900})

    town.next = choose  # type: ignore[method-assign]
    case_no = town.apply(HYGIENE, fill_hygiene)
    town.settle()
    return case_no


def test_from_choosing_courier_to_delivered(town, courier, assert_accessible):  # noqa: F811
    page = town.page
    case_no = apply(town)
    town.go(f"/me/cases/{case_no}/delivery/")
    expect(page.get_by_role("complementary", name="领取方式")).to_contain_text("快递寄送")
    assert_accessible(page)
    decide(case_no)
    town.settle()
    number = Shipment.objects.get(case_no=case_no).number

    town.as_("clerk").go("/window/shipments/")
    assert_accessible(page)
    town.snapshot(page, "delivery-desk-todo")
    page.get_by_role("link", name=number).click()
    assert_accessible(page)
    for box in page.locator("[name=packed]").all():
        box.check()
    page.get_by_label("快递公司").select_option(label="顺丰速运")
    page.get_by_label("邮费（元）").fill("12.00")
    town.snapshot(page, "delivery-desk-pack")
    page.get_by_role("button", name="下单").click()
    page.get_by_text("已提交下单").wait_for()
    town.settle()
    page.reload()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="打印面单").click()
    label = waiting.value.path().read_bytes()
    assert label.startswith(b"%PDF")
    Path("test-artifacts").mkdir(exist_ok=True)
    Path("test-artifacts/delivery-label.pdf").write_bytes(label)

    waybill = Shipment.objects.get(number=number).waybill_no
    assert [one["return_code"] for one in courier.advance(waybill, "50", "31", "44")] == ["0000"] * 3
    town.as_("resident").go(f"/me/cases/{case_no}/delivery/")
    expect(page.get_by_text("派送中").first).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("13000000099")
    assert_accessible(page)
    town.snapshot(page, "delivery-mine-transit")
    courier.advance(waybill, "80")
    town.settle()
    assert Case.objects.get(case_no=case_no).state == "delivered"
    town.go(f"/me/cases/{case_no}/")
    expect(page.get_by_text("已送达").first).to_be_visible()
    assert_accessible(page)
    town.snapshot(page, "delivery-case-delivered")
    town.as_("clerk").go(f"/window/shipments/{number}/")
    expect(page.get_by_text("回写送达").first).to_be_visible()
    assert_accessible(page)
    town.snapshot(page, "delivery-desk-signed")


def test_on_a_phone(town, phone, sign_in, assert_accessible, snapshot):  # noqa: F811
    case_no = apply(town)
    decide(case_no)
    town.settle()
    number = Shipment.objects.get(case_no=case_no).number
    sign_in(phone, "resident")
    for path, name in (("/me/addresses/", "addresses"), (f"/me/cases/{case_no}/delivery/", "case"), (f"/me/cases/{case_no}/", "detail")):
        phone.goto(town.url + path)
        assert_accessible(phone)
        snapshot(phone, f"delivery-phone-{name}")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    phone.goto(town.url + "/me/addresses/")
    phone.get_by_role("link", name="修改").first.click()
    assert_accessible(phone)
    snapshot(phone, "delivery-phone-address")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sign_in(phone, "clerk")
    for path, name in (("/window/shipments/", "desk"), (f"/window/shipments/{number}/", "shipment")):
        phone.goto(town.url + path)
        assert_accessible(phone)
        snapshot(phone, f"delivery-phone-{name}")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
