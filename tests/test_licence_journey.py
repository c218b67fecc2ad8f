"""一张证照的一生，全程在浏览器里走：申报 → 准予 → 自动制证 → 签发 → 我的证照 → 亮证 → 扫码验真 → 上传验章。"""

import base64
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from shilong.foundation.calendar import services as calendars
from shilong.identity import testing as people
from shilong.identity.organizations import services as organizations
from shilong.identity.roles.actor import Role, Scope
from shilong.service.cases.models import Case
from shilong.service.catalog.seed.contents import departments
from shilong.service.catalog.testing import CODES, seed_items
from shilong.service.forms.seed import seed_forms
from shilong.service.licences import seed, services
from shilong.service.licences.models import Licence
from shilong.service.licences.tests.conftest import decide
from shilong.service.seals.testing import make_seal
from tests.filling import fill_hygiene
from tests.test_journeys import Town

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P05", "P18", "P20", "W02")]
HYGIENE = CODES[1]
POINTS = ["经营场所面积与布局符合规定，与平面图一致", "从业人员健康合格证明齐全有效"]
READER = Path(__file__).resolve().parents[1] / "node_modules" / "jsqr" / "dist" / "jsQR.js"
DECODE = """
async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const paper = canvas.getContext('2d');
  paper.drawImage(image, 0, 0);
  const found = window.jsQR(paper.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height);
  return found ? found.data : '';
}
"""


@pytest.fixture
def town(page, live_server, sign_in, snapshot, settle, tmp_path, transactional_db):
    calendars.seed(2025, 2028)
    organizations.seed_departments(departments())
    seed_forms()
    seed_items(20)
    seed.install()
    people.make_citizen("测试甲", username="resident")
    people.make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, username="clerk", name="李敏")
    people.make_staff(Role.OFFICER, department="wjw", username="health", name="张科员")
    people.make_staff(Role.OFFICER, department="xfd", username="fire", name="赵参谋")
    people.make_staff(Role.CATALOG, department="zwj", scope=Scope.DISTRICT, username="catalog", name="事项员")
    chief = people.make_staff(Role.LEADER, department="wjw", username="chief", name="陈主任")
    bureau = people.make_staff(Role.BUREAU, department="zwj", scope=Scope.DISTRICT, username="bureau", name="审批局")
    make_seal("wjw", "11", leader=chief, bureau=bureau, to=[chief])
    return Town(page, live_server.url, sign_in, snapshot, settle, tmp_path)


def granted(town: Town) -> str:
    """从网上申报走到准予，换人办理。"""
    case_no = town.as_("resident").apply(HYGIENE, fill_hygiene, query="公共场所卫生许可")
    town.settle()
    decide(case_no)
    town.settle()
    return case_no


def upload(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "application/ofd", "buffer": content}


def drawn(page) -> None:
    """等图都画出来。"""
    page.evaluate("Promise.all([...document.images].map(one => one.decode().catch(() => 0)))")


def reviewed(town: Town) -> str:
    """从网上申报走到准予，全在页面上办：收件、受理、逐条核对审查要点、两个部门审查、决定。"""
    case_no = town.as_("resident").apply(HYGIENE, fill_hygiene, query="公共场所卫生许可")
    town.settle()
    town.as_("clerk").act(case_no, "收件")
    town.act(case_no, "予以受理")
    case = Case.objects.get(case_no=case_no)
    for one in case.plan["rounds"]:
        for task in one["tasks"]:
            task["points"] = POINTS
    case.save(update_fields=["plan"])

    def agree(form) -> None:
        form.get_by_label("同意", exact=True).check()
        form.get_by_label("审查意见").fill("经审查，符合规定条件，同意。")
        for point in POINTS:
            form.get_by_label(point).check()

    def grant(form) -> None:
        form.get_by_label("准予", exact=True).check()
        form.get_by_label("决定意见").fill("符合法定条件。")

    town.as_("health").act(case_no, "审查", agree, shot="licence-review-points")
    town.as_("fire").act(case_no, "审查", agree)
    assert [one["ok"] for one in case.history.filter(action="review").first().data["points"]] == [True] * len(POINTS)
    town.as_("chief").act(case_no, "作出决定", grant)
    town.settle()
    return case_no


def decoded(page, path: str) -> str:
    """打开照面原图，对屏幕截图解码二维码，返回里面的文字。"""
    page.goto(path)
    picture = base64.b64encode(page.screenshot(full_page=True)).decode()
    blank = page.context.new_page()
    blank.set_content("<!doctype html><body></body>")
    blank.add_script_tag(path=READER)
    text = blank.evaluate(DECODE, f"data:image/png;base64,{picture}")
    blank.close()
    return text


def test_from_application_to_scanned_licence(town, assert_accessible):
    page, case_no = town.page, reviewed(town)
    row = Licence.objects.get(case_no=case_no)

    town.as_("chief").go("/office/licences/?state=00")
    assert_accessible(page)
    town.snapshot(page, "licence-office-drafts")
    page.get_by_role("link", name="公共场所卫生许可证").click()
    drawn(page)
    assert_accessible(page)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="签发", exact=True).click()
    page.get_by_text("“签发”已完成").wait_for()
    drawn(page)
    town.snapshot(page, "licence-office-issued")
    row.refresh_from_db()
    assert row.state == "01"

    town.as_("resident").go("/me/licences/")
    assert_accessible(page)
    town.snapshot(page, "licence-mine")
    page.get_by_role("link", name="查看公共场所卫生许可证").click()
    drawn(page)
    assert_accessible(page)
    town.snapshot(page, "licence-detail")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载 OFD 原件").click()
    ofd = waiting.value.path()
    assert ofd.read_bytes().startswith(b"PK")

    page.get_by_role("link", name="亮证", exact=True).click()
    page.get_by_label("给谁看、办什么事").fill("窗口核对")
    page.get_by_role("button", name="出示").click()
    page.get_by_alt_text("亮证二维码").wait_for()
    assert_accessible(page)
    town.snapshot(page, "licence-show")
    token, _ = services.show(row.uid, "窗口核对", actor=actor("resident"))
    town.as_("clerk").go(f"/v/show/{token}/")
    page.get_by_role("button", name="查看证照").click()
    expect(page.get_by_text("持证人出示的用途：窗口核对")).to_be_visible()
    assert_accessible(page)
    town.snapshot(page, "licence-scanned")

    town.as_("resident")
    printed = urlsplit(decoded(page, f"{town.url}/me/licences/{row.uid}/face.png"))
    assert printed.path.startswith("/v/")
    page.context.clear_cookies()
    town.go(printed.path)
    expect(page.get_by_text("现在有效")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(row.number)
    expect(page.get_by_role("main")).not_to_contain_text("测试甲")
    assert_accessible(page)
    town.snapshot(page, "licence-verify")
    page.get_by_role("button", name="OFD 文件").set_input_files(upload("证照.ofd", ofd.read_bytes()))
    page.get_by_role("button", name="验章").click()
    expect(page.get_by_text("与平台存的原件完全一致")).to_be_visible()
    assert_accessible(page)
    town.snapshot(page, "licence-verify-file")
    broken = bytearray(ofd.read_bytes())
    broken[len(broken) // 2] ^= 1
    page.get_by_role("button", name="OFD 文件").set_input_files(upload("改过.ofd", bytes(broken)))
    page.get_by_role("button", name="验章").click()
    expect(page.get_by_text("没有通过验证")).to_be_visible()

    town.as_("resident").go("/me/licences/uses/")
    expect(page.get_by_text("李敏")).to_be_visible()
    assert_accessible(page)


def test_holder_on_a_phone(town, phone, sign_in, assert_accessible, snapshot):
    row = services.issue(Licence.objects.get(case_no=granted(town)).uid, actor=actor("chief"))
    sign_in(phone, "resident")
    for path, name in (
        ("/me/licences/", "cards"),
        (f"/me/licences/{row.uid}/", "detail"),
        (f"/me/licences/{row.uid}/show/", "show"),
        (f"/me/licences/{row.uid}/offline/", "offline"),
        ("/me/licences/uses/", "uses"),
        ("/me/licences/grants/", "grants"),
        ("/v/", "verify"),
    ):
        phone.goto(town.url + path)
        phone.wait_for_load_state("networkidle")
        assert_accessible(phone)
        snapshot(phone, f"licence-phone-{name}")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    phone.goto(f"{town.url}/me/licences/{row.uid}/#grant")
    phone.get_by_label("用途").fill("办理食品经营许可")
    phone.get_by_role("button", name="授权", exact=True).click()
    phone.get_by_text("授权已给出").wait_for()
    phone.once("dialog", lambda dialog: dialog.accept())
    phone.get_by_role("button", name=re.compile("撤回给")).click()
    phone.get_by_text("授权已撤回").wait_for()


def actor(username: str):
    from django.contrib.auth import get_user_model

    from shilong.identity.accounts import selectors as accounts

    return accounts.actor_for(get_user_model().objects.get(username=username).pk)


def test_office_changes_imports_and_batches(town, phone, sign_in, assert_accessible, snapshot):
    page = town.page
    row = services.issue(Licence.objects.get(case_no=granted(town)).uid, actor=actor("chief"))
    town.as_("chief").go(f"/office/licences/{row.uid}/")
    page.locator("summary", has_text="暂停").click()
    panel = page.locator("details[open]")
    panel.get_by_label("理由").fill("整改期间暂停")
    panel.get_by_label("文号").fill("石卫停〔2026〕1号")
    page.once("dialog", lambda dialog: dialog.accept())
    panel.get_by_role("button", name="暂停").click()
    page.get_by_text("“暂停”已完成").wait_for()
    town.as_("health").go("/office/licences/imports/")
    assert_accessible(page)
    town.snapshot(page, "licence-office-imports")
    good = {"证照编号": "石卫公〔2020〕1号", "持证主体": "老店", "持证主体代码": people.fake_uscc(8001), "颁发日期": "2024-05-01"}
    table = json.dumps([good, {"证照编号": ""}], ensure_ascii=False)
    page.get_by_label("证照类型").select_option(label="公共场所卫生许可证")
    for name, content, told in (
        ("存量.xlsx", b"PK\x03\x04 broken", "Excel"),
        ("存量.json", b"[1, 2]", "JSON 应是一个列表"),
        ("空.json", b"[]", "没有数据行"),
    ):
        page.get_by_label("Excel 或 JSON 文件").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
        page.get_by_role("button", name="导入").click()
        expect(page.locator(".note.r")).to_contain_text(told)
    assert_accessible(page)
    town.snapshot(page, "licence-office-imports-bad")
    page.get_by_label("证照类型").select_option(label="公共场所卫生许可证")
    page.get_by_label("Excel 或 JSON 文件").set_input_files({"name": "存量.json", "mimeType": "application/json", "buffer": table.encode()})
    page.get_by_role("button", name="导入").click()
    page.get_by_text("没有填写证照编号").wait_for()
    town.settle()
    page.reload()
    assert_accessible(page)
    town.snapshot(page, "licence-office-import")
    imported = page.url
    town.as_("chief").go("/office/licences/")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="存量补制").click()
    page.get_by_role("heading", name="批量签发").wait_for()
    town.settle()
    page.reload()
    expect(page.get_by_text("已完成")).to_be_visible()
    assert_accessible(page)
    town.snapshot(page, "licence-office-batch")
    batched = page.url
    sign_in(phone, "chief")
    library = f"{town.url}/office/licences/"
    shown = {"list": library, "detail": f"{library}{row.uid}/", "imports": f"{library}imports/", "import": imported, "batch": batched}
    for name, url in shown.items():
        phone.goto(url)
        phone.wait_for_load_state("networkidle")
        assert_accessible(phone)
        snapshot(phone, f"licence-phone-office-{name}")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_designing_a_face(town, phone, sign_in, assert_accessible, snapshot):
    page = town.page
    town.as_("catalog").go("/console/licence-types/")
    assert_accessible(page)
    town.snapshot(page, "licence-console-types")
    page.get_by_role("link", name="公共场所卫生许可证").click()
    page.locator("[data-board] button").first.wait_for()
    assert_accessible(page)
    town.snapshot(page, "licence-console-design")
    seal = page.get_by_role("button", name=re.compile("移动章"))
    before = float(page.locator("#seal-x").input_value())
    box = seal.bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] - 40, box["y"] + 10, steps=4)
    with page.expect_response("**/preview/") as answered:
        page.mouse.up()
    assert answered.value.ok
    moved = float(page.locator("#seal-x").input_value())
    assert moved < before
    page.get_by_role("button", name="保存", exact=True).first.click()
    page.get_by_text("已保存").first.wait_for()
    from shilong.service.licences.models import LicenceType

    assert LicenceType.objects.get(name="公共场所卫生许可证").template["seal"]["x"] == moved
    page.locator("#width").fill("10")
    page.get_by_role("button", name="保存", exact=True).first.click()
    page.get_by_text("纸宽应在 50 到 420 之间").wait_for()
    sign_in(phone, "catalog")
    phone.goto(page.url)
    phone.wait_for_load_state("networkidle")
    assert_accessible(phone)
    snapshot(phone, "licence-phone-console-design")
