"""一条差评的一生，全程在浏览器里走：办结 → 手机上评差评 → 部门核实整改 → 审批局回访 → 办结 → 公开页看到答复。"""

import re

import pytest
from playwright.sync_api import expect

from shilong.foundation.jobs.services import run_pending
from shilong.foundation.notify.models import Delivery
from shilong.identity import testing as people
from shilong.identity.roles.actor import Role, Scope
from shilong.service.cases.rules import Action
from shilong.service.cases.testing import drive
from shilong.service.cases.tests.conftest import World, item, world  # noqa: F401 测试固件
from shilong.service.ratings import selectors, services
from shilong.service.ratings.models import Rating, Ticket
from shilong.service.ratings.services import Opinion
from shilong.service.ratings.tests.conftest import BAD
from tests.matrix import enter, wrong_statuses

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W03", "P07")]


def finished(world: World) -> str:  # noqa: F811
    case_no = world.submit().case_no
    drive(case_no, Action.RECEIVE, Action.ACCEPT, Action.REVIEW, Action.DECIDE)
    run_pending()
    return case_no


@pytest.fixture
def names(world):  # noqa: F811
    """登录名。"""
    from shilong.identity.accounts.models import Account

    people.make_staff(Role.OFFICER, department="scjg", name="承办员", username="handler")
    return {
        key: Account.objects.get(pk=getattr(world, key).account_id).username for key in ("citizen", "other_citizen", "bureau", "outsider")
    }


def narrow(page) -> None:
    assert page.evaluate("Math.max(innerWidth, document.documentElement.scrollWidth)") == 390


def test_from_bad_rating_on_a_phone_to_public_reply(phone, page, live_server, world, names, sign_in, snapshot, settle, assert_accessible):  # noqa: F811
    case_no = finished(world)
    sign_in(phone, names["citizen"])
    phone.goto(live_server.url + "/me/")
    expect(phone.get_by_role("heading", name="请您评价")).to_be_visible()
    assert_accessible(phone)
    phone.goto(live_server.url + f"/me/cases/{case_no}/")
    phone.get_by_role("link", name="去评价").click()
    phone.get_by_role("radio", name="不满意", exact=True).check()
    expect(phone.get_by_text("窗口人员业务不熟练")).to_be_hidden()
    snapshot(phone, "rate-phone")
    narrow(phone)
    assert_accessible(phone)
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.locator("#rt-err")).to_contain_text("请勾选不满意的原因")
    phone.get_by_role("button", name="更多").click()
    phone.get_by_role("checkbox", name="窗口人员业务不熟练").check()
    phone.get_by_label("想说的话").fill("说的和指南不一样，我是王建国，电话13900000009")
    phone.get_by_label("图片或视频").set_input_files({"name": "窗口.png", "mimeType": "image/png", "buffer": _png()})
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_text("谢谢您的评价")).to_be_visible()
    expect(phone.get_by_alt_text("评价图片 1")).to_be_visible()
    narrow(phone)
    assert_accessible(phone)
    snapshot(phone, "rate-phone-done")
    ticket = Ticket.objects.get()
    settle()

    sign_in(page, "handler")
    page.goto(live_server.url + "/office/ratings/")
    assert_accessible(page)
    snapshot(page, "office-ratings")
    page.get_by_role("link", name=ticket.number).click()
    expect(page.get_by_role("main")).not_to_contain_text("王建国")
    expect(page.get_by_role("main")).not_to_contain_text("13900000009")
    page.get_by_role("button", name="接收", exact=True).click()
    expect(page.get_by_text("“接收”已完成")).to_be_visible()
    page.get_by_label("查看事由").fill("联系核实")
    page.get_by_role("button", name="查看联系方式").click()
    expect(page.get_by_text("这次查看已留痕")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("王建国")
    assert_accessible(page)
    snapshot(page, "office-rating-ticket")
    _step(page, live_server, ticket, "联系核实", {"联系经过与核实情况": "已电话核实，属实"})
    _step(page, live_server, ticket, "确认属实，开始整改", {"整改打算": "组织培训"})
    _step(page, live_server, ticket, "反馈整改结果", {"整改情况": "已培训", "公开答复": "已对窗口人员培训，感谢监督。"})

    sign_in(page, names["bureau"])
    _step(page, live_server, ticket, "登记回访", {"回访情况": "已回访"}, pick="满意")
    page.once("dialog", lambda dialog: dialog.accept())
    _step(page, live_server, ticket, "复核办结", {"情况说明": "整改到位"})
    ticket.refresh_from_db()
    assert ticket.stage == "60"
    settle()

    phone.goto(live_server.url + "/ratings/")
    expect(phone.get_by_text("已对窗口人员培训，感谢监督。")).to_be_visible()
    expect(phone.get_by_role("main")).not_to_contain_text("13900000009")
    expect(phone.get_by_role("main")).not_to_contain_text("王建国")
    narrow(phone)
    assert_accessible(phone)
    snapshot(phone, "ratings-public-phone")
    page.goto(live_server.url + "/ratings/?level=2")
    assert_accessible(page)
    snapshot(page, "ratings-public")
    for path, name in (("/supervise/ratings/", "supervise-ratings"), ("/supervise/ratings/phone/", "supervise-ratings-phone")):
        page.goto(live_server.url + path)
        assert_accessible(page)
        snapshot(page, name)


def _step(page, live_server, ticket, name, values, pick: str = "") -> None:
    page.goto(f"{live_server.url}/office/ratings/{ticket.number}/")
    form = page.locator("details", has=page.locator("summary", has_text=name))
    if not form.get_attribute("open") and form.get_attribute("open") != "":
        form.locator("summary").click()
    if pick:
        form.get_by_label(pick, exact=True).check()
    for label, value in values.items():
        form.get_by_label(label).fill(value)
    form.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_text(f"“{name}”已完成")).to_be_visible()


def _png() -> bytes:
    from shilong.service.ratings.tests.conftest import picture

    return picture()[0].read()


def test_rating_from_the_text_message_without_signing_in(phone, live_server, world, assert_accessible, snapshot):  # noqa: F811
    case_no = finished(world)
    text = Delivery.objects.get(message__subject_no=case_no, message__template="rating_invite").content
    token = re.search(r"/r/([\w-]+)/", text).group(1)
    phone.goto(f"{live_server.url}/r/{token}/")
    narrow(phone)
    assert_accessible(phone)
    phone.get_by_role("radio", name="非常满意", exact=True).check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_role("heading", name="谢谢您的评价")).to_be_visible()
    snapshot(phone, "rate-link-done")
    assert Rating.objects.get().pf == "6"
    phone.goto(f"{live_server.url}/r/{token}/")
    expect(phone.get_by_role("main")).to_contain_text("已经用过")


# 权限矩阵：地址、谁 → 状态码。
MATRIX = [
    ("/ratings/", {"anonymous": 200, "citizen": 200, "handler": 200}),
    ("/api/v1/ratings", {"anonymous": 200}),
    ("/me/cases/{case}/rate/", {"anonymous": 302, "citizen": 200, "other_citizen": 403, "handler": 403, "bureau": 403}),
    ("/api/v1/cases/{case}/ratings", {"anonymous": 401, "citizen": 200, "other_citizen": 403, "handler": 403}),
    ("/office/ratings/", {"anonymous": 302, "citizen": 403, "clerk": 403, "handler": 200, "outsider": 200, "bureau": 200, "sysadmin": 403}),
    ("/office/ratings/{ticket}/", {"anonymous": 302, "citizen": 403, "clerk": 403, "handler": 200, "outsider": 404, "bureau": 200}),
    ("/office/ratings/all/", {"anonymous": 302, "citizen": 403, "clerk": 403, "handler": 200, "bureau": 200}),
    ("/office/ratings/export.xlsx", {"anonymous": 302, "citizen": 403, "handler": 200}),
    ("/office/ratings/all/export.xlsx", {"anonymous": 302, "citizen": 403, "handler": 200}),
    ("/supervise/ratings/", {"anonymous": 302, "citizen": 403, "clerk": 403, "handler": 200, "bureau": 200, "sysadmin": 403}),
    ("/supervise/ratings/export.xlsx", {"citizen": 403, "handler": 200}),
    ("/supervise/ratings/push/", {"anonymous": 302, "citizen": 403, "handler": 403, "bureau": 200, "sysadmin": 403}),
    ("/supervise/ratings/phone/", {"anonymous": 302, "citizen": 403, "clerk": 403, "handler": 403, "bureau": 200}),
    ("/console/rating-policy/", {"anonymous": 302, "citizen": 403, "handler": 403, "bureau": 200, "sysadmin": 403}),
    ("/console/rating-terminals/", {"anonymous": 302, "citizen": 403, "handler": 403, "bureau": 403, "sysadmin": 200}),
]


def test_who_can_open_what(client, world, names):  # noqa: F811
    from shilong.identity.accounts.models import Account

    people.make_staff(Role.SYSADMIN, department="zwzx", scope=Scope.DISTRICT, name="系统员", username="sysadmin")
    users = {**names, "handler": "handler", "sysadmin": "sysadmin", "clerk": Account.objects.get(pk=world.clerk.account_id).username}
    case_no = finished(world)
    services.rate_case(case_no, "6", BAD, actor=world.citizen, pf="2")
    ticket = Ticket.objects.get().number
    assert wrong_statuses(client, MATRIX, users, case=case_no, ticket=ticket) == []


@pytest.mark.parametrize("path", ["/office/ratings/{t}/take/", "/office/ratings/{t}/reveal/", "/supervise/ratings/push/json/"])
def test_posts_by_the_wrong_person_change_nothing(client, world, names, path):  # noqa: F811
    services.rate_case(finished(world), "6", BAD, actor=world.citizen, pf="2")
    ticket = Ticket.objects.get()
    for who in ("citizen", "outsider"):
        enter(client, names[who])
        response = client.post(path.format(t=ticket.number), {"version": "1", "reason": "x", "note": "x"})
        assert response.status_code in (403, 404)
    ticket.refresh_from_db()
    assert (ticket.stage, ticket.version) == ("10", 1)


def test_api_rates_and_reads_back(client, world):  # noqa: F811
    from tests.rest import Rest

    rest, case_no = Rest(), finished(world)
    body = '{"satisfaction": 1, "tags": ["115"], "text": "差", "anonymous": false}'
    made = rest.raw(world.citizen, "POST", f"/cases/{case_no}/ratings", body)
    assert (made.status_code, made.json()["nodes"][0]["ratings"][0]["satisfaction"]) == (201, 1)
    for bad, status, code in (
        ('{"satisfaction": 9}', 422, "rating_bad_level"),
        ('{"satisfaction": 1}', 422, "rating_reason_needed"),
        ('{"satisfaction": 5, "node": "4"}', 422, "rating_not_yet"),
        ('{"satisfaction": 5, "pf": "7"}', 422, "invalid"),
        ("{", 400, "bad_request"),
    ):
        response = rest.raw(world.citizen, "POST", f"/cases/{case_no}/ratings", bad)
        assert (response.status_code, response.json()["code"]) == (status, code), bad
    other = rest.raw(world.other_citizen, "POST", f"/cases/{case_no}/ratings", body)
    assert (other.status_code, other.json()["code"]) == (403, "others_case")
    assert Rating.objects.count() == 1
    public = client.get("/api/v1/ratings").json()
    assert (public["count"], public["results"][0]["satisfaction"]) == (1, 1)
    assert "王" not in str(public)


def test_push_packet_and_terminal_pages(page, live_server, world, names, sign_in, assert_accessible, snapshot):  # noqa: F811
    people.make_staff(Role.SYSADMIN, department="zwzx", scope=Scope.DISTRICT, name="系统员", username="sysadmin")
    services.rate_case(finished(world), "6", Opinion(5, ["510"]), actor=world.citizen, pf="2")
    sign_in(page, names["bureau"])
    page.goto(live_server.url + "/supervise/ratings/push/")
    assert_accessible(page)
    snapshot(page, "supervise-ratings-push")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出签名报文").click()
    import json

    packet = json.loads(waiting.value.path().read_text())
    assert set(packet) == {"appMark", "params", "time", "sign"}
    assert json.loads(packet["params"])[0]["userName"] == ""
    page.goto(live_server.url + "/console/rating-policy/")
    assert_accessible(page)
    snapshot(page, "console-rating-policy")
    page.get_by_label("多少日未评记默认评价（日）").fill("0")
    page.get_by_role("button", name="保存规则").click()
    expect(page.get_by_text("请填 1 到 60 之间的整数")).to_be_visible()
    page.get_by_label("多少日未评记默认评价（日）").fill("7")
    page.get_by_role("button", name="保存规则").click()
    expect(page.get_by_text("规则已保存")).to_be_visible()
    sign_in(page, "sysadmin")
    page.goto(live_server.url + "/console/rating-terminals/")
    page.get_by_label("名称").fill("三号评价器")
    page.get_by_label("窗口", exact=True).fill("03 号窗口")
    page.get_by_label("部门").select_option(index=1)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("令牌只显示这一次")).to_be_visible()
    assert_accessible(page)
    snapshot(page, "console-rating-terminals")
    assert selectors.terminals(_actor("sysadmin"))[0].window == "03 号窗口"


def _actor(username: str):
    from shilong.identity.accounts import selectors as accounts
    from shilong.identity.accounts.models import Account

    return accounts.actor_for(Account.objects.get(username=username).pk)
