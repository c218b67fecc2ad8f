"""窗口用证照：市级核验，代填时扫亮证码免交材料，审批端看得到来历与验章结果；电脑与手机都看。"""

import pytest
from playwright.sync_api import expect

from shilong.identity import testing as people
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import Role
from shilong.service.cases import testing as cases
from shilong.service.cases.models import Case
from shilong.service.cases.rules import Action
from shilong.service.licences import services
from shilong.service.licences.models import Licence
from shilong.service.licences.testing import make_draft
from shilong.service.licences.tests.peer import Peer
from shilong.service.seals.testing import make_seal
from tests.filling import fill_hygiene
from tests.test_licence_journey import HYGIENE, actor, town

__all__ = ["town"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P05", "P18", "P20", "W02", "W06")]


@pytest.fixture
def shop(town) -> Licence:
    """测试甲的营业执照，已签发。"""
    boss = people.make_staff(Role.LEADER, department="scjg", username="boss", name="钱局长")
    make_seal("scjg", "11", leader=boss, bureau=actor("bureau"), to=[boss])
    profile = accounts.applicant(actor("resident").account_id)
    made = make_draft("营业执照", name=profile.name, code=profile.id_no, face={"名称": "虚构理发店", "经营范围": "理发服务"})
    return services.issue(made.uid, actor=boss)


@pytest.fixture
def city(tmp_path, transactional_db):
    made = Peer(tmp_path / "city.sqlite3")
    yield made
    made.stop()


def test_asking_the_city_platform(town, shop, city, phone, sign_in, assert_accessible, snapshot):
    city.connect()
    town.settle()
    page, profile = town.page, accounts.applicant(actor("resident").account_id)
    town.as_("clerk").go("/window/")
    page.get_by_role("link", name="市级证照核验").click()
    assert_accessible(page)
    snapshot(page, "licence-city-empty")
    page.get_by_label("持证人证件号").fill(profile.id_no)
    page.get_by_label("用证事由").fill("办理公共场所卫生许可")
    page.get_by_role("button", name="向市级平台查询").click()
    expect(page.locator("p[role=alert]")).to_contain_text("请填写要用到这张证照的办件编号")
    page.get_by_label("没有办件：持证人本人到场").check()
    page.get_by_role("button", name="向市级平台查询").click()
    page.get_by_role("button", name=f"获取 {shop.number} 的证照要素").click()
    page.get_by_text("文件摘要（SM3）").wait_for()
    page.get_by_role("button", name=f"核验 {shop.number}").click()
    page.get_by_text("文件摘要与本区证照库一致").wait_for()
    assert_accessible(page)
    snapshot(page, "licence-city-found")
    city.stop()
    page.get_by_role("button", name="向市级平台查询").click()
    expect(page.locator("p[role=alert]")).to_contain_text("请先收纸质原件")
    snapshot(page, "licence-city-down")
    city.start()
    sign_in(phone, "clerk")
    phone.goto(f"{town.url}/office/licences/city/")
    phone.get_by_label("持证人证件号").fill(profile.id_no)
    phone.get_by_label("用证事由").fill("办理公共场所卫生许可")
    phone.get_by_label("没有办件：持证人本人到场").check()
    phone.get_by_role("button", name="向市级平台查询").click()
    phone.get_by_role("heading", name="查询结果").wait_for()
    assert_accessible(phone)
    snapshot(phone, "licence-city-phone")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_shown_licence_saves_a_paper(town, shop, phone, sign_in, assert_accessible, snapshot):
    """持证人亮证，窗口扫码免交；提交后审批端看得到来自证照库与验章结果。"""
    page, profile = town.page, accounts.applicant(actor("resident").account_id)
    town.as_("clerk").go(f"/window/new/{HYGIENE}/")
    page.get_by_label("姓名或单位名称").fill(profile.name)
    page.get_by_label("证件号码").first.fill(profile.id_no)
    page.get_by_label("联系手机").fill(profile.mobile)
    page.get_by_role("button", name="下一步").click()
    page.locator("#materials").wait_for()
    fill_hygiene(page)
    card = page.locator("[data-material]", has=page.get_by_role("heading", name="营业执照", exact=True))
    card.locator("summary").click()
    assert_accessible(page)
    snapshot(page, "licence-window-call")
    card.get_by_label("亮证码或授权编号").fill("扫错的码")
    card.get_by_role("button", name="取证照").click()
    expect(card.get_by_role("alert")).to_contain_text("亮证码不对")
    token, _ = services.show(shop.uid, "办理卫生许可", actor=actor("resident"))
    card.get_by_label("亮证码或授权编号").fill(f"{town.url}/v/show/{token}/")
    card.get_by_role("button", name="取证照").click()
    card.get_by_text("来自证照库，验章通过").wait_for()
    assert_accessible(page)
    snapshot(page, "licence-window-called")
    page.get_by_role("button", name="全部收了纸质原件").click()
    page.locator("#promised").check()
    page.get_by_role("button", name="提交并收件").click()
    page.locator("#main .doneb").wait_for()
    town.settle()
    case = Case.objects.get()
    cases.drive(case.case_no, (Action.ACCEPT, {"present": True}))
    town.as_("health").go(f"/office/cases/{case.case_no}/")
    page.get_by_text("来自证照库：营业执照").first.wait_for()
    page.get_by_role("link", name="营业执照", exact=True).click()
    page.locator("#doc .origin").wait_for()
    expect(page.locator("#doc .origin")).to_contain_text("检查全部通过")
    assert_accessible(page)
    snapshot(page, "licence-review-origin")
    sign_in(phone, "health")
    phone.goto(f"{town.url}/cases/{case.case_no}/")
    phone.get_by_text("来自证照库：营业执照").first.wait_for()
    assert_accessible(phone)
    snapshot(phone, "licence-review-origin-phone")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
