"""门户在浏览器里：四种显示方式零无障碍违规、手机上不横向溢出、首屏传输量有上限。"""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client

from shilong.identity.testing import make_citizen, make_department, make_enterprise
from shilong.service.catalog.testing import seed_items
from shilong.service.forms.seed import seed_forms

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P01", "P02")]
PUBLIC = ("/", "/progress/", "/publicity/", "/help/", "/privacy/", "/not-here/")
PERSONAL = ("/", "/me/", "/me/cases/", "/me/drafts/", "/messages/")
MODES = {"普通": "", "长者": "localStorage.setItem('mode', 'elder')", "高对比": "localStorage.setItem('contrast', 'high')"}
FIRST_SCREEN_BYTES = 60 * 1024


@pytest.fixture
def portal(transactional_db):
    cache.clear()
    for key in ("wjw", "scjg"):
        make_department(key)
    seed_forms()
    seed_items(12)
    make_citizen("测试甲", username="resident")
    make_enterprise("平顶山市石龙区虚构测试有限责任公司", username="company")


def _walk(page, live_server, paths, assert_accessible):
    for path in paths:
        page.goto(live_server.url + path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{path} 横向溢出"
        assert_accessible(page)


@pytest.mark.parametrize("mode", MODES)
def test_public_pages_are_accessible_on_desktop(portal, page, live_server, assert_accessible, mode):
    page.add_init_script(MODES[mode])
    _walk(page, live_server, PUBLIC, assert_accessible)


@pytest.mark.parametrize("mode", MODES)
def test_personal_pages_are_accessible_on_a_phone(portal, phone, live_server, sign_in, assert_accessible, mode):
    phone.add_init_script(MODES[mode])
    sign_in(phone, "company")
    _walk(phone, live_server, PERSONAL, assert_accessible)


def test_elder_mode_is_remembered_and_shows_fewer_entries(portal, page, live_server):
    page.goto(live_server.url)
    before = page.locator(".quick a:visible").count()
    page.click("[data-toggle='mode=elder']")
    page.goto(live_server.url + "/help/")
    assert page.evaluate("document.documentElement.dataset.mode") == "elder"
    page.goto(live_server.url)
    assert page.locator(".quick a:visible").count() < before


def test_an_enterprise_sees_corporate_services_first(portal, page, live_server, sign_in):
    sign_in(page, "company")
    page.goto(live_server.url)
    assert page.locator(".tab-l [aria-pressed=true]").inner_text() == "法人服务"


def test_first_screen_stays_small(portal):
    body = Client().get("/").content.decode()
    names = re.findall(r'(?:href|src)="/static/([^"]+)"', body)
    assert names
    size = len(gzip.compress(body.encode()))
    for name in names:
        found = finders.find(name)
        assert found, name
        with open(found, "rb") as source:
            size += len(gzip.compress(source.read()))
    assert size <= FIRST_SCREEN_BYTES
