"""材料库与我的证明的页面：谁能打开、坏输入、少交统计，以及浏览器里出码—窗口扫码—重放被拒。"""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from shilong.identity.accounts.models import Account
from shilong.identity.roles.actor import Role, Scope
from shilong.identity.testing import make_citizen, make_department, make_staff
from shilong.service.catalog.testing import CODES, seed_items
from shilong.service.library import selectors, services
from shilong.service.library.tests.conftest import picture
from shilong.service.materials import services as materials

HYGIENE = CODES[1]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W02", "W05", "W11")]


@pytest.fixture
def town(transactional_db):
    cache.clear()
    for key in ("wjw", "xfd", "rsj", "zwj"):
        make_department(key)
    seed_items(4)
    holder = make_citizen("测试甲", username="holder")
    make_citizen("测试乙", username="stranger")
    make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, name="李敏", username="clerk")
    make_staff(Role.AUDITOR, department="zwj", scope=Scope.DISTRICT, name="审计", username="auditor")
    return holder


def keep(holder, name="毕业证书", kind="proof", color="white", **details):
    sheet = [("页.png", picture(color, (420, 600)))]
    return services.add(kind, services.Details(name=name, **details), sheet, actor=holder)


def client_of(username):
    client = Client()
    client.force_login(Account.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


PAPER_PATHS = ("", "edit/", "show/", "files/{file}/preview/", "files/{file}/download/")


@pytest.mark.parametrize("path", PAPER_PATHS)
def test_only_the_holder_opens_a_paper(town, path):
    uid = keep(town)
    address = f"/me/library/{uid}/" + path.format(file=selectors.paper(uid, town).files[0].file_id)
    assert client_of("holder").get(address).status_code == 200
    assert [client_of(who).get(address).status_code for who in ("stranger", "clerk", "auditor")] == [404, 404, 404]
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("action", ["remove", "check", "revoke", "edit"])
def test_only_the_holder_changes_a_paper(town, action):
    uid = keep(town)
    for who in ("stranger", "clerk", "auditor"):
        assert client_of(who).post(f"/me/library/{uid}/{action}/", {"name": "改名"}).status_code == 404
    assert selectors.paper(uid, town).name == "毕业证书"


@pytest.mark.parametrize(
    ("path", "who", "status"),
    [
        ("/me/library/", "holder", 200),
        ("/me/library/export.xlsx", "holder", 200),
        ("/me/library/uses/", "holder", 200),
        ("/me/proofs/", "holder", 200),
        ("/me/proofs/new/", "holder", 200),
        ("/window/proofs/", "clerk", 200),
        ("/window/proofs/", "holder", 403),
        ("/window/proofs/", "auditor", 403),
        ("/supervise/reuse/", "clerk", 200),
        ("/supervise/reuse/?by=department", "clerk", 200),
        ("/supervise/reuse/?by=nonsense", "clerk", 200),
        ("/supervise/reuse/export.xlsx", "clerk", 200),
        ("/supervise/reuse/", "holder", 403),
        ("/supervise/reuse/", "auditor", 403),
    ],
)
def test_who_may_open(town, path, who, status):
    assert client_of(who).get(path).status_code == status
    assert Client().get(path).status_code == 302


def test_bad_uploads_are_explained_on_the_form(town):
    page = client_of("holder").post("/me/proofs/new/", {"name": "证"})
    assert page.status_code == 422
    assert "请选择 1 到 20 个文件" in page.content.decode()
    page = client_of("holder").post("/me/proofs/new/", {"name": "证", "issued_on": "2999-01-01", "file": picture()})
    assert "出具日期不能晚于今天" in page.content.decode()


def test_choices_offer_licences_library_and_proofs_together(town):
    keep(town, "平面图", "material", "red")
    keep(town, "旧证明", color="blue", valid_until=timezone.localdate() - timedelta(days=1))
    draft = materials.open_draft(HYGIENE, actor=town, channel="1")
    code = next(row.view.code for row in draft.materials if not row.view.generated)
    address = f"/apply/d/{draft.id}/materials/{code}/choices/"
    body = client_of("holder").get(address, headers={"X-Fragment": "1"}).content.decode()
    assert "平面图" in body
    assert "已过期，不能选" in body
    assert client_of("stranger").get(address).status_code == 404


def test_camera_is_only_allowed_where_it_is_used(town):
    clerk = client_of("clerk")
    assert "camera=(self)" in clerk.get("/window/proofs/").headers["Permissions-Policy"]
    assert "camera=()" in clerk.get("/window/").headers["Permissions-Policy"]
    assert "camera=()" in Client().get("/").headers["Permissions-Policy"]


def flat(screen):
    assert screen.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{screen.url} 横向溢出"


def test_proof_shown_on_a_phone_is_scanned_once(town, page, phone, live_server, sign_in, assert_accessible, snapshot):
    sign_in(phone, "holder")
    sign_in(page, "clerk")
    phone.goto(f"{live_server.url}/me/proofs/")
    assert_accessible(phone)
    snapshot(phone, "library-proofs-empty-m")
    phone.get_by_role("link", name="添加证明").click()
    phone.get_by_label("名称").fill("毕业证书")
    phone.get_by_label("出具单位").fill("虚构学院")
    phone.get_by_label("文件").set_input_files({"name": "证.png", "mimeType": "image/png", "buffer": picture(size=(420, 600)).read()})
    assert_accessible(phone)
    snapshot(phone, "library-new-m")
    phone.get_by_role("button", name="保存").click()
    phone.get_by_role("heading", name="毕业证书").wait_for()
    flat(phone)
    assert_accessible(phone)
    snapshot(phone, "library-paper-m")
    phone.get_by_role("link", name="出示二维码").click()
    phone.get_by_label("办什么事").fill("办理卫生许可")
    phone.get_by_role("button", name="出示").click()
    token = phone.locator("[data-token]").inner_text()
    flat(phone)
    assert_accessible(phone)
    snapshot(phone, "library-show-m")
    page.goto(f"{live_server.url}/window/proofs/")
    assert_accessible(page)
    page.keyboard.type(token)  # 扫码枪就是键盘：一进页面光标就在输入框
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="毕业证书").wait_for()
    assert_accessible(page)
    snapshot(page, "library-scanned-pc")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="已当面核对原件").click()
    page.get_by_text("窗口核过原件").first.wait_for()
    page.goto(f"{live_server.url}/window/proofs/")
    page.keyboard.type(token)
    page.keyboard.press("Enter")
    page.get_by_text("已经用过").wait_for()
    assert_accessible(page)
    snapshot(page, "library-replay-pc")
    phone.goto(f"{live_server.url}/me/library/uses/")
    phone.get_by_text("已拒绝").wait_for()
    assert phone.get_by_text("李敏").count() == 3
    flat(phone)
    assert_accessible(phone)
    snapshot(phone, "library-uses-m")


def test_library_on_a_computer(town, page, phone, live_server, sign_in, assert_accessible, snapshot):
    keep(town, "房屋租赁合同", "material", "red", valid_until=timezone.localdate() + timedelta(days=9))
    keep(town, "营业场所平面图", "material", "green")
    keep(town, "旧合同", "material", "blue", valid_until=timezone.localdate() - timedelta(days=9))
    for screen, tag in ((page, "pc"), (phone, "m")):
        sign_in(screen, "holder")
        screen.goto(f"{live_server.url}/me/library/")
        flat(screen)
        assert_accessible(screen)
        snapshot(screen, f"library-list-{tag}")
        screen.get_by_role("button", name="预览 旧合同").click()
        screen.locator("#viewer img").wait_for()
        assert_accessible(screen)
        screen.get_by_role("button", name="关闭").click()
    draft = materials.open_draft(HYGIENE, actor=town, channel="1")
    code = next(row.view.code for row in draft.materials if row.state == "todo")
    for screen, tag in ((page, "pc"), (phone, "m")):
        screen.goto(f"{live_server.url}/apply/d/{draft.id}/materials/")
        screen.locator(f"#m-{code}").get_by_role("link", name="选用已有").click()
        screen.locator("#picker").get_by_text("房屋租赁合同").wait_for()
        flat(screen)
        assert_accessible(screen)
        snapshot(screen, f"library-picker-{tag}", full_page=False)
        screen.locator("#picker").get_by_role("button", name="关闭").click()
    page.locator(f"#m-{code}").get_by_role("link", name="选用已有").click()
    page.get_by_role("button", name="选用营业场所平面图").click()
    page.locator(f"#m-{code}.m-done").wait_for()
    assert "选自材料库" in page.locator(f"#m-{code}").inner_text()
    services.remove(selectors.mine(town, "material", selectors.Filters(q="平面图")).items[0].uid, actor=town)
    page.reload()
    page.locator(f"#m-{code}.m-done").wait_for()
