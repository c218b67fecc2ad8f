"""`shilong pki`：初始化、启用、查看，生产模式说清楚为什么不行。"""

import pytest

from shilong.config import cli
from shilong.foundation.gm import authority
from shilong.foundation.gm.certificates import RevocationReason
from shilong.foundation.gm.provider import export_key, provider
from shilong.foundation.gm.tests import samples

pytestmark = [pytest.mark.req("P06"), pytest.mark.req("P29")]


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    return tmp_path


def sec1(key) -> bytes:
    from asn1crypto import keys, pem

    private = keys.ECPrivateKey(
        {
            "version": "ecPrivkeyVer1",
            "private_key": int.from_bytes(export_key(key)),
            "parameters": keys.ECDomainParameters("named", "sm2p256v1"),
        }
    )
    return pem.armor("EC PRIVATE KEY", private.dump())


@pytest.fixture
def outside(data):
    """电子认证服务机构给的三个文件。"""
    root, root_key = samples.root()
    issuing, key = samples.authority("正式签发机构", root, root_key)
    files = {"root": root.pem.encode(), "issuing": issuing.pem.encode(), "key": sec1(key)}
    for name, content in files.items():
        (data / name).write_bytes(content)
    return ["pki", "adopt", *(part for name in files for part in (f"--{name}", str(data / name)))]


def test_init_is_repeatable(capsys):
    assert cli.main(["pki", "init"]) == 0
    first = authority.current()
    assert "已生成开发用根证书" in capsys.readouterr().out
    assert cli.main(["pki", "init"]) == 0
    assert authority.current() == first
    assert "没有改动" in capsys.readouterr().out


def test_show_lists_what_was_issued_and_revoked(capsys):
    cli.main(["pki", "show"])
    assert "还没有证书" in capsys.readouterr().out
    found = authority.ensure()
    certificates = [found.issue(samples.named(name), provider().generate().public, 30) for name in ("张三", "李四")]
    found.revoke(certificates[1].serial, RevocationReason.SUPERSEDED)
    assert cli.main(["pki", "show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if certificates[0].serial_hex in line).startswith("› 签发")
    assert next(line for line in lines if certificates[1].serial_hex in line).startswith("› 吊销")


def test_production_explains_why_the_development_root_will_not_do(settings, capsys):
    settings.MODE = "production"
    assert cli.main(["pki", "init"]) == 1
    assert "没有效力" in capsys.readouterr().err
    assert authority.current() is None


def test_adopting_an_official_authority(settings, outside, capsys):
    settings.MODE = "production"
    assert cli.main(outside) == 0
    assert "正式签发机构" in capsys.readouterr().out
    assert authority.ensure().issuing.subject.common_name == "正式签发机构"
    assert cli.main(outside) == 1
    assert "不覆盖" in capsys.readouterr().err


@pytest.mark.parametrize(("broken", "phrase"), [("root", "证书无法读取"), ("issuing", "证书无法读取"), ("key", "读不了这个私钥文件")])
def test_bad_file_gets_one_clear_sentence(data, outside, capsys, broken, phrase):
    (data / broken).write_bytes(b"junk")
    assert cli.main(outside) == 1
    assert phrase in capsys.readouterr().err
    assert authority.current() is None
