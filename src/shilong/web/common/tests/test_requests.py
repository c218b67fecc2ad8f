"""请求级的防线：会话调接口的 CSRF、个人页面不留缓存、过大的数字、未登录不发短信。"""

import os
import re
import subprocess
import sys

import pytest
from django.test import Client

from shilong.identity import testing
from shilong.identity.accounts import services
from shilong.web.common import parameters

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


@pytest.mark.parametrize(("typed", "kept"), [(" 甲\x00乙 ", "甲乙"), ("x" * 500, "x" * 60), (None, "")])
def test_a_text_parameter_is_clean_and_short(typed, kept):
    assert parameters.text({} if typed is None else {"q": typed}, "q") == kept


@pytest.mark.parametrize(("typed", "number"), [("7", 7), ("9" * 5000, 1), ("-3", 1), ("", 1), ("７", 7), ("x", 1)])
def test_a_whole_number_parameter_has_a_default(typed, number):
    assert parameters.whole({"page": typed}, "page", 1) == number


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}, {"Accept": "application/json"}])
def test_an_expired_form_says_what_to_do(browser, headers):
    response = browser.post("/account/address/", {"address": "x"}, headers=headers)
    assert response.status_code == 403
    body = response.json()["message"] if "Accept" in headers else response.content.decode()
    assert "刷新" in body
    assert "CSRF" not in body.partition("<main")[2]  # 页头给脚本用的令牌不算


def test_an_expired_form_leads_back_to_the_same_site_only(browser):
    here = browser.post("/account/address/", {}, headers={"Referer": "http://testserver/account/"}).content.decode()
    assert 'href="/account/"' in here
    assert "evil" not in browser.post("/account/address/", {}, headers={"Referer": "http://evil.example/"}).content.decode()


def test_no_cookie_is_explained(client):
    body = Client(enforce_csrf_checks=True).post("/login/", {"username": "a", "password": "b"}).content.decode()
    assert "Cookie" in body


def test_api_docs_are_public_and_self_contained(client):
    response = client.get("/api/v1/docs")
    body = response.content.decode()
    assert response.status_code == 200
    assert "//" not in body.replace("<!doctype", "")
    for part in re.findall(r'(?:href|src)="(/static/[^"]+)"', body):
        assert client.get(part).status_code == 200
    assert "script-src" in response["Content-Security-Policy"]


def test_production_asks_for_https_on_subdomains_too():
    code = "from shilong.config import settings as s; print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)"
    env = {**os.environ, "SHILONG_MODE": "production"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["31536000", "True"]
