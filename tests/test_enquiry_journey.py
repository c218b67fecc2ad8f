"""一件咨询投诉在浏览器里走完：手机提交 → 部门答复 → 群众评价 → 审核公开 → 看板；以及谁能打开什么。"""

import pytest
from playwright.sync_api import expect

from shilong.identity.accounts.models import Account
from shilong.service.cases.tests.conftest import item, world  # noqa: F401 测试固件
from shilong.service.enquiries import services
from shilong.service.enquiries.models import Enquiry
from shilong.service.enquiries.services import Draft
from shilong.service.ratings.tests.conftest import picture
from tests.matrix import enter, wrong_statuses

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W05", "P07")]
PEOPLE = ("citizen", "other_citizen", "officer", "outsider", "bureau", "clerk")


@pytest.fixture
def names(world):  # noqa: F811
    return {key: Account.objects.get(pk=getattr(world, key).account_id).username for key in PEOPLE}


def narrow(page) -> None:
    assert page.evaluate("Math.max(innerWidth, document.documentElement.scrollWidth)") == 390


def test_question_on_a_phone_to_public_answer(phone, page, live_server, names, sign_in, snapshot, settle, assert_accessible):
    sign_in(phone, names["citizen"])
    phone.goto(live_server.url + "/me/enquiries/")
    narrow(phone)
    assert_accessible(phone)
    phone.get_by_role("main").get_by_role("link", name="我要提").click()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("请写标题，不超过 80 字")).to_be_visible()
    narrow(phone)
    assert_accessible(phone)
    snapshot(phone, "enquiry-new-phone")
    phone.get_by_role("textbox", name="标题").fill("换证要多久")
    phone.get_by_role("textbox", name="内容").fill("许可证快到期了，我叫王建国，电话13900000001")
    phone.get_by_label("关于哪个部门").select_option("scjg")
    phone.get_by_role("textbox", name="手机").fill("13900000001")
    phone.get_by_label("图片").set_input_files({"name": "证.png", "mimeType": "image/png", "buffer": picture()[0].read()})
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("已提交，3 个工作日内答复")).to_be_visible()
    narrow(phone)
    assert_accessible(phone)
    snapshot(phone, "enquiry-phone")
    row = Enquiry.objects.get()
    settle()

    sign_in(page, names["officer"])
    page.goto(live_server.url + "/office/enquiries/")
    assert_accessible(page)
    snapshot(page, "office-enquiries")
    page.get_by_role("link", name=row.number).click()
    expect(page.get_by_alt_text("图片 1")).to_be_visible()
    page.get_by_label("答复内容").fill("到期前三十日申请，十个工作日办结。")
    assert_accessible(page)
    snapshot(page, "office-enquiry")
    page.get_by_role("button", name="答复").click()
    expect(page.get_by_text("“答复”已完成")).to_be_visible()
    page.get_by_role("button", name="建议公开").click()
    expect(page.get_by_text("“建议公开”已完成")).to_be_visible()

    phone.reload()
    phone.get_by_role("radio", name="满意", exact=True).check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_text("您评了“满意”")).to_be_visible()

    sign_in(page, names["bureau"])
    page.goto(f"{live_server.url}/office/enquiries/{row.number}/")
    page.locator("summary", has_text="审核公开").click()
    expect(page.get_by_label("公开的内容")).not_to_have_value("13900000001")
    assert_accessible(page)
    snapshot(page, "office-enquiry-publish")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="审核公开").click()
    expect(page.get_by_text("“审核公开”已完成")).to_be_visible()
    page.goto(live_server.url + "/supervise/enquiries/")
    assert_accessible(page)
    snapshot(page, "supervise-enquiries")

    phone.goto(live_server.url + "/enquiries/")
    expect(phone.get_by_text("十个工作日办结")).to_be_visible()
    expect(phone.get_by_role("main")).not_to_contain_text("13900000001")
    expect(phone.get_by_role("main")).not_to_contain_text("王建国")
    narrow(phone)
    assert_accessible(phone)
    snapshot(phone, "enquiries-public-phone")


MATRIX = [
    ("/enquiries/", {"anonymous": 200, "citizen": 200}),
    ("/me/enquiries/", {"anonymous": 302, "citizen": 200}),
    ("/me/enquiries/new/", {"anonymous": 302, "citizen": 200}),
    ("/me/enquiries/{n}/", {"anonymous": 302, "citizen": 200, "other_citizen": 404, "officer": 404}),
    ("/me/enquiries/{n}/files/{f}/", {"anonymous": 302, "citizen": 200, "other_citizen": 404, "officer": 200, "outsider": 404}),
    ("/office/enquiries/", {"anonymous": 302, "citizen": 403, "clerk": 403, "officer": 200, "outsider": 200, "bureau": 200}),
    ("/office/enquiries/{n}/", {"anonymous": 302, "citizen": 403, "clerk": 403, "officer": 200, "outsider": 404, "bureau": 200}),
    ("/office/enquiries/export.xlsx", {"anonymous": 302, "citizen": 403, "officer": 200}),
    ("/supervise/enquiries/", {"anonymous": 302, "citizen": 403, "clerk": 403, "officer": 200, "bureau": 200}),
    ("/supervise/enquiries/export.xlsx", {"anonymous": 302, "citizen": 403, "bureau": 200}),
]


def test_who_can_open_what(client, world, names):  # noqa: F811
    draft = Draft("consult", "换证要多久", "快到期了", mobile="13900000001", department="scjg", files=[picture()])
    row = services.submit(draft, actor=world.citizen)
    assert wrong_statuses(client, MATRIX, names, n=row.number, f=row.file_ids[0]) == []


@pytest.mark.parametrize("path", ["/office/enquiries/{n}/answer/", "/office/enquiries/{n}/reveal/", "/me/enquiries/{n}/withdraw/"])
def test_posts_by_the_wrong_person_change_nothing(client, world, names, path):  # noqa: F811
    row = services.submit(Draft("consult", "换证要多久", "快到期了", mobile="13900000001", department="scjg"), actor=world.citizen)
    for who in ("other_citizen", "outsider", "clerk"):
        enter(client, names[who])
        response = client.post(path.format(n=row.number), {"version": "1", "note": "x", "reason": "x"})
        assert response.status_code in (403, 404)
    row.refresh_from_db()
    assert (row.stage, row.version) == ("20", 1)
