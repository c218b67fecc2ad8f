"""真实浏览器：窗口抽屉办理、只用键盘收一件、部门三栏审批；电脑与手机都看，axe 零违规。"""

import pytest

from shilong.identity.testing import fake_idcard
from shilong.service.cases import selectors, testing
from shilong.service.cases.models import Case
from shilong.web.window.tests.test_window import Desk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W06"), pytest.mark.req("W07")]


@pytest.fixture
def desk(transactional_db):
    return Desk()


def test_clerk_receives_and_accepts_from_the_drawer(desk, live_server, page, sign_in, assert_accessible, snapshot):
    sign_in(page, desk.clerk.username)
    page.goto(f"{live_server.url}/window/")
    assert_accessible(page)
    snapshot(page, "window-bench-pc")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#drawer[open]").wait_for()
    assert_accessible(page)
    snapshot(page, "window-drawer-pc", full_page=False)
    page.locator("#case-actions").get_by_role("button", name="不予受理").click()
    page.get_by_role("button", name="取消").click()
    page.locator("#case-actions .primary").click()
    page.get_by_role("button", name="确定予以受理").click()
    page.get_by_text("“予以受理”已完成").wait_for()
    page.locator("#list").get_by_text("没有符合条件的办件").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#drawer[open]").count() == 0
    assert selectors.case(desk.no, actor=desk.clerk).status == "accepted"
    for path in ("new", "search", "shift", "warnings"):
        page.goto(f"{live_server.url}/window/{path}/")
        assert_accessible(page)
        snapshot(page, f"window-{path}-pc")


def test_window_on_a_phone(desk, live_server, phone, sign_in, assert_accessible, snapshot):
    sign_in(phone, desk.clerk.username)
    for path in ("", "new/", "search/", "shift/"):
        phone.goto(f"{live_server.url}/window/{path}")
        assert_accessible(phone)
        snapshot(phone, f"window-{path.strip('/') or 'bench'}-m")
    phone.goto(f"{live_server.url}/cases/{desk.no}/")
    assert_accessible(phone)
    snapshot(phone, "case-page-m")


def tab_to(page, check, limit=150):
    """只按 Tab 走到满足条件的元素。"""
    for _ in range(limit):
        if page.evaluate(check):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"按 Tab 到不了：{check}")


def test_clerk_takes_in_with_keyboard_only(desk, live_server, page, sign_in, assert_accessible, snapshot):
    sign_in(page, desk.clerk.username)
    page.goto(f"{live_server.url}/window/new/")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/window/new/{desk.item}/")
    assert_accessible(page)
    snapshot(page, "window-applicant-pc")
    kinds = page.locator("[name=kind]").count()
    if kinds > 1:
        page.keyboard.press("Shift+Tab")
        page.evaluate("document.querySelector('[name=kind]:checked').value === '1'") or page.keyboard.press("ArrowLeft")
        page.keyboard.press("Tab")
    person = page.locator("[name=kind]:checked").input_value() == "1"
    page.keyboard.type("测试乙" if person else "平顶山市石龙区虚构有限公司")
    tab_to(page, "document.activeElement.name === 'mobile'")
    page.keyboard.type("13900000777")
    tab_to(page, "document.activeElement.name === 'id_no'")
    page.keyboard.type(fake_idcard(777) if person else "91410404TTTT1001XL")
    if not person:
        tab_to(page, "document.activeElement.name === 'legal_name'")
        page.keyboard.type("测试丙")
    page.keyboard.press("Enter")
    page.wait_for_url("**/window/new/d/**")
    filling = page.url
    page.wait_for_function("document.activeElement.closest('#apply-form')")  # 进来就停在第一个要填的地方
    page.keyboard.press("Alt+s")
    page.wait_for_function("document.activeElement.matches('.errsum')")  # 报错后焦点在汇总上
    assert_accessible(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.errsum a')")
    form = testing.sample_form(desk.item)
    for key, value in form.items():
        field = page.locator(f"#apply-form [name='{key}']")
        if isinstance(value, list) or not field.count():
            continue
        kind = field.first.evaluate("one => one.type")
        if kind == "radio":
            tab_to(page, f"document.activeElement.name === '{key}'")
            page.keyboard.press("Space")
        elif kind == "select-one":
            tab_to(page, f"document.activeElement.name === '{key}'")
            page.keyboard.press("ArrowDown")
        elif field.first.is_visible() and field.first.input_value() == "":
            tab_to(page, f"document.activeElement.name === '{key}'")
            page.keyboard.type(str(value))
    assert_accessible(page)
    snapshot(page, "window-fill-pc")
    page.keyboard.press("Alt+p")
    page.get_by_text("份纸质材料").wait_for()
    tab_to(page, "document.activeElement.name === 'promised'")
    page.keyboard.press("Space")
    page.keyboard.press("Alt+s")
    page.get_by_role("link", name="打印收件凭证").wait_for()
    assert_accessible(page)
    snapshot(page, "window-done-pc")
    made = Case.objects.exclude(case_no=desk.no).get()
    assert made.state == "received"
    page.goto(filling)  # 按后退回到代填页
    page.get_by_text(f"这份申请已经提交，编号 {made.case_no}").wait_for()
    page.get_by_role("link", name="打印收件凭证").wait_for()


@pytest.mark.req("P02")
def test_officer_reviews_in_three_columns(desk, live_server, page, phone, sign_in, assert_accessible, snapshot):
    testing.drive(desk.no, "receive", "accept")
    sign_in(page, desk.officer.username)
    sign_in(phone, desk.officer.username)
    phone.goto(f"{live_server.url}/office/")
    assert_accessible(phone)
    snapshot(phone, "office-list-m", full_page=False)
    phone.goto(f"{live_server.url}/office/cases/{desk.no}/")
    snapshot(phone, "office-act-m", full_page=False)
    phone.get_by_role("button", name="材料", exact=True).click()
    phone.locator("#doc .viewer").wait_for()
    snapshot(phone, "office-doc-m", full_page=False)
    page.goto(f"{live_server.url}/office/")
    page.locator("#doc .viewer").wait_for()
    page.get_by_role("button", name="旋转").click()
    page.get_by_role("button", name="放大").click()
    assert page.locator(".viewer[data-rotated='1'][data-scale='2']").count() == 1
    assert_accessible(page)
    snapshot(page, "office-pc", full_page=False)
    page.locator("#case-actions").get_by_role("button", name="审查").click()
    page.get_by_role("radio", name="同意", exact=True).check()
    page.get_by_role("button", name="经审查，符合规定条件，同意。").click()
    snapshot(page, "office-act-pc", full_page=False)
    assert_accessible(page)
    page.get_by_role("button", name="确定审查").click()
    page.get_by_text("“审查”已完成").wait_for()
    assert selectors.case(desk.no, actor=desk.officer).tasks[0].opinion.startswith("经审查")


def test_reviewer_ticks_every_point_before_agreeing(desk, live_server, page, phone, sign_in, assert_accessible, snapshot):
    testing.drive(desk.no, "receive", "accept")
    case = Case.objects.get(case_no=desk.no)
    points = ["经营场所面积与布局符合规定，与平面图一致", "从业人员健康证明齐全有效", "食品安全管理制度完整"]
    task = {"key": "r1", "name": "业务审查", "department": case.department, "role": "officer", "days": 3, "points": points}
    case.plan = {**case.plan, "rounds": [{"name": "审查", "mode": "all", "tasks": [task]}]}
    case.save(update_fields=["plan"])
    sign_in(page, desk.officer.username)
    page.goto(f"{live_server.url}/cases/{desk.no}/")
    page.locator("#case-actions").get_by_role("button", name="审查").click()
    page.locator(".points").wait_for()
    page.locator("input[name=result][value=agree]").check()
    page.get_by_label(points[0]).check()
    page.get_by_role("button", name="确定审查").click()
    page.get_by_text("还有 2 条审查要点没有勾选").wait_for()
    assert_accessible(page)
    snapshot(page, "points-pc")
    for text in points:
        page.get_by_label(text).check()
    page.get_by_role("button", name="确定审查").click()
    page.locator(".points-done").first.wait_for()
    assert page.locator(".points-done li").count() >= len(points)
    sign_in(phone, desk.officer.username)
    phone.goto(f"{live_server.url}/cases/{desk.no}/")
    assert_accessible(phone)
    snapshot(phone, "points-m")


def test_a_refused_form_says_why_and_keeps_the_console_clean(desk, live_server, page, sign_in):
    """填错回 422 时只重画表单；没有被内容安全策略拦下的样式，也没有找不到目标的警告。"""
    noise = []
    page.on("console", lambda message: noise.append(message.text) if message.type in ("error", "warning") else None)
    page.on("dialog", lambda dialog: dialog.accept())
    page.add_init_script(
        "addEventListener('securitypolicyviolation', event => console.error('CSP', event.violatedDirective, event.sample))"
    )
    testing.drive(desk.no, "receive", "accept")
    sign_in(page, desk.officer.username)
    for url in (f"/cases/{desk.no}/", "/office/"):
        page.goto(live_server.url + url)
        for action in ("审查", "终止", "加签"):
            page.locator("#case-actions").get_by_role("button", name=action, exact=True).click()
            submit = page.get_by_role("button", name=f"确定{action}")
            submit.wait_for()
            page.evaluate("document.querySelectorAll('form').forEach(one => { one.noValidate = true })")
            with page.expect_response(lambda response: "/act/" in response.url and response.status == 422):
                submit.click()
            page.locator("#action .err, #action .note.r").first.wait_for()
    assert [text for text in noise if "422" not in text] == []


@pytest.mark.req("W07")
def test_the_round_to_return_to_is_chosen_by_name(desk, live_server, page, sign_in):
    testing.drive(desk.no, "receive", "accept", "review")
    sign_in(page, desk.officer.username)
    page.goto(f"{live_server.url}/cases/{desk.no}/")
    page.locator("#case-actions").get_by_role("button", name="退回重审").click()
    rounds = page.get_by_label("退回到哪一轮")
    rounds.wait_for()
    assert rounds.locator("option").all_inner_texts() == ["最近办完的一轮", "第 1 轮：审查"]
    rounds.select_option(label="第 1 轮：审查")
    page.get_by_label("退回原因").or_(page.locator("#action textarea").first).first.fill("请核实经营面积")
    page.get_by_role("button", name="确定退回重审").click()
    page.get_by_text("已完成").first.wait_for()
    assert [task.round for task in selectors.case(desk.no, actor=desk.officer).open_tasks] == [0]
