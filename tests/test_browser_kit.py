"""浏览器固件自己是好的：真的打开了系统 Chromium，真的能查出无障碍问题。"""

import pytest

GOOD = (
    '<!doctype html><html lang="zh-CN"><head><meta name="viewport" content="width=device-width"><title>好</title></head>'
    '<body><main><h1>标题</h1><img alt="图" src="data:,"></main></body></html>'
)


def test_accessible_page_passes(page, assert_accessible):
    page.set_content(GOOD)
    assert_accessible(page)


def test_missing_label_is_reported(page, assert_accessible):
    page.set_content(GOOD.replace("</main>", '<input type="text"></main>'))
    with pytest.raises(AssertionError, match="label"):
        assert_accessible(page)


def test_part_of_a_page_can_be_excluded(page, assert_accessible):
    page.set_content(GOOD.replace("</main>", '<div id="map"><input type="text"></div></main>'))
    assert_accessible(page, exclude=("#map",))


def test_phone_is_narrow_and_snapshots_are_kept(phone, snapshot):
    phone.set_content(GOOD)
    assert phone.evaluate("innerWidth") == 390
    assert snapshot(phone, "固件 自检/手机").stat().st_size > 1000


def test_browser_speaks_chinese_and_local_time(page):
    assert page.evaluate("[navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]") == ["zh-CN", "Asia/Shanghai"]
