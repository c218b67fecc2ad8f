"""私钥存放：盘上没有明文，权限收紧，换文件、错口令都打不开。"""

import json
import shutil
import stat

import pytest

from shilong.foundation.gm import keystore
from shilong.foundation.gm.errors import BadKey, BadKeyName, KeyExists, KeyMissing, KeyUnreadable
from shilong.foundation.gm.provider import export_key, provider

pytestmark = [pytest.mark.req("P29"), pytest.mark.req("P06")]


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path


def test_saved_key_comes_back(data):
    key = provider().generate()
    keystore.save("seal-1", key)
    assert keystore.load("seal-1").public == key.public
    assert keystore.names() == ["seal-1"]
    content = (data / "pki/keys/seal-1.json").read_bytes()
    assert export_key(key) not in content
    assert export_key(key).hex().encode() not in content


def test_only_the_owner_can_read(data):
    keystore.save("seal-1", provider().generate())
    assert stat.S_IMODE((data / "pki/keys/seal-1.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((data / "pki").stat().st_mode) == stat.S_IMODE((data / "pki/keys").stat().st_mode) == 0o700
    assert [path.name for path in (data / "pki/keys").iterdir()] == ["seal-1.json"]


def test_existing_key_is_not_overwritten():
    first = provider().generate()
    keystore.save("seal-1", first)
    with pytest.raises(KeyExists):
        keystore.save("seal-1", provider().generate())
    assert keystore.load("seal-1").public == first.public


def test_passphrase_is_needed_and_must_match():
    key = provider().generate()
    keystore.save("seal-1", key, passphrase="正确的口令")
    assert keystore.load("seal-1", passphrase="正确的口令").public == key.public
    for wrong in ("", "错误的口令"):
        with pytest.raises(KeyUnreadable):
            keystore.load("seal-1", passphrase=wrong)


def test_another_master_key_cannot_open(settings):
    keystore.save("seal-1", provider().generate())
    settings.FIELD_KEY = b"another key 16 b"
    with pytest.raises(KeyUnreadable):
        keystore.load("seal-1")


def test_renamed_file_does_not_pass_for_another_key(data):
    keystore.save("seal-1", provider().generate())
    shutil.copy(data / "pki/keys/seal-1.json", data / "pki/keys/issuing.json")
    with pytest.raises(KeyUnreadable):
        keystore.load("issuing")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"null", b"\xff", b'{"sealed": 1, "pbkdf2-sm3": {}}', b'{"sealed": "AAAA", "pbkdf2-sm3": 7}']
)
def test_damaged_file_gets_a_clear_refusal(content):
    with pytest.raises(KeyUnreadable, match="从备份恢复"):
        keystore.unlock("seal-1", content)


def test_absurd_iterations_do_not_hang():
    content = json.loads(keystore.lock("seal-1", provider().generate(), passphrase="p"))
    content["pbkdf2-sm3"]["iterations"] = 10**12
    with pytest.raises(KeyUnreadable):
        keystore.unlock("seal-1", json.dumps(content).encode(), passphrase="p")


@pytest.mark.parametrize("name", ["", "../x", "A", "印章", "a/b", "-a", "a" * 65, "a\n"])
def test_name_cannot_leave_the_folder(name):
    with pytest.raises(BadKeyName):
        keystore.save(name, provider().generate())
    with pytest.raises(BadKeyName):
        keystore.load(name)


def test_missing_key_is_named():
    with pytest.raises(KeyMissing, match="seal-9"):
        keystore.load("seal-9")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x30\x00", b"-----%b PRIVATE KEY-----\nAAAA\n-----%b PRIVATE KEY-----\n" % (b"BEGIN", b"END"), b"\x30\x03\x02\x01\x01"],
    ids=["empty", "no-content", "not-base64", "not-a-key"],
)
def test_unreadable_foreign_key_is_refused(content):
    with pytest.raises(BadKey):
        keystore.read_pem(content)
