"""第三方阅读器 ofd.js 在真浏览器里画得出、验得过：我们写的文件别人认。"""

import base64
from pathlib import Path

import pytest

from shilong.foundation.documents.ofd import layout, reader, signing, writer
from shilong.foundation.documents.tests import ofd_world as world

pytestmark = [pytest.mark.req("P05", "P06")]
LIBRARY = Path(__file__).resolve().parents[5] / "node_modules" / "ofd.js" / "lib" / "ofd.umd.min.js"
READ = """
async (encoded) => {
  const bytes = Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0));
  const parsed = await new Promise((success, fail) => window.ofd.parseOfdDocument({ ofd: bytes.buffer, success, fail }));
  const document_ = parsed[0];
  for (const page of window.ofd.renderOfd(800, document_)) document.body.append(page);
  const seals = [...document.querySelectorAll("[name=seal_img_div]")].map((one) => JSON.parse(one.dataset.signedInfo));
  const digests = [...(window.toBeChecked?.values() ?? [])].map((arr) => window.ofd.digestCheck(arr));
  return { pages: document_.pages.length, text: document.body.textContent, seals, digests,
    images: document.querySelectorAll("image, img").length };
}
"""


@pytest.fixture
def open_ofd(page):
    if not LIBRARY.exists():
        pytest.skip("没有安装 ofd.js，请先 npm ci")
    page.set_content("<!doctype html><meta charset=utf-8><body></body>")
    page.add_script_tag(path=LIBRARY)
    return lambda ofd: page.evaluate(READ, base64.b64encode(ofd).decode())


def test_ofd_js_draws_and_verifies_a_sealed_licence(open_ofd, page, snapshot):
    seen = open_ofd(world.signed())
    snapshot(page, "ofd-js-证照")
    assert seen["pages"] == 1
    for piece in ("食品经营许可证", "石龙区捞饭店餐饮管理有限公司", "张喆堃"):
        assert piece in seen["text"].replace("\n", "")
    assert [one["VerifyRet"] for one in seen["seals"]] == [True]
    assert seen["digests"] == [True]


def test_ofd_js_verifies_both_seals_of_a_countersigned_file(open_ofd):
    seen = open_ofd(world.countersigned())
    assert [one["VerifyRet"] for one in seen["seals"]] == [True, True]
    assert seen["digests"] == [True]  # 它每读一个签名就清空一次待核对的清单，只剩最后一枚


def test_ofd_js_notices_a_changed_page(open_ofd):
    seen = open_ofd(world.changed(world.signed(), "Doc_0/Pages/Page_0/Content.xml", "张喆堃".encode(), "张喆喆".encode()))
    assert seen["digests"] == [False]


def test_ofd_js_misses_a_moved_seal_but_we_do_not(open_ofd):
    """记下别家的缺口：它升级补上了，这个测试会提醒我们改文档。"""
    forged = world.changed(world.signed(), "Doc_0/Signs/Sign_0/Signature.xml", b"130 222", b"131 222")
    seen = open_ofd(forged)
    assert [one["VerifyRet"] for one in seen["seals"]] == [True]
    assert world.codes(world.check(forged)) == {"data_hash"}


def test_ofd_js_draws_every_strip_of_a_straddling_seal(open_ofd, page, snapshot):
    ofd = writer.write(layout.OfdDocument("通知书", world.AT, flow=[layout.TextBlock("准予许可。" * 900)]))
    pages = len(reader.pages(ofd))
    stamps = signing.straddle(range(1, pages + 1), page_width=210, y=120, size=40)
    seen = open_ofd(world.sign(ofd, world.person("石龙区市场监督管理局"), stamps=stamps))
    snapshot(page, "ofd-js-骑缝章")
    assert seen["pages"] == pages
    assert len(seen["seals"]) == pages
