"""登录与账号页面在真浏览器里：能用、手机不横向滚动、axe 零违规。"""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from tests.browser import PHONE

from shilong.identity import testing
from shilong.identity.accounts import selectors, services
from shilong.identity.roles.actor import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("W05", "P29")]


def enter(page, live_server, actor):
    page.goto(live_server.url + "/login/?next=/account/")
    page.get_by_label("登录名或手机号").fill(actor.username)
    page.get_by_label("密码", exact=True).fill(testing.PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/account/")


def fits(page):
    """没有横向滚动。"""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["/login/", "/login/?way=code", "/register/", "/register/enterprise/"])
def test_gate_pages(page, live_server, path, assert_accessible):
    page.goto(live_server.url + path)
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    assert fits(page)


def test_wrong_password_is_said_next_to_the_form(page, live_server):
    page.goto(live_server.url + "/login/")
    page.get_by_label("登录名或手机号").fill("nobody")
    page.get_by_label("密码", exact=True).fill("wrong")
    page.get_by_role("button", name="登录").click()
    assert page.get_by_text("登录名或密码不正确。").is_visible()


def test_sms_button_counts_down(page, live_server):
    page.goto(live_server.url + "/login/?way=code")
    page.get_by_label("手机号").fill("13000000099")
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_text("验证码已发出").wait_for()
    assert page.get_by_role("button", name="秒后重发").is_disabled()


@pytest.mark.parametrize("kind", ["citizen", "firm", "staff"])
def test_account_pages(page, live_server, kind, assert_accessible):
    makers = {"citizen": testing.make_citizen, "firm": testing.make_enterprise, "staff": lambda: testing.make_staff(Role.WINDOW)}
    actor = makers[kind]()
    if kind == "firm":
        id_no = selectors.applicant(testing.make_citizen().account_id).id_no
        services.authorize_agent(actor, id_no, [], timezone.localdate() + timedelta(days=9), name="测试甲")
    enter(page, live_server, actor)
    for path in [link.get_attribute("href") for link in page.locator("nav a[href^='/account/']").all()]:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(live_server.url + path)
        assert_accessible(page)
        page.set_viewport_size(PHONE)
        assert fits(page), path


def test_form_errors_are_words_for_people(db):
    firm = testing.make_enterprise()
    client = Client()
    client.force_login(get_user_model().objects.get(pk=firm.account_id), backend="django.contrib.auth.backends.ModelBackend")
    form = {"name": "长" * 65, "id_no": "1" * 80, "expires_on": "2027-01-01"}
    response = client.post("/account/agents/", form)
    assert response.status_code == 422
    body = response.content.decode()
    assert "最多 64 个字，现在有 65 个。" in body
    assert "确保" not in body
