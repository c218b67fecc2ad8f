"""适配器配置：加密、不回显、缺项说明、最近错误。"""

from types import SimpleNamespace

import pytest
from django.db import connection

from shilong.foundation.adapters import registry, selectors, services
from shilong.foundation.adapters.base import Adapter, Setting
from shilong.foundation.refusals import Invalid, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.req("P28")]
ADMIN = SimpleNamespace(account_id=1, name="系统管理员", ip="")


@pytest.fixture(autouse=True)
def echo(monkeypatch):
    monkeypatch.setattr(registry, "_adapters", {})
    schema = (Setting("url", "地址", required=True), Setting("key", "密钥", required=True, secret=True))
    return registry.register(Adapter("echo", "回声", schema, lambda values: "ok"))


def test_secret_is_encrypted_never_shown_and_kept_when_left_blank():
    services.configure("echo", {"url": "u", "key": "topsecret"}, enabled=True, actor=ADMIN)
    services.configure("echo", {"url": "u2", "key": ""}, enabled=True, actor=ADMIN)
    assert selectors.config("echo") == {"url": "u2", "key": "topsecret"}
    assert selectors.view("echo").values == {"url": "u2", "key": "已填写"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM adapters_adapterconfig")
        assert "topsecret" not in str(cursor.fetchall())


def test_enabling_without_required_settings_names_them():
    with pytest.raises(Invalid) as refused:
        services.configure("echo", {"url": ""}, enabled=True, actor=ADMIN)
    assert set(refused.value.fields) == {"url", "key"}
    assert selectors.config("echo") is None


def test_unknown_setting_and_unknown_adapter():
    with pytest.raises(Invalid):
        services.configure("echo", {"nope": 1}, enabled=False, actor=ADMIN)
    with pytest.raises(NotFound):
        services.configure("nope", {}, enabled=False, actor=ADMIN)


def test_last_error_is_kept_until_the_next_success():
    services.configure("echo", {"url": "u", "key": "k"}, enabled=True, actor=ADMIN)
    services.failed("echo", "连不上")
    assert selectors.view("echo").last_error == "连不上"
    services.succeeded("echo")
    assert selectors.view("echo").last_error == ""
