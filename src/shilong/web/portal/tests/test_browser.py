"""门户在浏览器里：四种显示方式零无障碍违规、手机上不横向溢出、首屏传输量有上限。"""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from shilong.foundation.notify.models import Message
from shilong.identity.accounts.models import Account
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


def test_lists_can_be_searched_and_the_bell_counts(portal, page, phone, live_server, sign_in, assert_accessible, snapshot):
    citizen = Account.objects.get(username="resident")
    for number in range(3):
        Message.objects.create(account_id=citizen.pk, title=f"第 {number} 条", body="内容", created_at=timezone.now())
    for screen, tag in ((page, "pc"), (phone, "m")):
        sign_in(screen, "resident")
        for path, name in (("/me/cases/?q=没有的事项", "cases"), ("/publicity/?department=wjw", "publicity")):
            screen.goto(live_server.url + path)
            assert "3 条未读" in screen.locator("a.bell").first.inner_text()
            assert screen.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
            assert_accessible(screen)
            snapshot(screen, f"small-{name}-{tag}")


def test_api_docs_work_without_leaving_the_site(portal, page, phone, live_server, snapshot):
    problems, outside = [], []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: outside.append(request.url) if not request.url.startswith((live_server.url, "data:")) else None)
    page.goto(f"{live_server.url}/api/v1/docs")
    page.get_by_text("/api/v1/items", exact=True).first.wait_for()
    snapshot(page, "small-api-docs-pc")
    assert outside == []
    assert problems == []


def test_an_expired_form_page(portal, page, phone, live_server, assert_accessible, snapshot):
    for screen, tag in ((page, "pc"), (phone, "m")):
        screen.goto(f"{live_server.url}/login/")
        screen.context.clear_cookies()
        screen.get_by_label("登录名").fill("resident")
        screen.get_by_label("密码", exact=True).fill("x")
        screen.get_by_role("button", name="登录", exact=True).click()
        screen.get_by_text("这次没有提交成功").wait_for()
        assert_accessible(screen)
        snapshot(screen, f"small-csrf-{tag}")
