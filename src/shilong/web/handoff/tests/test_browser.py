"""在浏览器里：电脑出码—手机拍照—电脑出现；手机签名；高拍仪连拍合 PDF；摄像头认二维码。"""

import pytest
import segno
from django.core.cache import cache

from shilong.identity.accounts.selectors import applicant
from shilong.identity.roles.actor import Role, Scope
from shilong.identity.testing import make_citizen, make_department, make_staff
from shilong.service.cases.testing import sample_form
from shilong.service.catalog.testing import CODES, seed_items
from shilong.service.handoff.tests.conftest import photo
from shilong.service.materials import selectors as drafts
from shilong.service.materials import services as materials

HYGIENE, WEDDING = CODES[1], CODES[31]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W02", "W11")]


@pytest.fixture
def town(transactional_db):
    cache.clear()
    for key in ("wjw", "xfd", "mzj", "zwj"):
        make_department(key)
    seed_items(34)
    make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, name="李敏", username="clerk")
    return make_citizen("测试甲", username="applicant")


def flat(screen):
    assert screen.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{screen.url} 横向溢出"


def shot(shift=0):
    return {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": photo(shift).read()}


def test_photos_from_the_phone_appear_on_the_computer(town, page, phone, live_server, sign_in, assert_accessible, snapshot):
    draft = materials.open_draft(HYGIENE, actor=town, channel="1")
    code = next(row.view.code for row in draft.materials if row.state == "todo")
    sign_in(page, "applicant")
    page.goto(f"{live_server.url}/apply/d/{draft.id}/materials/")
    page.locator(f"#m-{code} [data-relay]").click()
    page.locator("[data-relay-image]").wait_for()
    page.get_by_text("用手机扫码打开").wait_for()
    assert_accessible(page)
    snapshot(page, "handoff-code-pc", full_page=False)
    phone.goto(page.locator("[data-relay-image]").get_attribute("data-address"))
    phone.locator("[data-photo]").wait_for()
    page.get_by_text("手机已打开").wait_for()
    phone.locator("[data-take]").first.set_input_files(shot())
    phone.locator("[data-shot]").wait_for()
    page.locator(f"#m-{code}.m-done").wait_for()  # 手机传上来，电脑上这份材料自己刷新
    flat(phone)
    assert_accessible(phone)
    snapshot(phone, "handoff-photo-m")
    phone.get_by_role("button", name="调整第 1 页").click()
    phone.locator("#cropper[open] .knob").first.wait_for()
    assert_accessible(phone)
    snapshot(phone, "handoff-crop-m", full_page=False)
    before = phone.locator("[data-shot] img").get_attribute("src")
    phone.locator(".knob").first.press("ArrowRight")
    phone.get_by_role("button", name="转一下").click()
    phone.get_by_role("button", name="就用这个范围").click()
    phone.wait_for_function("old => document.querySelector('[data-shot] img').getAttribute('src') !== old", arg=before)
    phone.locator("[data-take]").last.set_input_files([shot(20), shot(40)])
    phone.locator("[data-shot]").nth(2).wait_for()
    phone.get_by_role("button", name="拍完了").click()
    phone.get_by_text("3 页合成了一个 PDF").wait_for()
    assert_accessible(phone)
    page.locator(f"#m-{code}").get_by_text("3 页").wait_for()
    (row,) = drafts.draft(draft.id, town).material(code).files
    assert (row.mime, row.pages, row.source) == ("application/pdf", 3, "camera")
    snapshot(page, "handoff-arrived-pc")


def test_signing_on_the_phone_shows_on_the_computer(town, page, phone, live_server, sign_in, assert_accessible, snapshot):
    draft = materials.open_draft(HYGIENE, actor=town, channel="1")
    materials.save_form(draft.id, sample_form(HYGIENE), actor=town, version=draft.version)
    sign_in(page, "applicant")
    page.goto(f"{live_server.url}/apply/d/{draft.id}/check/")
    page.get_by_role("button", name="扫码用手机签名").click()
    page.locator("[data-relay-image]").wait_for()
    phone.goto(page.locator("[data-relay-image]").get_attribute("data-address"))
    box = phone.locator("[data-pad]")
    box.wait_for()
    flat(phone)
    assert_accessible(phone)
    phone.get_by_role("button", name="签好了").click()
    phone.get_by_text("还没有写").wait_for()
    at = box.bounding_box()
    phone.mouse.move(at["x"] + 60, at["y"] + 120)
    phone.mouse.down()
    for step in range(30):
        phone.mouse.move(at["x"] + 60 + step * 7, at["y"] + 120 + (step % 6 - 3) * 12)
    phone.mouse.up()
    snapshot(phone, "handoff-sign-m")
    phone.get_by_role("button", name="签好了").click()
    phone.get_by_role("heading", name="签好了").wait_for()
    page.locator("#signature img").wait_for(timeout=15000)
    assert "已签名" in page.locator("#signature").inner_text()
    assert_accessible(page)
    snapshot(page, "handoff-signed-pc")
    assert drafts.signature(drafts.draft(draft.id, town)) is not None


def test_marriage_registration_has_no_signature_entry(town, page, live_server, sign_in):
    clerk = make_staff(Role.WINDOW, department="zwj", scope=Scope.DISTRICT, name="王静", username="clerk2")
    who = applicant(town.account_id)
    for item, count in ((WEDDING, 0), (HYGIENE, 1)):
        draft = materials.open_draft(item, actor=clerk, channel="3", applicant=who)
        sign_in(page, "clerk2")
        page.goto(f"{live_server.url}/window/new/d/{draft.id}/")
        page.locator("#apply-form").wait_for()
        assert page.locator("#signature").count() == count


def test_the_document_camera_shoots_and_merges(town, page, live_server, sign_in, assert_accessible, snapshot):
    sign_in(page, "clerk")
    page.goto(f"{live_server.url}/window/new/{HYGIENE}/")
    from shilong.identity.accounts.models import Account
    from shilong.identity.accounts.selectors import actor_for

    clerk = actor_for(Account.objects.get(username="clerk").pk)
    draft = materials.open_draft(HYGIENE, actor=clerk, channel="3", applicant=applicant(town.account_id))
    code = next(row.view.code for row in draft.materials if row.state == "todo")
    page.goto(f"{live_server.url}/window/new/d/{draft.id}/")
    page.locator(f"#m-{code}").get_by_role("button", name="高拍仪").click()
    page.locator("#camera").get_by_text("画面").first.wait_for()
    page.locator("[data-camera-note]").get_by_text("×").wait_for()
    for count in (1, 2):
        page.get_by_role("button", name="拍一张").click()
        page.get_by_text(f"已拍 {count} 页").wait_for()
    page.get_by_role("button", name="旋转第 1 页").click()
    page.get_by_role("button", name="裁剪第 2 页").click()
    page.locator(".knob").first.press("ArrowRight")
    assert_accessible(page)
    snapshot(page, "handoff-camera-pc", full_page=False)
    page.get_by_role("button", name="就用这个范围").click()
    page.get_by_role("button", name="放进材料").click()
    page.locator(f"#m-{code}.m-done").wait_for()
    (row,) = drafts.draft(draft.id, clerk).material(code).files
    assert (row.mime, row.pages, row.source) == ("application/pdf", 2, "scan")
    assert_accessible(page)
    snapshot(page, "handoff-window-pc")


def test_the_camera_reads_a_proof_code(town, page, live_server, sign_in):
    sign_in(page, "clerk")
    page.goto(f"{live_server.url}/window/proofs/")
    page.get_by_role("button", name="用摄像头扫").click()
    page.wait_for_function("() => document.querySelector('[data-scan-box] video').videoWidth > 0")
    picture = segno.make("SLZM-abc-123", error="m", micro=False).png_data_uri(scale=8, border=4)
    script = """async source => {
      const image = new Image(); image.src = source; await image.decode()
      const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height
      const pen = canvas.getContext('2d'); pen.drawImage(image, 0, 0)
      return window.readQr(pen.getImageData(0, 0, image.width, image.height))
    }"""
    assert page.evaluate(script, picture) == "SLZM-abc-123"
