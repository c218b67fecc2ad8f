"""一体机在浏览器里：激活、查事项、取号、查进度、打印、清空；上一个人的东西下一个人看不到。"""

import re
from datetime import datetime

import pytest
from django.core.cache import cache
from django.utils import timezone

from shilong.foundation.jobs.services import run_pending
from shilong.foundation.notify import selectors as notify
from shilong.hall.terminals import selectors, services
from shilong.hall.terminals.models import PrintRecord, Terminal
from shilong.hall.terminals.testing import make_terminal
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import SYSTEM, Role, Scope
from shilong.identity.testing import make_staff
from shilong.service.cases.testing import drive
from shilong.service.queueing import services as queueing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P11")]
PORTRAIT = {"width": 1080, "height": 1920}


@pytest.fixture
def machine(world, transactional_db):
    """登记好、没激活的一体机；大厅有一个窗口组。"""
    cache.clear()
    admin = make_staff(Role.SYSADMIN, scope=Scope.DISTRICT, username="kb-admin")
    queueing.save_hall("hall-b", name="测试大厅", address="", phone="", actor=SYSTEM)
    queueing.save_group("general-b", hall="hall-b", name="综合受理", letter="A", departments=[], fallback=True, actor=SYSTEM)
    queueing.save_window("01 号窗口", hall="hall-b", groups=["general-b"], actor=SYSTEM)
    config = {"idle": 20, "notice": "欢迎使用", "queue": "hall-b"}
    number = services.register(services.Profile("1 号一体机", "kiosk", "测试大厅", reader="keyboard"), config, actor=admin)
    return admin, number


@pytest.fixture
def tall(browser, browser_context_args):
    """竖屏一体机大小的页面，触屏；打印只记下来，不弹对话框。"""
    context = browser.new_context(**{**browser_context_args, "viewport": PORTRAIT, "has_touch": True})
    context.add_init_script("window.print = () => { window.printed = (window.printed || 0) + 1 }")
    yield context.new_page()
    context.close()


def activate(page, live_server, machine):
    admin, number = machine
    page.goto(f"{live_server.url}/self/")
    page.get_by_label("激活码").fill(services.issue_code(number, actor=admin))
    page.get_by_role("button", name="激活", exact=True).click()
    page.wait_for_url("**/self/")


def type_on_screen(page, text):
    """在屏幕键盘上一个一个点。"""
    for char in text:
        page.locator(".osk button.hg-button", has_text=re.compile(f"^{re.escape(char)}$")).first.click()


def swipe(page, id_no):
    """读卡器模拟键盘：一口气送出来，回车结尾。"""
    page.get_by_text("正在等待读卡").wait_for()
    page.keyboard.type(id_no)
    page.keyboard.press("Enter")


def confirm_by_sms(page):
    page.get_by_role("button", name="发送验证码").click()
    page.get_by_label("短信验证码").wait_for()
    run_pending()
    code = next(one.body for one in notify.outbox() if "验证码" in one.body).split("验证码")[1][:6]
    page.get_by_label("短信验证码").click()
    type_on_screen(page, code)
    page.get_by_role("button", name="确认").click()


def back(page):
    """按浏览器的后退键；旧的一页不显示，落在首页。"""
    page.evaluate("history.back()")
    page.wait_for_timeout(1000)
    page.get_by_role("heading", name="自助服务").wait_for()


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{page.url} 横向溢出"


def test_from_activation_to_a_printed_notice(tall, live_server, machine, world, assert_accessible, snapshot):
    problems = []
    tall.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    activate(tall, live_server, machine)
    assert_accessible(tall)
    snapshot(tall, "self-home")
    tall.get_by_role("link", name="查事项").click()
    tall.get_by_label("搜事项").click()
    assert_accessible(tall)
    tall.get_by_label("搜事项").fill("食品经营")
    tall.get_by_role("button", name="搜索").click()
    tall.get_by_role("link", name="食品经营许可（新办）").click()
    tall.get_by_role("heading", name="要准备的材料").wait_for()
    fits(tall)
    assert_accessible(tall)
    tall.get_by_role("link", name="打印告知单").click()
    tall.get_by_role("button", name="打印", exact=True).click()
    tall.get_by_text("已送到打印机").wait_for()
    record = PrintRecord.objects.get()
    assert tall.evaluate("window.printed") == 1 and record.kind == "notice"
    assert record.serial in tall.locator(".kmark").first.inner_text()
    assert_accessible(tall)
    snapshot(tall, "self-print")
    assert problems == []


def test_pinyin_candidates_and_digits_go_into_the_field(tall, live_server, machine):
    activate(tall, live_server, machine)
    tall.goto(f"{live_server.url}/self/items/")
    field = tall.get_by_label("搜事项")
    assert field.get_attribute("inputmode") is None
    field.click()
    assert field.get_attribute("inputmode") == "none"  # 系统自己的软键盘不弹
    type_on_screen(tall, "hun")
    tall.locator(".hg-candidate-box-list-item", has_text="婚").click()
    assert field.input_value() == "婚"
    tall.locator(".osk .hg-button-mode").click()
    type_on_screen(tall, "a")
    tall.locator(".osk .hg-button-bksp").click()
    tall.locator(".osk .hg-button-number").click()
    type_on_screen(tall, "1")
    assert field.input_value() == "婚1"
    tall.goto(f"{live_server.url}/self/progress/")
    tall.get_by_label("查询码").click()
    type_on_screen(tall, "1234567")
    assert tall.get_by_label("查询码").input_value() == "123456"  # 限长
    tall.get_by_role("heading", name="查进度").click()
    assert tall.locator(".osk").is_hidden()


def test_a_card_a_code_my_papers_and_then_nothing_is_left(tall, live_server, machine, world, assert_accessible, snapshot):
    view = drive(world.submit().case_no, "receive", "accept")
    id_no = accounts.applicant(world.citizen.account_id).id_no
    activate(tall, live_server, machine)
    tall.get_by_role("link", name="打印证照文书").click()
    assert_accessible(tall)
    swipe(tall, id_no)
    tall.wait_for_url("**/self/confirm/")
    assert id_no not in tall.content() and id_no not in tall.evaluate("JSON.stringify([localStorage, sessionStorage, history.state])")
    assert_accessible(tall)
    confirm_by_sms(tall)
    tall.wait_for_url("**/self/mine/")
    fits(tall)
    assert_accessible(tall)
    snapshot(tall, "self-mine")
    tall.get_by_role("link", name=view.case_no).click()
    tall.get_by_role("link", name="受理通知书").first.click()
    tall.get_by_role("button", name="打印", exact=True).click()
    tall.get_by_text("已送到打印机").wait_for()
    assert PrintRecord.objects.get().account_id == world.citizen.account_id
    tall.get_by_role("button", name="结束使用").click()
    tall.wait_for_url("**/self/")
    # 后退：一页也回不去，只会回到首页
    for _ in range(4):
        back(tall)
        assert view.case_no not in tall.content() and view.item_name not in tall.locator("body").inner_text()
    tall.goto(f"{live_server.url}/self/mine/")
    assert "/self/card/mine/" in tall.url


def test_idle_people_are_warned_then_cleared(tall, live_server, machine, world):
    view = world.submit()
    activate(tall, live_server, machine)
    tall.get_by_role("link", name="查进度").click()
    tall.get_by_label("申请编号").fill(view.case_no)
    tall.get_by_label("查询码").fill(view.query_code)
    tall.get_by_role("button", name="查询", exact=True).click()
    tall.get_by_text(view.case_no).wait_for()
    tall.evaluate("sessionStorage.setItem('left', '上一个人')")
    tall.get_by_role("heading", name="您还在吗？").wait_for(timeout=15_000)  # 无操作 20 秒，最后 15 秒提醒
    tall.get_by_role("button", name="继续使用").click()
    assert tall.get_by_role("heading", name="您还在吗？").is_hidden()
    tall.wait_for_url("**/self/", timeout=40_000)
    assert tall.evaluate("sessionStorage.getItem('left')") is None
    back(tall)
    assert view.case_no not in tall.content()


def test_the_next_person_does_not_see_the_last_search(tall, live_server, machine):
    activate(tall, live_server, machine)
    tall.goto(f"{live_server.url}/self/items/?q=离婚登记")
    tall.get_by_role("button", name="结束使用").click()
    tall.wait_for_url("**/self/")
    back(tall)
    assert tall.url.endswith("/self/")
    assert "离婚" not in tall.content()


def test_applying_at_the_kiosk(tall, live_server, machine, world, assert_accessible, snapshot):
    activate(tall, live_server, machine)
    tall.get_by_role("link", name="在线申报").click()
    tall.get_by_role("link", name="食品经营许可（新办）").click()
    tall.get_by_role("link", name="在这里申报").click()
    swipe(tall, accounts.applicant(world.citizen.account_id).id_no)
    tall.wait_for_url("**/self/confirm/")
    confirm_by_sms(tall)
    tall.wait_for_url("**/apply/d/**")
    assert tall.get_by_role("button", name="结束使用").is_visible()
    assert tall.locator(".topbar").is_hidden() and tall.locator(".foot").is_hidden()
    fits(tall)
    assert_accessible(tall)
    snapshot(tall, "self-apply")
    tall.get_by_role("button", name="下一步").or_(tall.get_by_role("link", name="下一步")).first.click()
    tall.wait_for_url("**/form/**")
    fits(tall)
    snapshot(tall, "self-apply-form")
    tall.goto(f"{live_server.url}/account/")
    assert tall.url.endswith("/self/mine/")


def test_a_ticket_at_the_kiosk(tall, live_server, machine, monkeypatch, assert_accessible, snapshot):
    activate(tall, live_server, machine)
    tall.get_by_role("link", name="取号、签到").click()
    fits(tall)
    assert_accessible(tall)
    snapshot(tall, "self-tickets")
    tall.get_by_role("button", name="综合受理").click()
    tall.wait_for_load_state()
    if tall.url.endswith("/slip/"):
        assert tall.get_by_text("A001").is_visible()
        assert_accessible(tall)
        snapshot(tall, "self-slip")
        tall.get_by_role("button", name="打印号票").click()
        assert tall.evaluate("window.printed") == 1


def test_a_revoked_machine_falls_back_to_activation_at_the_next_beat(tall, live_server, machine):
    admin, number = machine
    activate(tall, live_server, machine)
    services.revoke(number, "丢失", actor=admin)
    tall.get_by_role("link", name="查事项").click()
    tall.wait_for_url("**/self/activate/")


def test_a_remote_screenshot_of_a_public_page_but_not_of_a_private_one(tall, live_server, machine, world):
    admin, number = machine
    activate(tall, live_server, machine)
    services.ask_shot(number, actor=admin)
    with tall.expect_response(re.compile("/self/screenshot/")) as sent:
        tall.reload()
    assert sent.value.status == 204
    shot = selectors.detail(number, actor=admin).shots[0]
    assert shot.ready, shot.reason
    services.ask_shot(number, actor=admin)
    with tall.expect_response(re.compile("/self/screenshot/")):
        tall.goto(f"{live_server.url}/self/card/progress/")  # 正要刷身份证的页面也不截
    shot = selectors.detail(number, actor=admin).shots[0]
    assert not shot.ready and "个人信息" in shot.reason


def test_a_pushed_notice_shows_up_without_touching_the_machine(tall, live_server, machine):
    admin, number = machine
    activate(tall, live_server, machine)
    tall.clock.install(time=datetime.now(tz=timezone.get_current_timezone()))
    tall.reload()
    services.push([number], {"notice": "今天下午停电"}, actor=admin)
    for _ in range(4):
        tall.clock.fast_forward(31_000)
        tall.wait_for_timeout(700)
    tall.get_by_text("今天下午停电").wait_for()


@pytest.mark.parametrize("size", ["pc", "m"])
def test_every_page_fits_and_is_accessible(page, phone, live_server, machine, assert_accessible, snapshot, size):
    screen = page if size == "pc" else phone
    screen.goto(f"{live_server.url}/self/activate/")
    assert_accessible(screen)
    activate(screen, live_server, machine)
    for path in ("", "items/", "items/?q=食品", "progress/", "card/mine/", "tickets/", "videos/", "fault/"):
        screen.goto(f"{live_server.url}/self/{path}")
        fits(screen)
        assert_accessible(screen)
        snapshot(screen, f"self-{path.strip('/').partition('/')[0] or 'home'}-{size}")


def test_a_screen_terminal_shows_its_page_inside(page, live_server, machine, assert_accessible):
    admin, _ = machine
    make_terminal(admin, "等候屏", kind="screen", start="/kiosk/screen/hall-b/")
    number = Terminal.objects.get(kind="screen").number
    page.goto(f"{live_server.url}/self/activate/")
    page.get_by_label("激活码").fill(services.issue_code(number, actor=admin))
    page.get_by_role("button", name="激活", exact=True).click()
    page.wait_for_url("**/self/stage/")
    page.frame_locator("iframe").get_by_role("heading", name="测试大厅").wait_for()
    page.wait_for_timeout(500)
    assert selectors.detail(number, actor=admin).row.page_url == "/self/stage/"
