"""`shilong pki`：初始化、启用、查看，生产模式说清楚为什么不行。"""

import pytest
from django.utils import timezone

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


@pytest.mark.django_db
def test_a_department_gets_its_pdf_certificate_in_production(data, settings, monkeypatch, capsys):
    """生产环境不自造 PDF 签名证书：导入之前签不了，导入之后签得成、验得过。"""
    from shilong.foundation.documents import pades
    from shilong.foundation.documents.ofd.signing import Stamp
    from shilong.foundation.documents.tests.test_pades import blank, exported
    from shilong.identity.organizations import services as organizations
    from shilong.service.catalog.seed.contents import departments
    from shilong.service.seals import picture, rules, services

    organizations.seed_departments(departments())
    content, root = exported("石龙区某局"), pades.roots()
    settings.MODE = "production"
    seal = services.CopySeal("scjg", picture.draw(picture.Face(rules.KINDS["11"], "石龙区某局", "0" * 13, "")))
    facts = {"stamps": [Stamp(1, 100, 100, 40, 40)], "at": timezone.now(), "reason": "试签"}
    with pytest.raises(pades.IdentityMissing):
        services.sign_copy(blank(), seal, **facts)
    (data / "a.p12").write_bytes(content)
    monkeypatch.setattr("getpass.getpass", lambda _: "口令")
    assert cli.main(["pki", "pdf", "--department", "nobody", "--file", str(data / "a.p12")]) == 1
    assert cli.main(["pki", "pdf", "--department", "scjg", "--file", str(data / "a.p12")]) == 0
    assert "已导入 scjg" in capsys.readouterr().out
    assert pades.verify(services.sign_copy(blank(), seal, **facts), root).ok
