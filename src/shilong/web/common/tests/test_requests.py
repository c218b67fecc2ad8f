"""请求级的防线：会话调接口的 CSRF、个人页面不留缓存、过大的数字、未登录不发短信。"""

import pytest
from django.test import Client

from shilong.identity import testing
from shilong.identity.accounts import services

pytestmark = [pytest.mark.django_db, pytest.mark.req("P29")]


@pytest.fixture
def citizen():
    return testing.make_citizen()


@pytest.fixture
def browser(citizen):
    """已登录、照真实浏览器那样检查 CSRF 的客户端。"""
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    token = client.cookies["shilong_csrf"].value
    response = client.post("/login/", {"username": citizen.username, "password": testing.PASSWORD}, headers={"X-CSRFToken": token})
    assert response.status_code == 302
    return client


def post(client, **headers):
    return client.post("/api/v1/cases", "{}", "text/plain", headers=headers)


def test_session_writes_to_the_api_need_a_csrf_token(browser):
    refused = post(browser)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert post(browser, **{"X-CSRFToken": browser.cookies["shilong_csrf"].value}).status_code == 422
    assert browser.get("/api/v1/items").status_code == 200


def test_token_calls_need_no_csrf(citizen):
    token, _ = services.issue_token(citizen.username, testing.PASSWORD, "127.0.0.1")
    assert post(Client(enforce_csrf_checks=True), Authorization=f"Bearer {token}").status_code == 422


def test_personal_pages_are_not_cached(browser):
    assert browser.get("/me/cases/")["Cache-Control"] == "private, no-store"
    assert "no-store" not in Client().get("/items/").get("Cache-Control", "")


@pytest.mark.parametrize("typed", ["9" * 5000, "9" * 30, "-1", "x"])
def test_absurd_numbers_are_not_errors(client, citizen, typed):
    client.post("/login/", {"username": citizen.username, "password": testing.PASSWORD})
    assert client.post("/account/switch/", {"enterprise": typed}).status_code == 302


def test_mobile_code_is_only_sent_to_someone_signed_in(client, citizen):
    assert client.post("/account/mobile/code/", {"mobile": "13000000009"}).status_code == 302
    client.post("/login/", {"username": citizen.username, "password": testing.PASSWORD})
    assert client.post("/account/mobile/code/", {"mobile": "13000000009"}).status_code == 200
