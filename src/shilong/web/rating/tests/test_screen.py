"""评价器：登录、坏输入、办结弹出、提交、断网存下恢复补传、断网重开页面、超时清空。"""

import json
import uuid

import pytest
from playwright.sync_api import expect

from shilong.identity import testing as people
from shilong.identity.roles.actor import Role, Scope
from shilong.service.ratings import services
from shilong.service.ratings.models import Occasion, Rating
from shilong.service.ratings.services import occasions

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W03", "P07", "P12")]
WINDOW = "03 号窗口"


@pytest.fixture
def token(transactional_db) -> str:
    admin = people.make_staff(Role.SYSADMIN, department="zwj", scope=Scope.DISTRICT, name="系统员")
    people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, name="周窗口", window=WINDOW, username="clerk")
    return services.register("三号评价器", WINDOW, "zwj", actor=admin)


def finish(staff: str = "clerk") -> Occasion:
    """窗口刚服务完一位。"""
    from shilong.identity.accounts.models import Account

    return occasions.open_onsite(WINDOW, Account.objects.get(username=staff).pk)


def sign_on(client, token):
    return client.post("/rating/login/", {"token": token})


def test_screen_needs_a_registered_terminal(client, token):
    assert client.get("/rating/").headers["Location"] == "/rating/login/"
    assert sign_on(client, "wrong").status_code == 422
    response = sign_on(client, token)
    cookie = response.cookies["shilong_rating_terminal"]
    assert (response.status_code, cookie["httponly"], cookie["samesite"], cookie["path"]) == (302, True, "Strict", "/rating/")
    assert client.get("/rating/").status_code == 200
    assert client.get("/rating/next/").json() == {"service": None}
    assert client.get("/rating/worker.js").headers["Content-Type"].startswith("text/javascript")


def test_strangers_get_nothing(client, token):
    row = finish()
    for path in ("/rating/next/", f"/rating/qr/{row.uid}/"):
        assert client.get(path, headers={"Accept": "application/json"}).status_code == 401
    body = json.dumps({"client_id": str(uuid.uuid4()), "level": 5})
    assert client.post("/rating/submit/", body, content_type="application/json").status_code == 401
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ("x" * 20_000, 400),
        ('{"client_id": "1", "level": 5}', 400),
        ('{"client_id": "00000000-0000-4000-8000-000000000001", "level": 9}', 422),
        ('{"client_id": "00000000-0000-4000-8000-000000000001", "level": 1}', 422),
        ('{"client_id": "00000000-0000-4000-8000-000000000001", "level": 1, "tags": {"a": 1}}', 422),
        ('{"client_id": "00000000-0000-4000-8000-000000000001", "level": 5, "service": "00000000-0000-4000-8000-000000000002"}', 404),
    ],
)
def test_bad_input_is_refused_in_json(client, token, body, status):
    sign_on(client, token)
    response = client.post("/rating/submit/", body, content_type="application/json", headers={"Accept": "application/json"})
    assert (response.status_code, set(response.json())) == (status, {"code", "message", "fields"})
    assert not Rating.objects.exists()


def test_rating_at_the_window_online_and_offline(page, live_server, token, assert_accessible, snapshot, settle):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(live_server.url + "/rating/")
    assert_accessible(page)
    snapshot(page, "rating-login")
    page.get_by_label("令牌").fill(token)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="欢迎您评价本次服务")).to_be_visible()
    assert_accessible(page)
    snapshot(page, "rating-idle")

    finish()
    expect(page.get_by_role("heading", name="请评价本次服务")).to_be_visible()
    expect(page.locator("#what")).to_contain_text("办理人 周**")
    page.get_by_role("radio", name="非常不满意").click()
    expect(page.get_by_role("button", name="提交评价")).to_be_disabled()
    page.get_by_role("button", name="服务态度差效率低").click()
    assert_accessible(page)
    snapshot(page, "rating-bad")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_role("heading", name="谢谢您的评价")).to_be_visible()
    snapshot(page, "rating-thanks")
    expect(page.get_by_role("heading", name="欢迎您评价本次服务")).to_be_visible(timeout=10_000)
    made = Rating.objects.get()
    assert (made.satisfaction, made.tags, made.pf, made.anonymous) == (1, ["115"], "4", True)

    page.wait_for_function("navigator.serviceWorker.controller !== null || caches.match('/rating/').then(Boolean)")
    page.context.set_offline(True)
    expect(page.locator("#net")).to_contain_text("网络断开")
    page.get_by_role("button", name="我要评价").click()
    page.get_by_role("radio", name="满意", exact=True).click()
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("#net")).to_contain_text("存本机 1 条")
    snapshot(page, "rating-offline")
    assert Rating.objects.count() == 1
    page.context.set_offline(False)
    expect(page.locator("#net")).to_have_text("已连接", timeout=10_000)
    assert sorted(Rating.objects.values_list("satisfaction", flat=True)) == [1, 4]
    assert page.evaluate("localStorage.getItem('rating-queue')") == "[]"


def test_page_opens_without_the_network_after_the_first_visit(page, live_server, token):
    page.goto(live_server.url + "/rating/login/")
    page.get_by_label("令牌").fill(token)
    page.get_by_role("button", name="登录").click()
    page.wait_for_function("caches.match('/rating/').then(Boolean)")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="欢迎您评价本次服务")).to_be_visible()
    page.get_by_role("button", name="我要评价").click()
    page.get_by_role("radio", name="非常满意").click()
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("#net")).to_contain_text("存本机 1 条")
    page.context.set_offline(False)
    expect(page.locator("#net")).to_have_text("已连接", timeout=10_000)
    assert Rating.objects.get().satisfaction == 5


def test_nobody_touching_it_clears_the_screen(page, live_server, token):
    page.clock.install()
    page.goto(live_server.url + "/rating/login/")
    page.get_by_label("令牌").fill(token)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="我要评价").click()
    page.get_by_role("radio", name="不满意", exact=True).click()
    page.get_by_role("button", name="服务态度生硬").click()
    page.clock.run_for(41_000)
    expect(page.get_by_role("heading", name="欢迎您评价本次服务")).to_be_visible()
    page.get_by_role("button", name="我要评价").click()
    expect(page.get_by_role("radio", name="不满意", exact=True)).to_have_attribute("aria-checked", "false")
    expect(page.get_by_role("button", name="提交评价")).to_be_disabled()
    assert not Rating.objects.exists()


def test_phone_screen_is_not_wider_than_the_phone(phone, live_server, token, snapshot, assert_accessible):
    phone.goto(live_server.url + "/rating/login/")
    phone.get_by_label("令牌").fill(token)
    phone.get_by_role("button", name="登录").click()
    phone.get_by_role("button", name="我要评价").click()
    phone.get_by_role("radio", name="不满意", exact=True).click()
    assert phone.evaluate("Math.max(innerWidth, document.documentElement.scrollWidth)") == 390
    assert_accessible(phone)
    snapshot(phone, "rating-phone")
