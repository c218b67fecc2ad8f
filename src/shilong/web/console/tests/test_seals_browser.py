"""印章页面在浏览器里：真的上传、签章、下载、验章；PC 与手机上无障碍、不横向滚动。"""

import pytest

from shilong.foundation.documents.ofd.signing import Stamp
from shilong.service.seals import services, testing
from shilong.service.seals.tests.conftest import AT, cast, filed, ofd, own_pki, seal_no

__all__ = ["cast", "own_pki", "seal_no"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P06", "P17")]


def test_a_clerk_stamps_downloads_and_checks(page, live_server, sign_in, cast, seal_no, tmp_path, assert_accessible, snapshot):
    sign_in(page, cast.officer.username)
    (tmp_path / "决定书.ofd").write_bytes(ofd(pages=2))
    page.goto(f"{live_server.url}/console/seals/use/")
    page.get_by_label("文书种类").select_option("grant")
    page.get_by_role("button", name="选定").click()
    page.get_by_role("checkbox", name=seal_no).check()
    page.get_by_label("OFD 文件").set_input_files(tmp_path / "决定书.ofd")
    page.get_by_label("文书编号").fill("石龙准〔2026〕第9号")
    page.get_by_label("加盖骑缝章").check()
    snapshot(page, "seals-use-filled")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="签章并下载").click()
    waiting.value.save_as(tmp_path / "已签.ofd")
    page.get_by_role("link", name="验章").click()
    page.get_by_label("OFD 文件").set_input_files(tmp_path / "已签.ofd")
    page.get_by_role("button", name="验章").click()
    assert page.get_by_text("1 枚印章有效").is_visible()
    assert_accessible(page)
    snapshot(page, "seals-verified")


def test_the_bureau_approves_makes_and_the_leader_activates(page, live_server, sign_in, cast, snapshot):
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, cast.leader.username)
    page.goto(f"{live_server.url}/console/seals/new/")
    page.get_by_label("印章种类").select_option("12")
    page.get_by_label("申请事由").fill("窗口受理业务用章")
    page.get_by_role("button", name="提交申请").click()
    where = page.url
    assert page.get_by_role("button", name="撤回申请").is_visible()
    sign_in(page, cast.bureau.username)
    page.goto(where)
    page.get_by_label("审批意见").fill("同意制发")
    page.get_by_role("button", name="批准", exact=True).click()
    page.get_by_role("button", name="制章").click()
    page.get_by_role("link", name="受理专用章").click()
    snapshot(page, "seals-made")
    page.get_by_role("button", name="启用印章").click()
    assert page.get_by_text("印章已启用").is_visible()


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("leader", ["", "new/", "{seal}/", "{seal}/grants/new/", "{seal}/cancel/", "{seal}/change/"]),
        ("bureau", ["applications/", "applications/{application}/", "{seal}/", "log/"]),
        ("officer", ["use/?doc_type=grant", "verify/", "log/"]),
        ("clerk", ["use/", "log/"]),
    ],
)
def test_pages_are_accessible_on_desktop_and_phone(
    page, phone, live_server, sign_in, cast, seal_no, assert_accessible, snapshot, who, paths
):
    testing.make_seal("scjg", "05", leader=cast.leader, bureau=cast.bureau, to=[cast.officer], holder="张三丰")
    application = filed(cast, kind="13")
    for number, stamps in enumerate((AT, [Stamp(9, 0, 0, 40, 40)])):
        services.stamp_many(
            [services.BatchDocument(ofd(), f"石龙准〔2026〕第{number}号", stamps)], seal_no=seal_no, doc_type="grant", actor=cast.officer
        )
    actor, problems = getattr(cast, who), []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    for screen, tag in ((page, "pc"), (phone, "m")):
        sign_in(screen, actor.username)
        for path in paths:
            where = "/console/seals/" + path.format(seal=seal_no, application=application)
            screen.goto(live_server.url + where)
            assert screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), where
            assert_accessible(screen)
            snapshot(
                screen,
                f"seals-{who}-{path.format(seal='one', application='one').strip('/').replace('/', '-').partition('?')[0] or 'list'}-{tag}",
            )
    assert problems == []


def test_a_click_on_the_preview_decides_where_the_seal_goes(
    page, live_server, sign_in, cast, seal_no, tmp_path, assert_accessible, snapshot
):
    sign_in(page, cast.officer.username)
    (tmp_path / "决定书.ofd").write_bytes(ofd(pages=2))
    page.goto(f"{live_server.url}/console/seals/use/?doc_type=grant")
    page.get_by_role("checkbox", name=seal_no).check()
    page.get_by_label("OFD 文件").set_input_files(tmp_path / "决定书.ofd")
    page.get_by_text("第 2 页，共 2 页").wait_for()
    page.get_by_role("button", name="上一页").click()
    page.get_by_text("第 1 页，共 2 页").wait_for()
    stage = page.locator("[data-stage]")
    box = stage.bounding_box()
    stage.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    assert page.get_by_label("盖在第几页").input_value() == "1"
    x, y = (float(page.get_by_label(name).input_value()) for name in ("距左边（毫米）", "距上边（毫米）"))
    assert (x, y) == pytest.approx((210 / 2 - 20, 297 / 2 - 20), abs=1)
    stage.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    assert float(page.get_by_label("距左边（毫米）").input_value()) == x + 1
    assert float(page.get_by_label("距上边（毫米）").input_value()) == y - 10
    assert page.get_by_label("位置").input_value() == "custom"
    assert page.locator("[data-ghost]").is_visible()
    page.get_by_label("文书编号").fill("石龙准〔2026〕第9号")
    assert_accessible(page)
    snapshot(page, "seals-use-preview-pc")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="签章并下载").click()
    waiting.value.save_as(tmp_path / "已签.ofd")
    (place,) = services.verify((tmp_path / "已签.ofd").read_bytes()).seals[0].stamps
    assert place.box[:2] == pytest.approx((x + 1, y - 10))


def test_the_preview_on_a_phone_and_a_bad_file(phone, live_server, sign_in, cast, seal_no, tmp_path, assert_accessible, snapshot):
    sign_in(phone, cast.officer.username)
    (tmp_path / "决定书.ofd").write_bytes(ofd())
    (tmp_path / "坏.ofd").write_bytes(b"PK nothing")
    phone.goto(f"{live_server.url}/console/seals/use/?doc_type=grant")
    phone.get_by_label("OFD 文件").set_input_files(tmp_path / "坏.ofd")
    phone.locator("[data-board] .note, [data-board] .r").first.wait_for()
    phone.get_by_label("OFD 文件").set_input_files(tmp_path / "决定书.ofd")
    phone.get_by_role("checkbox", name=seal_no).check()
    phone.locator("[data-stage]").tap()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert_accessible(phone)
    snapshot(phone, "seals-use-preview-m")
