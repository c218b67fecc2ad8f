"""证书：签发的能验，每一种不该信的情形都说得出原因。"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509
from hypothesis import given
from hypothesis import strategies as st

from shilong.foundation.gm.certificates import (
    BadCertificate,
    BadSubject,
    BadValidity,
    ChainInvalid,
    Name,
    NotIssuer,
    Reason,
    RevocationReason,
    Revoked,
    issue,
    issue_crl,
    parse,
    parse_crl,
    self_signed,
    verify_chain,
)
from shilong.foundation.gm.errors import BadKey
from shilong.foundation.gm.provider import provider
from shilong.foundation.gm.tests.samples import NOW, START, authority, chain, holder, named, root

pytestmark = [pytest.mark.req("P05"), pytest.mark.req("P06"), pytest.mark.req("P29")]
CHAIN = chain()
# openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=ecdsa
ECDSA = """-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIUFISXLwCWxtl7SXdxpibj4VV0oKswCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFZWNkc2EwIBcNMjYxMTI0MTU0NjI5WhgPMjEyNjEwMzExNTQ2
MjlaMBAxDjAMBgNVBAMMBWVjZHNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
5HRri/ckOAXQLaPcTPTKrCQSUu8XeknDbX958PL2b/7frmqWkeyEDOBkB+W63pZt
endT/0n6ouyb57uPsWp9kKNTMFEwHQYDVR0OBBYEFB+GuLuxaYj5AFuW2/jf+rH3
lZQ5MB8GA1UdIwQYMBaAFB+GuLuxaYj5AFuW2/jf+rH3lZQ5MA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgTienT7P6wxHWB3sSYlyUyFVRmJGcX0xC
8y/iRh/uJxQCIQCZOBqvnibiORqTRJpemmngDZF5LKi+JhBDDBTLTJccYw==
-----END CERTIFICATE-----
"""


def verify(certificate=CHAIN.signer, *, intermediates=(CHAIN.issuing,), roots=(CHAIN.root,), at=NOW, crls=()):
    verify_chain(certificate, intermediates=intermediates, roots=roots, at=at, crls=crls)


def refused(**options) -> Reason:
    with pytest.raises(ChainInvalid) as caught:
        verify(**options)
    return caught.value.reason


def crl(*revoked: Revoked, number=1, days=365, at=START, issuer=(CHAIN.issuing, CHAIN.issuing_key)):
    return issue_crl(issuer_cert=issuer[0], issuer_key=issuer[1], revoked=revoked, number=number, days=days, at=at)


def with_extension(name: str, value: object, *, critical: bool):
    """把签章人证书改一项扩展后由签发机构重签。"""
    content = x509.Certificate.load(CHAIN.signer.der)
    tbs = content["tbs_certificate"]
    tbs["extensions"].append({"extn_id": name, "critical": critical, "extn_value": value})
    content["signature_value"] = provider().sign(CHAIN.issuing_key, tbs.dump(force=True))
    return parse(content.dump(force=True))


def test_issued_certificate_says_what_was_asked():
    signer = CHAIN.signer
    assert signer.subject.attributes == named("张三")
    assert str(signer.subject) == "C=CN, O=石龙区某局, CN=张三"
    assert signer.issuer == CHAIN.issuing.subject
    assert (signer.not_before, signer.not_after) == (START, START + timedelta(days=365))
    assert signer.public_key == CHAIN.signer_key.public
    assert not signer.is_ca
    assert signer.key_usage == {"digital_signature", "non_repudiation"}
    assert CHAIN.issuing.is_ca and CHAIN.issuing.path_length == 0


def test_pem_and_der_are_the_same_certificate():
    assert parse(CHAIN.signer.pem) == parse(CHAIN.signer.pem.encode()) == parse(CHAIN.signer.der) == CHAIN.signer


def test_serials_do_not_repeat_and_are_positive():
    serials = {holder("李四", CHAIN.issuing, CHAIN.issuing_key)[0].serial for _ in range(20)}
    assert len(serials) == 20
    assert all(0 < serial < 2**159 for serial in serials)


def test_good_chain_passes():
    verify()
    verify(CHAIN.issuing, intermediates=())
    verify(CHAIN.root, intermediates=())


def test_order_and_extra_certificates_do_not_matter():
    other, other_key = root("别的根")
    stranger, _ = authority("别的机构", other, other_key)
    verify(intermediates=(stranger, CHAIN.root, CHAIN.issuing, other), roots=(other, CHAIN.root))


def test_expired():
    assert refused(at=CHAIN.signer.not_after + timedelta(seconds=1)) is Reason.EXPIRED
    verify(at=CHAIN.signer.not_after)


def test_not_yet_valid():
    assert refused(at=START - timedelta(seconds=1)) is Reason.NOT_YET_VALID
    verify(at=START)


def test_expired_authority_spoils_the_chain():
    short, key = authority("短命机构", CHAIN.root, CHAIN.root_key, not_after=NOW)
    signer, _ = holder("张三", short, key, not_after=NOW)
    assert refused(certificate=signer, intermediates=(short,), at=NOW + timedelta(seconds=1)) is Reason.EXPIRED


def test_tampered_certificate_has_a_bad_signature():
    at = CHAIN.signer.der.index("张三".encode())
    der = CHAIN.signer.der[:at] + "李四".encode() + CHAIN.signer.der[at + 6 :]
    assert parse(der).subject.common_name == "李四"
    assert refused(certificate=parse(der)) is Reason.BAD_SIGNATURE


def test_look_alike_authority_is_not_trusted():
    fake_root, fake_key = root("测试根")
    fake, key = authority("测试签发机构", fake_root, fake_key)
    signer, _ = holder("张三", fake, key)
    assert refused(certificate=signer) is Reason.BAD_SIGNATURE
    assert refused(certificate=signer, intermediates=(fake,)) is Reason.BAD_SIGNATURE
    assert refused(certificate=signer, intermediates=(fake, fake_root)) is Reason.BAD_SIGNATURE


def test_unknown_issuer():
    assert refused(intermediates=()) is Reason.UNKNOWN_ISSUER
    assert refused(roots=()) is Reason.UNKNOWN_ISSUER
    stranger, key = root("别的根")
    assert refused(certificate=holder("张三", stranger, key)[0]) is Reason.UNKNOWN_ISSUER


def test_self_signed_certificate_is_not_trusted_just_for_being_a_root():
    stranger, _ = root("别的根")
    assert refused(certificate=stranger, intermediates=(stranger,)) is Reason.UNKNOWN_ISSUER


def test_ordinary_certificate_cannot_issue():
    forged_key = provider().generate()
    pretender = replace(CHAIN.signer, is_ca=True, key_usage=frozenset())  # 绕过签发时的检查，造一张真签名的下级证书
    forged = issue(
        subject=named("冒名"),
        public_key=forged_key.public,
        issuer_cert=pretender,
        issuer_key=CHAIN.signer_key,
        not_before=START,
        not_after=NOW + timedelta(days=1),
    )
    assert refused(certificate=forged, intermediates=(CHAIN.signer, CHAIN.issuing)) is Reason.NOT_CA


def test_authority_may_not_exceed_its_path_length():
    below, key = authority("下级机构", CHAIN.issuing, CHAIN.issuing_key)
    signer, _ = holder("张三", below, key)
    assert refused(certificate=signer, intermediates=(below, CHAIN.issuing)) is Reason.PATH_TOO_LONG


def test_allowed_path_length_passes():
    upper, upper_key = authority("上级机构", CHAIN.root, CHAIN.root_key, path_length=1)
    below, key = authority("下级机构", upper, upper_key)
    verify(holder("张三", below, key)[0], intermediates=(below, upper))


def test_endless_chain_is_cut_off():
    links = [root("根")]
    for n in range(10):
        links.append(authority(f"第{n}级", *links[-1], path_length=None))
    assert refused(certificate=links[-1][0], intermediates=[c for c, _ in links[1:-1]], roots=[links[0][0]]) is Reason.PATH_TOO_LONG


def test_circular_issuers_do_not_hang():
    one, two = provider().generate(), provider().generate()
    seed = replace(root("甲")[0], public_key=one.public)
    second = issue(subject=named("乙"), public_key=two.public, issuer_cert=seed, issuer_key=one, days=30, ca=True)
    first = issue(subject=named("甲"), public_key=one.public, issuer_cert=second, issuer_key=two, days=10, ca=True)
    assert refused(certificate=first, intermediates=(first, second)) is Reason.UNKNOWN_ISSUER


def test_unknown_critical_extension_is_not_ignored():
    assert refused(certificate=with_extension("1.2.3.4", b"\x05\x00", critical=True)) is Reason.UNKNOWN_EXTENSION
    verify(with_extension("1.2.3.4", b"\x05\x00", critical=False))


def test_revoked_certificate_is_refused_from_that_moment():
    revoked = crl(Revoked(CHAIN.signer.serial, NOW, RevocationReason.SUPERSEDED))
    assert refused(crls=(revoked,)) is Reason.REVOKED
    verify(at=NOW - timedelta(seconds=1), crls=(revoked,))


def test_compromised_key_is_not_trusted_even_for_the_past():
    revoked = crl(Revoked(CHAIN.signer.serial, NOW, RevocationReason.KEY_COMPROMISE))
    assert refused(at=NOW - timedelta(days=30), crls=(revoked,)) is Reason.REVOKED


def test_revoking_another_certificate_changes_nothing():
    verify(crls=(crl(Revoked(CHAIN.signer.serial + 1, START)), crl(number=2)))


def test_revoked_authority_spoils_the_chain():
    revoked = crl(Revoked(CHAIN.issuing.serial, START), issuer=(CHAIN.root, CHAIN.root_key))
    assert refused(crls=(crl(), revoked)) is Reason.REVOKED


def test_newer_list_wins():
    released = crl(Revoked(CHAIN.signer.serial, START, RevocationReason.REMOVED), number=3)
    held = crl(Revoked(CHAIN.signer.serial, START, RevocationReason.HOLD), number=2)
    assert refused(crls=(held, crl())) is Reason.REVOKED
    verify(crls=(released, held))


def test_list_signed_by_someone_else_is_refused():
    fake_root, fake_key = root("测试根")
    fake = authority("测试签发机构", fake_root, fake_key)
    assert refused(crls=(crl(issuer=fake),)) is Reason.BAD_CRL


def test_stale_list_cannot_prove_anything():
    assert refused(crls=(crl(days=1),)) is Reason.STALE_CRL


def test_list_says_what_was_asked():
    rows = (Revoked(7, NOW, RevocationReason.KEY_COMPROMISE), Revoked(8, NOW))
    content = crl(*rows, number=5, days=7, at=NOW)
    assert parse_crl(content.pem) == parse_crl(content.der) == content
    assert content.revoked == {row.serial: row for row in rows}
    assert (content.number, content.this_update, content.next_update) == (5, NOW, NOW + timedelta(days=7))


def test_certificate_past_2050_keeps_its_date():
    until = datetime(2060, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert self_signed(subject=named("远"), key=provider().generate(), not_before=START, not_after=until).not_after == until


@pytest.mark.parametrize(
    "content", [b"", b"\x30\x00", "", "不是证书", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n", b"\x30" * 70000]
)
def test_junk_is_not_a_certificate(content):
    for read in (parse, parse_crl):
        with pytest.raises(BadCertificate):
            read(content)


def test_trailing_bytes_and_every_truncation_are_refused():
    der = CHAIN.signer.der
    for content in (der + b"\0", *(der[:size] for size in range(len(der)))):
        with pytest.raises(BadCertificate):
            parse(content)


@given(st.binary(max_size=300))
def test_random_bytes_get_a_named_refusal(noise):
    for read in (parse, parse_crl):
        with pytest.raises(BadCertificate):
            read(noise)


@given(st.integers(0, len(CHAIN.signer.der) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused_somewhere(at, mask):
    der = CHAIN.signer.der[:at] + bytes([CHAIN.signer.der[at] ^ mask]) + CHAIN.signer.der[at + 1 :]
    with pytest.raises((BadCertificate, ChainInvalid)):
        verify(parse(der))


def test_certificate_of_another_algorithm_is_refused():
    with pytest.raises(BadCertificate, match="不是 SM2"):
        parse(ECDSA)


def test_public_key_off_the_curve_is_refused():
    at = CHAIN.signer.der.index(CHAIN.signer.public_key)
    der = CHAIN.signer.der[: at + 1] + b"\1" * 64 + CHAIN.signer.der[at + 65 :]
    with pytest.raises(BadCertificate):
        parse(der)


def test_wrong_key_or_ordinary_certificate_cannot_be_used_to_issue():
    public = provider().generate().public
    for certificate, key in ((CHAIN.issuing, CHAIN.root_key), (CHAIN.signer, CHAIN.signer_key)):
        with pytest.raises(NotIssuer):
            issue(subject=named("李四"), public_key=public, issuer_cert=certificate, issuer_key=key, days=1)
        with pytest.raises(NotIssuer):
            crl(issuer=(certificate, key))


@pytest.mark.parametrize(
    "validity",
    [
        {},
        {"days": 0},
        {"days": -1},
        {"not_before": NOW, "not_after": NOW},
        {"not_before": START, "not_after": START + timedelta(days=3001)},
        {"not_before": START - timedelta(days=1), "not_after": NOW},
    ],
)
def test_validity_must_lie_within_the_issuer(validity):
    with pytest.raises(BadValidity):
        issue(
            subject=named("李四"), public_key=CHAIN.signer_key.public, issuer_cert=CHAIN.issuing, issuer_key=CHAIN.issuing_key, **validity
        )


@pytest.mark.parametrize("subject", [{}, {"common_name": ""}, {"nickname": "某某"}, {"country_name": 5}])
def test_bad_subject_is_refused(subject):
    with pytest.raises(BadSubject):
        Name.build(subject)


def test_certificate_for_a_bad_public_key_is_not_issued():
    with pytest.raises(BadKey):
        holder_for(b"\x04" + b"\1" * 64)


def holder_for(public):
    return issue(subject=named("李四"), public_key=public, issuer_cert=CHAIN.issuing, issuer_key=CHAIN.issuing_key, days=1)
