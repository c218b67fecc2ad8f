"""签发机构：只生成一次，不覆盖，发的证书可验可吊销，生产模式不认开发根。"""

import multiprocessing
import stat

import pytest
from django.utils import timezone

from shilong.foundation.gm import authority, keystore
from shilong.foundation.gm.certificates import BadSubject, ChainInvalid, NotIssuer, Reason, RevocationReason, verify_chain
from shilong.foundation.gm.provider import provider
from shilong.foundation.gm.tests import samples

pytestmark = [pytest.mark.req("P05"), pytest.mark.req("P06"), pytest.mark.req("P29")]
SUBJECT = samples.named("石龙区某局电子证照专用章")


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path


def check(found: authority.Authority, certificate, **options) -> None:
    verify_chain(certificate, intermediates=found.intermediates, roots=found.roots, at=timezone.now(), **options)


def refusal(found: authority.Authority, certificate) -> Reason:
    with pytest.raises(ChainInvalid) as caught:
        check(found, certificate, crls=(found.crl(),))
    return caught.value.reason


def issued(found: authority.Authority):
    return found.issue(SUBJECT, provider().generate().public, 365)


def test_second_call_finds_the_same_authority(data):
    first = authority.ensure()
    assert authority.ensure() == authority.current() == first
    assert first.development
    check(first, first.issuing)
    private = [path for path in (data / "pki").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}


def _ensure_in_process(folder: str) -> str:
    from django.conf import settings

    settings.DATA = folder
    return authority.ensure().issuing.fingerprint


def test_processes_starting_together_generate_once(data):
    with multiprocessing.get_context("fork").Pool(6) as pool:
        assert len(set(pool.map(_ensure_in_process, [str(data)] * 6, chunksize=1))) == 1
    assert keystore.names() == ["issuing", "root"]


def test_issued_certificate_is_trusted_and_kept():
    found = authority.ensure()
    certificate = issued(found)
    check(found, certificate, crls=(found.crl(),))
    assert found.issued() == [certificate]
    assert certificate.subject.organization == "石龙区某局"


def test_certificate_does_not_outlive_its_issuer():
    found = authority.ensure()
    assert found.issue(SUBJECT, provider().generate().public, 99999).not_after == found.issuing.not_after


def test_bad_subject_issues_nothing():
    found = authority.ensure()
    with pytest.raises(BadSubject):
        found.issue({}, provider().generate().public, 365)
    assert found.issued() == []


def test_revocation_reaches_the_next_list():
    found = authority.ensure()
    certificate, untouched = issued(found), issued(found)
    before = found.crl()
    found.revoke(certificate.serial, RevocationReason.SUPERSEDED)
    assert found.crl().number == before.number + 1
    assert refusal(found, certificate) is Reason.REVOKED
    check(found, untouched, crls=(found.crl(),))


def test_first_revocation_record_is_kept():
    found = authority.ensure()
    certificate = issued(found)
    found.revoke(certificate.serial, RevocationReason.KEY_COMPROMISE)
    first = authority.revoked()
    found.revoke(certificate.serial, RevocationReason.SUPERSEDED)
    assert authority.revoked() == first


def test_certificate_of_another_authority_cannot_be_revoked_here():
    with pytest.raises(authority.UnknownSerial):
        authority.ensure().revoke(7, RevocationReason.UNSPECIFIED)


def test_list_is_signed_again_only_when_needed(monkeypatch):
    found = authority.ensure()
    first = found.crl()
    assert found.crl() == first
    monkeypatch.setattr(authority.timezone, "now", lambda: first.this_update + authority.CRL_FRESH)
    assert found.crl().number == first.number + 1


def test_unchanged_files_are_not_read_again(monkeypatch):
    found = authority.ensure()
    found.crl()
    monkeypatch.setattr(authority, "parse", None)
    monkeypatch.setattr(authority, "parse_crl", None)
    assert authority.ensure() is found
    assert authority.ensure().crl() is found.crl()


def test_a_revocation_is_seen_at_once_even_by_another_process():
    """别的进程吊销的，本进程下一次验章就看得到：缓存凭文件指纹失效，不等时间。"""
    found = authority.ensure()
    certificate = issued(found)
    assert found.crl().revoked == {}
    child = multiprocessing.get_context("fork").Process(target=found.revoke, args=(certificate.serial, RevocationReason.KEY_COMPROMISE))
    child.start()
    child.join()
    assert certificate.serial in authority.ensure().crl().revoked
    assert refusal(found, certificate) is Reason.REVOKED


def test_a_replaced_authority_is_seen_at_once(data):
    old = authority.ensure()
    old.crl()
    for one in ("root.pem", "issuing.pem", "crl.pem", "keys/root.json", "keys/issuing.json"):
        (data / "pki" / one).unlink()
    new = authority.ensure()
    assert new.root != old.root
    check(new, issued(new), crls=(new.crl(),))


@pytest.mark.parametrize("lost", ["root.pem", "issuing.pem", "keys/issuing.json"])
def test_lost_file_stops_everything_instead_of_starting_over(data, lost):
    issued(authority.ensure())
    (data / "pki" / lost).unlink()
    with pytest.raises(authority.Incomplete, match="从备份恢复"):
        authority.ensure()


def test_interrupted_generation_is_finished(data):
    keystore.save("root", provider().generate())
    (data / "pki/issuing.pem").write_text("写到一半")
    found = authority.ensure()
    assert found.root.public_key == keystore.load("root").public
    check(found, issued(found))


def test_production_refuses_the_development_root(settings):
    authority.ensure()
    settings.MODE = "production"
    with pytest.raises(authority.DevelopmentOnly, match="shilong pki adopt"):
        authority.ensure()


def test_production_generates_nothing(settings):
    settings.MODE = "production"
    with pytest.raises(authority.DevelopmentOnly):
        authority.ensure()
    assert authority.current() is None
    assert keystore.names() == []


def test_adopted_authority_works_in_production(settings):
    settings.MODE = "production"
    now = timezone.now()
    root, root_key = samples.root()
    issuing, key = samples.authority("正式签发机构", root, root_key)
    assert authority.adopt(root, issuing, key).development is False
    assert issuing.not_before < now < issuing.not_after
    found = authority.ensure()
    check(found, issued(found), crls=(found.crl(),))


def test_existing_authority_is_not_replaced():
    first = authority.ensure()
    root, root_key = samples.root()
    with pytest.raises(authority.AlreadyReady):
        authority.adopt(root, *samples.authority("正式签发机构", root, root_key))
    assert authority.current() == first


def test_unfit_authority_is_not_adopted():
    root, root_key = samples.root()
    issuing, key = samples.authority("正式签发机构", root, root_key)
    for candidate, with_key, refusal in (
        (issuing, root_key, NotIssuer),
        (samples.holder("张三", root, root_key, not_after=issuing.not_after)[0], key, NotIssuer),
        (samples.root("别的根")[0], key, ChainInvalid),
    ):
        with pytest.raises(refusal):
            authority.adopt(root, candidate, with_key)
    assert authority.current() is None
    assert keystore.names() == []
