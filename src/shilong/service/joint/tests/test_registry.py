"""按信用代码取企业信息：真实对端走真实协议；连不上、密钥不对都不挡住申报。推送双告知也走真实 HTTP。"""

import sys
import threading
import time
from pathlib import Path

import pytest

from shilong.foundation.adapters import registry, signing
from shilong.foundation.adapters import services as adapters
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts import services as account_services
from shilong.identity.roles.actor import SYSTEM
from shilong.identity.testing import PASSWORD
from shilong.service.joint import enterprises
from shilong.service.joint.models import Enterprise

sys.path.insert(0, str(Path(__file__).resolve().parents[5] / "examples"))
from market_registry.server import Registry, push

pytestmark = [pytest.mark.req("W13", "P28")]
SECRET = "登记系统联调密钥"


@pytest.fixture
def peer(town):
    uscc = accounts.applicant(town.firm.account_id).id_no
    row = {
        "name": town.firm.name,
        "uscc": uscc,
        "legal_name": "测试法人",
        "address": "石龙区测试路8号",
        "scope": "餐饮服务",
        "capital": "30",
    }
    server = Registry(0, [row], app="shilong", secret=SECRET)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def configure(port: int, secret: str = SECRET) -> dict[str, str]:
    values = {"url": f"http://127.0.0.1:{port}", "app": "shilong", "secret": secret}
    adapters.configure(enterprises.KEY, values, enabled=True, actor=SYSTEM)
    return values


@pytest.mark.django_db
def test_asks_the_registry_when_unknown(town, peer):
    values = configure(peer.server_port)
    assert registry.get(enterprises.KEY).check_config(values) == "ok"
    found = enterprises.prefill(accounts.applicant(town.firm.account_id))
    assert (found["place_address"], found["capital"]) == ("石龙区测试路8号", 30)
    assert enterprises.prefill(accounts.applicant(town.other_firm.account_id)) == {}
    assert enterprises.prefill(accounts.applicant(town.citizen.account_id)) == {}


@pytest.mark.django_db
def test_a_broken_registry_does_not_block(town, peer):
    wrong = configure(peer.server_port, "别的密钥")
    assert "不认签名" in registry.get(enterprises.KEY).check_config(wrong)
    assert enterprises.prefill(accounts.applicant(town.firm.account_id)) == {}
    configure(1)
    assert enterprises.prefill(accounts.applicant(town.firm.account_id)) == {}


@pytest.mark.django_db(transaction=True)
def test_pushes_over_real_http(town, live_server):
    token = account_services.issue_token(town.registrar.username, PASSWORD, "127.0.0.1")[0]
    uscc = accounts.applicant(town.firm.account_id).id_no
    rows = [{"name": town.firm.name, "uscc": uscc, "scope": "餐饮服务", "registered_on": "2026-01-20"}, {"name": "坏"}]
    first = push(live_server.url, token, "P1", rows)
    assert (first["taken"], [one["line"] for one in first["errors"]]) == (1, [2])
    assert push(live_server.url, token, "P1", rows)["repeated"] == 1
    assert Enterprise.objects.count() == 1


def test_signature_covers_everything_and_is_used_once():
    config = {"app": "shilong", "secret": SECRET}
    body, stamp = b'{"a":1}', str(int(time.time()))
    signature = signing.sign(SECRET, "POST", "/x", stamp, "nonce-123456", body)
    headers = {"X-App": "shilong", "X-Timestamp": stamp, "X-Nonce": "nonce-123456", "X-Signature": signature}
    for change in ({"X-App": "other"}, {"X-Timestamp": "1"}, {"X-Nonce": "nonce-999999"}, {"X-Signature": "0"}):
        with pytest.raises(signing.BadSignature):
            signing.verify(config, {**headers, **change}, "POST", "/x", body)
    with pytest.raises(signing.BadSignature):
        signing.verify(config, headers, "POST", "/y", body)
    with pytest.raises(signing.BadSignature):
        signing.verify(config, headers, "POST", "/x", b"{}")
    signing.verify(config, headers, "POST", "/x", body)
    with pytest.raises(signing.BadSignature):
        signing.verify(config, headers, "POST", "/x", body)  # 重放
