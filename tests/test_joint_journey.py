"""企业开餐饮店联办：双告知导入 → 企业收到提示 → 答情形 → 合一表单自动填 → 一套材料 → 并联审查（含补正）→ 全部办结 → 短信 → 评价。"""

from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook
from playwright.sync_api import expect

from shilong.foundation.notify.models import Delivery
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.models import Account
from shilong.service.cases.testing import drive
from shilong.service.cases.tests.conftest import PDF
from shilong.service.catalog.testing import seed_only
from shilong.service.joint import selectors
from shilong.service.joint.models import Bundle, Prompt
from shilong.service.joint.shape import ThemeShape
from shilong.service.joint.tests.conftest import RESTAURANT, Town, build
from shilong.service.joint.tests.test_flow import finish
from shilong.service.materials import services as drafts
from tests.filling import fill_values

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W06", "W13")]


@pytest.fixture
def town(transactional_db) -> Town:
    return build(lambda: seed_only(*RESTAURANT), "restaurant")


def notices(path: Path, town: Town) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.append(["企业名称", "统一社会信用代码", "经营范围", "登记日期", "住所", "法定代表人", "联系电话", "注册资本（万元）"])
    uscc = accounts.applicant(town.firm.account_id).id_no
    sheet.append([town.firm.name, uscc, "餐饮服务；烟草制品零售", date(2026, 1, 20), "石龙区测试路9号", "测试法人", "13800000001", 50])
    sheet.append(["坏行", "123", "餐饮服务", date(2026, 1, 20)])
    book.save(path / "notices.xlsx")
    return path / "notices.xlsx"


def no_overflow(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth"), page.url


def looked(page, name, assert_accessible, snapshot) -> None:
    """一页在两种宽度上都看过：不横向溢出、axe 零违规。"""
    assert_accessible(page)
    snapshot(page, f"joint-{name}-1440")
    page.set_viewport_size({"width": 390, "height": 844})
    no_overflow(page)
    snapshot(page, f"joint-{name}-390")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_opening_a_restaurant(page, live_server, sign_in, settle, town, tmp_path, assert_accessible, snapshot):
    def look(name):
        looked(page, name, assert_accessible, snapshot)

    base = live_server.url
    page.on("dialog", lambda dialog: dialog.accept())
    # 市场监管导入登记信息
    sign_in(page, town.registrar.username)
    page.goto(f"{base}/office/prompts/import/")
    look("import")
    page.get_by_label("文件").set_input_files(notices(tmp_path, town))
    page.get_by_role("button", name="导入").click()
    expect(page.get_by_text("生成 2 条提示", exact=False).first).to_be_visible()
    expect(page.get_by_role("cell", name="3", exact=True)).to_be_visible()
    look("batch")
    page.goto(f"{base}/office/prompts/")
    look("prompts")
    page.get_by_role("button", name="认领", exact=False).first.click()
    expect(page.get_by_text("已处理", exact=False).first).to_be_visible()
    settle()

    # 企业收到提示
    sign_in(page, town.firm.username)
    page.goto(f"{base}/me/")
    expect(page.get_by_role("heading", name="开业前还要办的许可", exact=False)).to_be_visible()
    look("me")
    page.locator(".jt-prompts").get_by_role("link", name="一次办").first.click()
    expect(page.get_by_role("heading", name="开餐饮店")).to_be_visible()
    look("theme")
    page.get_by_role("radio", name="设置", exact=True).check()
    expect(page.locator("#outline")).to_contain_text("户外招牌设置")
    page.goto(f"{base}/one-thing/")
    look("themes")

    # 答情形
    page.goto(f"{base}/apply/J-restaurant/")
    for label in ("设置", "卖"):
        page.get_by_role("radio", name=label, exact=True).check()
    expect(page.locator("#needs")).to_contain_text("烟草专卖零售许可")
    page.locator("#questions").get_by_role("radio", name="不是", exact=True).check()
    expect(page.locator("#questions")).not_to_contain_text("消防安全检查怎样办")
    page.locator("#questions").get_by_role("radio", name="是", exact=True).check()
    expect(page.locator("#questions")).to_contain_text("消防安全检查怎样办")
    look("situation")
    page.get_by_role("button", name="下一步：填写表单").first.click()

    # 合一表单：登记信息自动带出
    expect(page.locator("#f-place_address")).to_have_value("石龙区测试路9号")
    expect(page.locator("#f-shop_name")).to_have_value(town.firm.name)
    look("form")
    shape = ThemeShape(selectors.theme("restaurant"))
    answers = shape.answers({"big": "yes", "sign": "yes", "tobacco": "yes"})
    form = {**town.form(shape, answers, town.firm), "shop_name": town.firm.name, "place_address": "石龙区测试路9号"}
    fill_values(page, [field for section in shape.definition(answers)["sections"] for field in section["fields"]], form)
    page.get_by_role("button", name="下一步：上传材料").first.click()
    expect(page.get_by_role("heading", name="申请材料", exact=False)).to_be_visible()

    # 一套材料
    look("materials")
    for _ in range(12):
        todo = page.locator("li.m-todo input[data-upload]").first
        if not page.locator("li.m-todo").count():
            break
        code = page.locator("li.m-todo").first.get_attribute("data-material")
        todo.set_input_files({"name": "材料.pdf", "mimeType": "application/pdf", "buffer": PDF})
        expect(page.locator(f"#m-{code}.m-done")).to_be_visible()
    page.get_by_role("link", name="下一步：核对").first.click()
    look("check")
    for box in ("privacy", "truth"):
        page.locator(f"input[name={box}]").check()
    page.get_by_role("button", name="提交申请").first.click()
    expect(page.get_by_role("heading", name="各部门办理", exact=False)).to_be_visible()
    bundle = Bundle.objects.get()
    rows = {row.part: row for row in bundle.members.all()}
    assert {key for key, row in rows.items() if row.case_no} == {"food", "fire", "sign"}
    look("bundle")
    settle()
    assert Prompt.objects.get(item_code=rows["food"].item_code).state == "applied"

    # 两个部门提出补正，一次补交
    for part, material in (("sign", "M03"), ("food", "M04")):
        drive(
            rows[part].case_no,
            ("supplement", {"items": [{"material": material, "problem": "内容不全", "basis": "《行政许可法》第三十一条"}]}),
        )
    settle()
    page.reload()
    look("bundle-supplement")
    page.get_by_role("link", name="一次补正").first.click()
    look("supplement")
    pickers = page.locator("input[data-pick-input]")
    for number in range(pickers.count()):
        pickers.nth(number).set_input_files({"name": "补正.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_role("button", name="提交补正").click()
    expect(page.get_by_text("分发到 2 个部门", exact=False)).to_be_visible()
    settle()

    # 各部门并联审查，全部办结
    for part in ("sign", "food", "fire"):
        drive(rows[part].case_no, "accept")
        finish(rows[part].case_no)
        settle()
    tobacco = bundle.members.get(part="tobacco")
    assert tobacco.case_no
    drive(tobacco.case_no, "accept")
    finish(tobacco.case_no)
    settle()
    bundle.refresh_from_db()
    assert bundle.state == "finished"
    assert Delivery.objects.filter(message__template="joint_finished").count() == 1
    page.reload()
    look("bundle-finished")

    # 窗口统一出件，企业评价一次
    sign_in(page, town.clerk.username)
    page.goto(f"{base}/window/one-things/?state=deliver")
    look("window-list")
    page.get_by_role("link", name="开餐饮店").click()
    look("window-bundle")
    page.get_by_label("领取人").fill("经办人")
    page.get_by_label("送达方式").select_option("1")
    page.get_by_role("button", name="登记统一出件").click()
    expect(page.get_by_text("已登记送达 4 件结果", exact=False)).to_be_visible()
    sign_in(page, town.firm.username)
    page.goto(f"{base}/me/one-things/")
    look("mine")
    page.get_by_role("link", name="开餐饮店").first.click()
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("谢谢您的评价", exact=False)).to_be_visible()
    sign_in(page, town.bureau.username)
    page.goto(f"{base}/supervise/joint/")
    look("stats")


def test_staff_pages(page, live_server, sign_in, town, assert_accessible, snapshot):
    def look(name):
        looked(page, name, assert_accessible, snapshot)

    base = live_server.url
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, town.catalog.username)
    for path, name in (("one-things/", "console-list"), ("one-things/new/", "console-new"), ("scope-rules/", "rules")):
        page.goto(f"{base}/console/{path}")
        look(name)
    page.goto(f"{base}/console/one-things/restaurant/")
    look("design")
    page.get_by_label("合办的事项与先后").fill("[")
    page.get_by_role("button", name="保存草稿并检查").click()
    expect(page.get_by_text("不是有效的 JSON", exact=False)).to_be_visible()
    page.goto(f"{base}/console/one-things/restaurant/")
    page.get_by_label("名称").first.fill("开饭店")
    page.get_by_role("button", name="保存草稿并检查").click()
    page.get_by_role("button", name="发布第 2 版").click()
    expect(page.get_by_text("已发布第 2 版", exact=False)).to_be_visible()
    page.goto(f"{base}/console/scope-rules/")
    page.get_by_role("link", name="食品经营许可", exact=False).first.click()
    look("rule")


def test_window_takes_a_bundle(page, live_server, sign_in, settle, town, assert_accessible, snapshot):
    """窗口代收一件事：登记申请人、一页填完、收纸质、提交，母件归到窗口登记的申请人。"""
    base = live_server.url
    sign_in(page, town.clerk.username)
    page.goto(f"{base}/window/new/")
    page.get_by_role("link", name="开餐饮店", exact=False).click()
    assert_accessible(page)
    applicant = accounts.applicant(town.firm.account_id)
    draft = drafts.open_draft("J-restaurant", actor=town.clerk, channel="3", applicant=applicant)
    shape = ThemeShape(selectors.theme("restaurant"))
    form = town.form(shape, draft.trimmed.answers, town.firm)
    drafts.save_form(draft.id, form, actor=town.clerk, version=draft.version)
    page.goto(f"{base}/window/new/d/{draft.id}/")
    assert_accessible(page)
    snapshot(page, "joint-window-fill")
    page.get_by_role("button", name="全部收了纸质原件").click()
    page.get_by_label("已当面向申请人宣读", exact=False).check()
    page.get_by_role("button", name="提交并收件").click()
    expect(page.get_by_role("heading", name="各部门办理", exact=False)).to_be_visible()
    bundle = Bundle.objects.get()
    assert (bundle.by_window, bundle.account_id, bundle.members.exclude(case_no="").count()) == (True, town.firm.account_id, 2)


def test_lists_cost_the_same_for_one_and_three(client, town):
    """列表页的查询次数不随行数长；栏目页平时不逐件取事项。"""

    def cost(path):
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    client.force_login(Account.objects.get(pk=town.clerk.account_id), backend="django.contrib.auth.backends.ModelBackend")
    town.submit("restaurant", {"big": "yes"}, key="a")
    client.get("/window/one-things/")
    one = cost("/window/one-things/")
    town.submit("restaurant", {"big": "yes"}, key="b")
    town.submit("restaurant", {"big": "yes"}, key="c")
    assert cost("/window/one-things/") == one
    client.get("/one-thing/")
    assert cost("/one-thing/") <= 8


PATHS = {
    "/one-thing/": "*",
    "/one-thing/restaurant/": "*",
    "/me/one-things/": "signed",
    "/office/prompts/": "officer",
    "/office/prompts/export.xlsx": "officer",
    "/office/prompts/import/": "registrar",
    "/window/one-things/": "clerk",
    "/window/one-things/export.xlsx": "clerk",
    "/console/one-things/": "catalog",
    "/console/one-things/restaurant/": "catalog",
    "/console/scope-rules/": "catalog",
    "/supervise/joint/": "watch",
    "/supervise/joint/export.xlsx": "watch",
}
MAY = {
    "*": {"", "firm", "clerk", "registrar", "outsider", "bureau", "catalog"},
    "signed": {"firm", "clerk", "registrar", "outsider", "bureau", "catalog"},
    "officer": {"registrar", "outsider", "bureau"},
    "registrar": {"registrar", "bureau"},
    "clerk": {"clerk"},
    "catalog": {"catalog", "bureau"},
    "watch": {"clerk", "registrar", "outsider", "bureau"},
}


def test_who_may_open_what(client, town):
    """权限矩阵：每条新路径，谁能开谁不能开。"""
    for who in MAY["*"]:
        client.logout()
        if who:
            client.force_login(Account.objects.get(pk=getattr(town, who).account_id), backend="django.contrib.auth.backends.ModelBackend")
        for path, rule in PATHS.items():
            status = client.get(path).status_code
            assert (status == 200) is (who in MAY[rule]), (who, path, status)
