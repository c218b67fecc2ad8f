"""统一身份认证：与真实的 OpenID Provider（npm oidc-provider）走完整的授权码 + PKCE。"""

import re
import shutil
import socket
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client

from shilong.foundation.adapters import services as adapters
from shilong.identity import testing
from shilong.identity.accounts import services
from shilong.identity.accounts.adapters import oidc as adapter
from shilong.identity.accounts.models import Account, ExternalIdentity
from shilong.identity.roles.actor import SYSTEM

ROOT = Path(__file__).resolve().parents[5]
SERVER = ROOT / "examples" / "identity_provider" / "server.mjs"
CALLBACK = "http://testserver/login/oidc/callback/"

pytestmark = [pytest.mark.django_db, pytest.mark.req("W05")]


@pytest.fixture(scope="module")
def issuer():
    """起一个真实对端，测试结束关掉。"""
    if shutil.which("node") is None:
        pytest.skip("没有 node，无法启动真实的 OpenID Provider")
    if not (ROOT / "node_modules" / "oidc-provider").exists():
        pytest.skip("没有安装 npm 依赖 oidc-provider")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["node", str(SERVER), "--port", str(port), "--callback", CALLBACK]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        line = next((line for line in process.stdout if line.startswith("ready")), "")
        assert line, "OpenID Provider 没有起来"
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def provider(issuer, monkeypatch):
    found = adapter.Provider(issuer=issuer, client_id="shilong", client_secret="only-for-integration-test")
    monkeypatch.setattr("shilong.identity.accounts.oidc.load", lambda: found)
    return found


def visit_provider(url, login):
    """像人一样在对端登录并同意，返回它让浏览器带回来的地址。"""
    with httpx.Client(follow_redirects=False, timeout=10) as browser:
        response = browser.get(url)
        for _ in range(12):
            if response.is_redirect:
                target = str(response.next_request.url)
                if target.startswith(CALLBACK):
                    return target
                response = browser.get(target)
                continue
            action = re.search(r'action="([^"]+)"', response.text).group(1)
            prompt = re.search(r'name="prompt" value="(\w+)"', response.text).group(1)
            response = browser.post(str(response.url.join(action)), data={"prompt": prompt, "login": login, "password": "any"})
    raise AssertionError("没有回到回调地址")


def sign_in(login, client=None):
    client = client or Client()
    start = client.get("/login/oidc/", {"next": "/account/"})
    back = visit_provider(start["Location"], login)
    parts = urlsplit(back)
    return client, client.get(f"{parts.path}?{parts.query}")


def test_request_uses_code_flow_with_pkce(provider):
    query = parse_qs(urlsplit(Client().get("/login/oidc/")["Location"]).query)
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(query)


def test_first_visit_creates_account_with_mapped_level(provider, audited):
    client, response = sign_in("ceshijia")
    assert response["Location"] == "/account/", response.content.decode()
    assert client.get("/account/").status_code == 200
    account = Account.objects.get(external_identities__subject="ceshijia")
    assert (account.name, account.realname_level, account.mobile) == ("测试甲", 3, "13000000011")
    assert not account.has_usable_password()
    assert {"oidc.bind", "realname.verify", "login"} <= {line[0] for line in audited}


def test_second_visit_finds_the_same_account(provider):
    sign_in("ceshijia")
    sign_in("ceshijia")
    assert Account.objects.count() == ExternalIdentity.objects.count() == 1


def test_existing_account_is_bound_by_id_number(provider):
    account = services.create_person("mine", testing.PASSWORD, "测试乙", "410404190001010029", "13000000022")
    sign_in("ceshiyi")
    account.refresh_from_db()
    assert account.external_identities.get().subject == "ceshiyi"
    assert account.realname_level == 1


def test_whoever_registered_the_number_first_is_shut_out_once_the_owner_is_verified(provider, client):
    account = services.create_person("squatter", testing.PASSWORD, "测试乙", "410404190001010029", "13000000099")
    client.post("/login/", {"username": "squatter", "password": testing.PASSWORD})
    token, _ = services.issue_token("squatter", testing.PASSWORD, "127.0.0.1")
    _, response = sign_in("ceshiyi")
    assert response.status_code == 302
    account.refresh_from_db()
    assert (account.has_usable_password(), account.mobile) == (False, "")
    assert client.get("/account/").status_code == 302
    assert client.get("/api/v1/worklist", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_verified_account_keeps_its_password_when_bound(provider):
    account = services.create_person("mine", testing.PASSWORD, "测试乙", "410404190001010029", "13000000022", 1)
    sign_in("ceshiyi")
    account.refresh_from_db()
    assert account.check_password(testing.PASSWORD)


def test_level_never_goes_down(provider):
    account = services.create_person("mine", testing.PASSWORD, "测试乙", "410404190001010029", "13000000022", 3)
    sign_in("ceshiyi")
    account.refresh_from_db()
    assert account.realname_level == 3


def test_unverified_identity_cannot_take_over_an_account(provider):
    services.create_person("victim", testing.PASSWORD, "测试丙", "410404190001010037", "13000000023")
    client, response = sign_in("weishiming")
    assert response.status_code == 401
    assert "还没有实名" in response.content.decode()
    assert not ExternalIdentity.objects.exists()
    assert client.get("/account/").status_code == 302


def test_disabled_account_stays_out(provider):
    sign_in("ceshijia")
    Account.objects.update(is_active=False)
    client, _ = sign_in("ceshijia")
    assert client.get("/account/").status_code == 302


def test_callback_of_another_browser_is_refused(provider):
    """登录 CSRF：别人的回调地址塞进我的浏览器，state 对不上。"""
    attacker = Client()
    back = urlsplit(visit_provider(attacker.get("/login/oidc/")["Location"], "ceshijia"))
    victim = Client()
    victim.get("/login/oidc/")
    assert victim.get(f"{back.path}?{back.query}").status_code == 401
    assert not Account.objects.exists()


def test_code_works_once(provider):
    client = Client()
    back = urlsplit(visit_provider(client.get("/login/oidc/")["Location"], "ceshijia"))
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    assert Client().get(f"{back.path}?{back.query}").status_code == 401


def test_user_refuses(provider):
    client = Client()
    state = parse_qs(urlsplit(client.get("/login/oidc/")["Location"]).query)["state"][0]
    response = client.get("/login/oidc/callback/", {"error": "access_denied", "state": state})
    assert response.status_code == 401
    assert "取消" in response.content.decode()


def test_unreachable_provider_says_so(monkeypatch):
    dead = adapter.Provider(issuer="http://127.0.0.1:9", client_id="x", client_secret="x", timeout=1)
    monkeypatch.setattr("shilong.identity.accounts.oidc.load", lambda: dead)
    response = Client().get("/login/oidc/")
    assert response.status_code == 503
    assert "统一身份认证暂时不可用" in response.content.decode()


def test_without_configuration_the_entry_is_hidden():
    assert "/login/oidc/" not in Client().get("/login/").content.decode()
    assert Client().get("/login/oidc/").status_code == 503


@pytest.mark.parametrize(
    ("values", "level"),
    [({}, 0), ({"realname_level": "3"}, 3), ({"realname_level": "L9"}, 0), ({"realname_level": 2}, 2), ({"realname_level": "bad"}, 0)],
)
def test_level_map(values, level):
    provider = adapter.build({"issuer": "i", "client_id": "c", "client_secret": "s", "level_map": {"3": 3, "2": 2, "bad": 9}})
    assert provider.level(values) == level


@pytest.fixture
def configured(issuer):
    """像系统管理员那样在适配器页面配好。"""
    values = {"issuer": issuer, "client_id": "shilong", "client_secret": "only-for-integration-test", "level_map": "0=0,1=1,3=2"}
    adapters.configure(adapter.KEY, values, enabled=True, actor=SYSTEM)
    return values


def test_configured_from_the_adapter_page(configured):
    assert adapter.check(configured) == "ok"
    assert "统一身份认证登录" in Client().get("/login/").content.decode()
    sign_in("ceshijia")
    assert Account.objects.get().realname_level == 2


@pytest.mark.parametrize(("change", "message"), [({"issuer": "http://127.0.0.1:9"}, "连不上"), ({"level_map": "x"}, "等级映射")])
def test_adapter_check_explains_mistakes(configured, change, message):
    assert message in adapter.check(configured | change)
