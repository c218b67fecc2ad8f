"""五条办事主线，全程在浏览器里走：群众、窗口、部门各用各的页面。截图留在 test-artifacts/。"""

import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from shilong.foundation.calendar import services as calendars
from shilong.identity import testing as people
from shilong.identity.organizations import services as organizations
from shilong.identity.roles.actor import Role, Scope
from shilong.service.cases.models import Case
from shilong.service.catalog.seed.contents import departments
from shilong.service.catalog.testing import CODES, seed_items
from shilong.service.forms.seed import seed_forms
from tests.filling import fill_hygiene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P01", "P02", "W02", "W06", "W07")]

UNEMPLOYMENT, HYGIENE, PREPACKED = CODES[17], CODES[1], CODES[9]


class Town:
    """一个能办事的区：事项、部门、人都齐了；`as_` 换人操作同一个浏览器。"""

    def __init__(self, page: Page, url: str, sign_in, snapshot, settle, tmp_path) -> None:
        self.page, self.url, self._sign_in, self.snapshot, self.settle = page, url, sign_in, snapshot, settle
        picture = tmp_path / "材料.png"
        Image.new("RGB", (800, 1100), "white").save(picture)
        self.picture = str(picture)

    def as_(self, username: str) -> "Town":
        self.page.context.clear_cookies()
        self._sign_in(self.page, username)
        return self

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)

    def next(self) -> None:
        self.page.locator("main .acts, .abar").locator(".primary:visible").first.click()

    def apply(self, item: str, fill, query: str = "") -> str:
        """从搜索到提交；返回申请编号。"""
        page = self.page
        if query:
            self.go("/")
            page.get_by_role("searchbox", name="搜索事项").fill(query)
            page.locator("#sugg a").first.click()
            page.get_by_role("link", name="在线办理").first.click()
        else:
            self.go(f"/apply/{item}/")
        if "/situation/" in page.url:
            self.next()
        fill(page)
        self.next()
        page.get_by_role("heading", name="申请材料").wait_for()
        for code in page.locator("[data-material].m-todo").evaluate_all("rows => rows.map(row => row.dataset.material)"):
            page.locator(f"#m-{code} [data-drop-form] input[type=file]").set_input_files(self.picture)
            page.locator(f"#m-{code}.m-done").wait_for()
        self.next()
        page.get_by_label("我已知悉并同意").check()
        page.get_by_label("我承诺所填信息").check()
        page.get_by_role("button", name="提交申请").locator("visible=true").click()
        page.get_by_role("heading", name="申请已提交").wait_for()
        return page.locator("#case-no").inner_text()

    def act(self, case_no: str, label: str, fill=None, *, shot: str = "") -> None:
        """在办件页上执行一个动作。"""
        page = self.page
        self.go(f"/cases/{case_no}/")
        page.locator("#case-actions").get_by_role("button", name=label, exact=True).click()
        form = page.locator(".act-form")
        form.wait_for()
        if fill:
            fill(form)
        if shot:
            self.snapshot(page, shot)
        page.once("dialog", lambda dialog: dialog.accept())
        form.get_by_role("button", name=f"确定{label}").click()
        page.get_by_text(f"“{label}”已完成").wait_for()

    def state(self, case_no: str) -> str:
        return Case.objects.get(case_no=case_no).state


@pytest.fixture
def town(page, live_server, sign_in, snapshot, settle, tmp_path, transactional_db):
    calendars.seed(2025, 2028)
    organizations.seed_departments(departments())
    seed_forms()
    seed_items(20)
    people.make_citizen("测试甲", username="resident")
    people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, username="clerk", name="李敏")
    people.make_staff(Role.OFFICER, department="rsj", username="labour", name="王科员")
    people.make_staff(Role.OFFICER, department="wjw", username="health", name="张科员")
    people.make_staff(Role.OFFICER, department="xfd", username="fire", name="赵参谋")
    people.make_staff(Role.LEADER, department="wjw", username="chief", name="陈主任")
    people.make_staff(Role.OFFICER, department="scjg", username="market", name="周科员")
    return Town(page, live_server.url, sign_in, snapshot, settle, tmp_path)


def fill_required(page: Page) -> None:
    """标准表的必填项：文字填样例，单选选第一个，其余已预填。"""
    form = page.locator("#apply-form")
    for box in form.locator("[required]:visible, [aria-required=true]:visible").all():
        tag = box.evaluate("node => node.tagName + ':' + (node.type || '')")
        if tag.startswith("SELECT") and not box.input_value():
            box.select_option(index=1)
        elif tag.startswith(("INPUT:text", "TEXTAREA", "INPUT:tel")) and not box.input_value():
            box.fill("见附件")
    for group in form.get_by_role("radiogroup").all() + form.locator("fieldset:visible").all():
        radios = group.locator("input[type=radio]:visible")
        if radios.count() and not group.locator("input[type=radio]:checked").count():
            radios.first.check()


def fill_unemployment(page: Page) -> None:
    page.get_by_label("联系地址").fill("石龙区龙兴街道测试路 1 号")
    page.get_by_label("本地城镇").check()
    page.get_by_label("文化程度").select_option("大专")
    page.get_by_label("否", exact=True).first.check()
    fill_required(page)


def agree(form) -> None:
    form.get_by_label("同意", exact=True).check()
    form.get_by_label("审查意见").fill("经审查，符合规定条件，同意。")


def grant(form) -> None:
    form.get_by_label("准予", exact=True).check()
    form.get_by_label("决定意见").fill("符合法定条件。")


def deliver(form) -> None:
    form.get_by_label("窗口领取", exact=True).check()
    form.get_by_label("领取人", exact=True).fill("测试甲")


def test_instant_item_from_search_to_result(town):
    """个人事项即办件：搜索“失业”→ 申报 → 窗口收件受理 → 部门当场决定 → 送达 → 群众看到结果与文书。"""
    case_no = town.as_("resident").apply(UNEMPLOYMENT, fill_unemployment, query="失业登记")
    town.snapshot(town.page, "即办件-1-提交成功")
    town.as_("clerk").act(case_no, "收件")
    town.act(case_no, "予以受理", shot="即办件-2-受理")
    town.as_("labour").act(case_no, "作出决定", grant, shot="即办件-3-决定")
    town.as_("clerk").act(case_no, "送达登记", deliver)
    town.act(case_no, "归档")
    town.as_("resident").go(f"/me/cases/{case_no}/")
    expect(town.page.get_by_text("办结归档").first).to_be_visible()
    for name in ("申请", "受理", "决定", "送达"):
        expect(town.page.get_by_text(name).first).to_be_visible()
    link = town.page.get_by_role("link", name=re.compile("下载.*(准予|决定)")).first
    pdf = town.page.request.get(town.url + link.get_attribute("href"))
    assert pdf.status == 200
    assert pdf.body().startswith(b"%PDF")
    town.snapshot(town.page, "即办件-4-群众看结果")
    actions = [event.action for event in Case.objects.get(case_no=case_no).history.order_by("seq")]
    assert actions == ["submit", "receive", "accept", "review", "decide", "deliver", "archive"]


def test_promised_item_with_supplement_and_parallel_review(town):
    """承诺件：补正一次 → 受理 → 卫健与消防并行审查 → 决定 → 送达。"""
    case_no = town.as_("resident").apply(HYGIENE, fill_hygiene)
    town.as_("clerk").act(case_no, "收件")

    def supplement(form):
        form.locator("select[name=material]").first.select_option(index=1)
        form.locator("input[name=problem]").first.fill("平面图没有标注面积，请补充后重新上传")

    town.act(case_no, "一次性告知补正", supplement, shot="承诺件-1-告知补正")
    assert town.state(case_no) == "supplementing"
    page = town.as_("resident").page
    town.go(f"/me/cases/{case_no}/")
    expect(page.get_by_text("平面图没有标注面积")).to_be_visible()
    town.snapshot(page, "承诺件-2-群众看到补正")
    page.get_by_role("link", name="去补正").locator("visible=true").first.click()
    page.locator(".m-todo [data-pick-input]").first.set_input_files(town.picture)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="提交补正").click()
    page.get_by_text("补正已提交").wait_for()
    assert town.state(case_no) == "submitted"
    town.as_("clerk").act(case_no, "予以受理")
    town.as_("health").act(case_no, "审查", agree, shot="承诺件-3-卫健审查")
    town.as_("fire").act(case_no, "审查", agree)
    decider = "chief" if Case.objects.get(case_no=case_no).plan["decision"]["role"] == "leader" else "health"
    town.as_(decider).act(case_no, "作出决定", grant)
    town.as_("clerk").act(case_no, "送达登记", deliver)
    assert town.state(case_no) == "delivered"
    town.go(f"/cases/{case_no}/")
    town.snapshot(town.page, "承诺件-4-办件全貌")


def test_rejection_gives_reason_and_remedy(town):
    """不予受理：必须写理由，出不予受理通知书并告知救济途径。"""
    case_no = town.as_("resident").apply(UNEMPLOYMENT, fill_unemployment)

    def reject(form):
        form.get_by_label("不属于本机关职权范围").check()
        form.get_by_label("理由").fill("您的户籍与原单位都不在本区，本区没有管辖权。")
        form.get_by_label("应向哪个机关申请").fill("户籍所在地人力资源和社会保障部门")

    town.as_("clerk").act(case_no, "不予受理", reject, shot="不予受理-1-填写理由")
    town.as_("resident").go(f"/me/cases/{case_no}/")
    expect(town.page.get_by_text("不予受理").first).to_be_visible()
    expect(town.page.get_by_text("没有管辖权").first).to_be_visible()
    expect(town.page.get_by_role("link", name=re.compile("下载不予受理.*PDF"))).to_be_visible()
    town.snapshot(town.page, "不予受理-2-群众看到")
    assert town.state(case_no) == "rejected"


def test_special_procedure_stops_the_clock(town):
    """特别程序：听证期间停表，结束后继续；停表写明依据，出告知书。"""
    case_no = town.as_("resident").apply(HYGIENE, fill_hygiene)
    town.as_("clerk").act(case_no, "收件")
    town.act(case_no, "予以受理")

    def hearing(form):
        form.get_by_label("种类").select_option("hearing")
        form.get_by_label("理由").fill("直接关系相邻居民重大利益，依申请举行听证。")
        form.get_by_label("所需时间（工作日）").fill("20")

    town.as_("health").act(case_no, "启动特别程序", hearing, shot="特别程序-1-启动")
    assert town.state(case_no) == "special"
    assert Case.objects.get(case_no=case_no).promise_due is None
    town.as_("resident").go(f"/me/cases/{case_no}/")
    expect(town.page.get_by_text("已停表").first).to_be_visible()
    town.snapshot(town.page, "特别程序-2-群众看到停表")

    def finish(form):
        form.get_by_label("结果").fill("听证完毕，形成听证笔录。")

    town.as_("health").act(case_no, "结束特别程序", finish)
    case = Case.objects.get(case_no=case_no)
    assert case.state == "reviewing"
    assert case.promise_due is not None


def test_withdrawal_by_the_applicant(town):
    """撤回：决定前可以撤回，撤回后谁也不能再办。"""
    case_no = town.as_("resident").apply(UNEMPLOYMENT, fill_unemployment)
    town.as_("clerk").act(case_no, "收件")
    page = town.as_("resident").page
    town.go(f"/me/cases/{case_no}/")
    page.locator("summary", has_text="撤回申请").click()
    page.get_by_label("撤回原因").fill("已经找到工作")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="确定撤回").click()
    page.get_by_text("申请已撤回").wait_for()
    town.snapshot(page, "撤回-1-群众撤回")
    assert town.state(case_no) == "withdrawn"
    town.as_("clerk").go(f"/cases/{case_no}/")
    expect(page.locator("#case-actions")).to_contain_text("没有您要办的事")
