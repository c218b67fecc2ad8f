"""门户在浏览器里：四种显示方式零无障碍违规、手机上不横向溢出、首屏传输量有上限。"""

import gzip
import io
import re

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image

from shilong.foundation.files import selectors as files_read
from shilong.foundation.files import services as files
from shilong.foundation.notify.models import Message
from shilong.identity.accounts.models import Account
from shilong.identity.accounts.selectors import actor_for
from shilong.identity.testing import make_citizen, make_department, make_enterprise
from shilong.service.cases import selectors as cases
from shilong.service.cases.testing import drive, submit_case
from shilong.service.catalog.testing import FOOD, seed_items
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


@pytest.mark.req("W02")
def test_correcting_uses_the_same_upload_box_as_applying(portal, page, phone, live_server, sign_in, assert_accessible, snapshot, tmp_path):
    citizen = Account.objects.get(username="resident")
    stored = files.store(io.BytesIO(picture("white")), "材料.png", owner_id=citizen.pk)
    actor = actor_for(citizen.pk)
    case = submit_case(FOOD, actor=actor, file_ids=[str(stored.id)])
    drive(case.case_no, "receive", "supplement")
    paths = [tmp_path / name for name in ("第一页.png", "第二页.png")]
    for number, path in enumerate(paths):
        path.write_bytes(picture(("red", "blue")[number]))
    sign_in(phone, "resident")
    phone.goto(f"{live_server.url}/me/cases/{case.case_no}/resubmit/")
    assert_accessible(phone)
    snapshot(phone, "resubmit-m")
    sign_in(page, "resident")
    page.goto(f"{live_server.url}/me/cases/{case.case_no}/resubmit/")
    box = page.locator("[data-pick]").first
    chooser = box.locator("[data-pick-input]")
    chooser.set_input_files(paths[0])
    chooser.set_input_files(paths[1])
    assert box.locator(".fl b").all_inner_texts() == ["第一页.png", "第二页.png"]
    box.get_by_role("button", name="删除 第一页.png").click()
    big = tmp_path / "太大.pdf"
    big.write_bytes(b"%PDF-" + bytes(21 * 1024 * 1024))
    chooser.set_input_files(big)
    assert "超过 20 MB" in box.locator(".err").inner_text()
    assert box.locator(".fl b").all_inner_texts() == ["第二页.png"]
    assert_accessible(page)
    snapshot(page, "resubmit-pc")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="提交补正").click()
    page.get_by_text("补正已提交").wait_for()
    names = [files_read.get(one).name for row in cases.case(case.case_no, actor=actor).materials for one in row.file_ids]
    assert "第二页.png" in names
    assert "第一页.png" not in names


def picture(color):
    buffer = io.BytesIO()
    Image.new("RGB", (300, 400), color).save(buffer, "PNG")
    return buffer.getvalue()
