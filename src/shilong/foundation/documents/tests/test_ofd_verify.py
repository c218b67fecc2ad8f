"""签章与验章：正常的全过；每一种伪造都查得出，而且说得清是哪一种。"""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest

from shilong.foundation.documents.ofd import package, reader, seal, signing
from shilong.foundation.documents.ofd.package import Limits
from shilong.foundation.documents.ofd.refusals import BadOfd, BadSeal, StampOutsidePage
from shilong.foundation.documents.tests import ofd_world as world
from shilong.foundation.gm import sm3
from shilong.foundation.gm.certificates import RevocationReason, Revoked, issue_crl
from shilong.foundation.gm.errors import BadSignature
from shilong.foundation.gm.provider import provider

pytestmark = pytest.mark.req("P06")
SIGN = "Doc_0/Signs/Sign_0/"
PAGE = "Doc_0/Pages/Page_0/Content.xml"
MARKET = "石龙区市场监督管理局"


def repacked(files: dict[str, bytes], *, extra: list[tuple[str, bytes]] = []) -> bytes:  # noqa: B006
    """照原样装包，再加上不该有的条目。"""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*files.items(), *extra]:
            archive.writestr(name, data)
    return buffer.getvalue()


def resigned(seal_der: bytes, signer: world.Person, **options) -> bytes:
    return world.sign(world.unsigned(), signer, der=seal_der, **options)


def test_a_signed_licence_passes_every_check():
    report = world.check(world.signed())
    assert report.ok, report.failures
    assert {"digest", "data_hash", "signature", "seal_signature", "seal_signer", "seal_validity", "seal_file", "signer_chain"} <= {
        one.code for one in report.checks
    }
    (found,) = report.seals
    assert (found.name, found.signer, found.maker, found.signed_at) == ("测试印章", MARKET, "石龙区电子印章中心", world.AT)
    assert found.picture == world.stamp_png()
    assert found.stamps[0].box == (130, 222, 40, 40)


def test_countersigning_covers_the_first_seal():
    report = world.check(world.countersigned())
    assert report.ok, report.failures
    assert [one.signer for one in report.seals] == [MARKET, "石龙区卫生健康委员会"]
    files = package.unpack(world.countersigned())
    assert f"/{SIGN}SignedValue.dat".encode() in files["Doc_0/Signs/Sign_1/Signature.xml"]
    assert package.unpack(world.signed())["OFD.xml"] == files["OFD.xml"]


@pytest.mark.parametrize("name", ["Signature.xml", "Seal.esl", "SignedValue.dat"])
def test_touching_the_first_seal_breaks_the_second(name):
    files = package.unpack(world.countersigned())
    forged = world.check(package.pack({**files, SIGN + name: files[SIGN + name] + b" "}))
    assert ("digest", 2) in {(one.code, one.seal) for one in forged.failures}


def test_dropping_the_second_seal_from_the_list_is_noticed():
    files = package.unpack(world.countersigned())
    listed = package.unpack(world.signed())["Doc_0/Signs/Signatures.xml"]
    assert world.codes(world.check(package.pack({**files, "Doc_0/Signs/Signatures.xml": listed}))) == {"uncovered"}


def test_removing_every_seal_leaves_an_unsigned_file():
    assert world.codes(world.check(world.unsigned())) == {"signed"}


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (PAGE, "张喆堃".encode(), "张喆喆".encode(), "digest"),
        ("OFD.xml", b"JY1", b"JY2", "digest"),
        ("Doc_0/Attachs/license.xml", "测试甲".encode(), "测试乙".encode(), "digest"),
        (f"{SIGN}Signature.xml", b'Boundary="130 222', b'Boundary="10 222', "data_hash"),
        (f"{SIGN}Signature.xml", b'PageRef="1"', b'PageRef="9"', "stamp"),
        (f"{SIGN}Signature.xml", b"1.2.156.10197.1.401", b"MD5", "check_method"),
        (f"{SIGN}Signature.xml", b"1.2.156.10197.1.501", b"1.2.840.10045.4.3.2", "algorithm"),
        (f"{SIGN}Signature.xml", b"/Doc_0/PublicRes.xml", b"/Doc_0/Absent.xml", "missing_reference"),
        (f"{SIGN}Signature.xml", b'FileRef="/Doc_0/PublicRes.xml"', b'FileRef="/Doc_0/Document.xml"', "references"),
    ],
)
def test_changed_content_is_found(name, old, new, code):
    report = world.check(world.changed(world.signed(), name, old, new))
    assert not report.ok
    assert code in world.codes(report)


def test_moving_the_seal_is_found_even_though_other_readers_miss_it():
    report = world.check(world.changed(world.signed(), f"{SIGN}Signature.xml", b"130 222", b"131 222"))
    assert world.codes(report) == {"data_hash"}
    assert "章面位置" in report.failures[0].detail


def test_another_seal_picture_breaks_the_seal_signature():
    """把章图换成别的、连同 Seal.esl 一起换，签章者也重新签：制章者的签名仍然对不上。"""
    signer = world.person(MARKET)
    genuine = world.seal(signer)
    forged = genuine.replace(world.stamp_png()[60:80], bytes(20))
    assert forged != genuine
    assert {"seal_signature"} <= world.codes(world.check(resigned(forged, signer)))


def test_seal_file_must_equal_the_embedded_seal():
    report = world.check(world.changed(world.signed(), f"{SIGN}Seal.esl", world.stamp_png()[60:80], bytes(20)))
    assert world.codes(report) == {"digest", "seal_file"}


def test_expired_and_not_yet_valid_seals():
    signer = world.person(MARKET)
    past = world.seal(signer, valid_from=world.AT - timedelta(days=9), valid_until=world.AT - timedelta(days=1))
    assert world.codes(world.check(resigned(past, signer))) == {"seal_validity"}
    future = world.seal(signer, valid_from=world.AT + timedelta(days=1))
    assert world.codes(world.check(resigned(future, signer))) == {"seal_validity"}


def test_someone_else_cannot_use_the_seal():
    """证书不在印章的列表里：整张证书与杂凑两种列表都查。"""
    owner, other = world.person(MARKET), world.person("不相干的单位")
    assert world.codes(world.check(resigned(world.seal(owner), other))) == {"seal_signer"}
    assert world.codes(world.check(resigned(world.seal(owner, digests_only=True), other))) == {"seal_signer"}


def test_expired_signer_certificate():
    signer = world.issued(MARKET, not_after=world.AT - timedelta(days=1))
    assert {"signer_validity", "signer_chain"} <= world.codes(world.check(resigned(world.seal(signer), signer)))


def test_untrusted_root():
    key = provider().generate()
    stranger = world.Person(key, world.self_signed(subject=world.name("别处的根"), key=key, not_before=world.START, not_after=world.END))
    signer, maker = world.issued(MARKET, by=stranger), world.issued("别处的制章者", by=stranger)
    assert world.codes(world.check(resigned(world.seal(signer, maker=maker), signer))) == {"signer_chain", "maker_chain"}
    assert world.codes(world.check(world.signed(), roots=[])) == {"signer_chain", "maker_chain"}


def test_revocation_by_list_and_by_register():
    signer = world.person(MARKET)
    root = world.root()
    rows = [Revoked(signer.certificate.serial, world.AT - timedelta(days=1), RevocationReason.SUPERSEDED)]
    crl = issue_crl(issuer_cert=root.certificate, issuer_key=root.key, revoked=rows, number=1, at=world.AT)
    report = world.check(world.signed(), crls=[crl])
    assert world.codes(report) == {"signer_chain"}
    assert "吊销" in report.failures[0].detail
    report = world.check(world.signed(), revoked=lambda one, at: one.serial == signer.certificate.serial and at == world.AT)
    assert world.codes(report) == {"signer_revoked"}
    assert world.check(world.signed(), revoked=lambda one, at: False).ok


def test_timestamp_is_asked_and_sets_the_time():
    signer = world.person(MARKET)
    ofd = resigned(world.seal(signer), signer, timestamp=b"token")
    seen = []

    def trusted(token, value):
        seen.append((token, value))
        return world.AT + timedelta(days=1000)

    assert world.check(ofd).ok
    report = world.check(ofd, timestamp=trusted)
    assert world.codes(report) == {"seal_validity"}
    assert seen[0][0] == b"token"
    assert seen[0][1].startswith(b"0")

    def broken(token, value):
        raise BadSignature(detail="时间戳不对")

    assert world.codes(world.check(ofd, timestamp=broken)) == {"timestamp"}


def test_someone_elses_signature_value():
    """拿另一份文件的签章值来充数。"""
    other = package.unpack(resigned(world.seal(world.person(MARKET)), world.person(MARKET), at=world.AT + timedelta(hours=1)))
    files = package.unpack(world.signed())
    report = world.check(package.pack({**files, f"{SIGN}SignedValue.dat": other[f"{SIGN}SignedValue.dat"]}))
    assert "data_hash" in world.codes(report)


def test_wrong_location_in_the_signature_value():
    signer = world.person(MARKET)
    files = package.unpack(world.signed())
    value = seal.build_signature(
        files[f"{SIGN}Seal.esl"],
        signature_xml=files[f"{SIGN}Signature.xml"],
        location="/Doc_0/Signs/Sign_7/Signature.xml",
        signer_cert=signer.certificate,
        signer_key=signer.key,
        at=world.AT,
    )
    assert world.codes(world.check(package.pack({**files, f"{SIGN}SignedValue.dat": value}))) == {"location"}


@pytest.mark.parametrize("keep", [0, 1, 40, 500, -1])
def test_truncated_signature_value(keep):
    files = package.unpack(world.signed())
    report = world.check(package.pack({**files, f"{SIGN}SignedValue.dat": files[f"{SIGN}SignedValue.dat"][:keep]}))
    assert "signed_value" in world.codes(report)


@pytest.mark.parametrize("name", ["Doc_0/Extra.xml", "evil.js", "Doc_0/Signs/Sign_9/Seal.esl", f"{SIGN}Other.xml"])
def test_uncovered_files_are_found(name):
    report = world.check(repacked(package.unpack(world.signed()), extra=[(name, b"x")]))
    assert world.codes(report) == {"uncovered"}
    assert name in report.failures[0].detail


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ([(PAGE, b"<x/>")], "duplicate_entry"),
        ([(PAGE.upper(), b"<x/>")], "duplicate_entry"),
        ([("../../etc/passwd", b"")], "unsafe_path"),
        ([("/Doc_0/abs.xml", b"")], "unsafe_path"),
        ([("Doc_0\\win.xml", b"")], "unsafe_path"),
        ([("Doc_0//twice.xml", b"")], "unsafe_path"),
        ([("C:/x.xml", b"")], "unsafe_path"),
        ([("zero.bin", bytes(5 << 20))], "bomb"),
    ],
)
def test_hostile_entries_are_refused(extra, code):
    ofd = repacked(package.unpack(world.signed()), extra=extra)
    assert world.codes(world.check(ofd)) == {code}
    with pytest.raises(BadOfd) as caught:
        reader.text(ofd)
    assert caught.value.reason == code


def test_limits_on_size_and_count():
    assert world.codes(world.check(world.signed(), limits=Limits(total=1000))) == {"too_large"}
    assert world.codes(world.check(world.signed(), limits=Limits(entries=3))) == {"too_many_entries"}


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016">&b;</ofd:OFD>'
)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (BOMB, "xml_dtd"),
        (BOMB.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "xml_dtd"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "xml_dtd"),
        (b"<a>" * 100_000, "bad_xml"),
        (b"<a>" * 5000 + b"</a>" * 5000, "bad_xml"),
        (b"\x00\xff", "bad_xml"),
        (b"", "bad_xml"),
        (b"<a/>", "no_document"),
    ],
)
def test_hostile_xml_is_refused(entry, code):
    ofd = repacked({**package.unpack(world.signed()), "OFD.xml": entry})
    assert world.codes(world.check(ofd)) == {code}


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + bytes(100), b"not a zip at all", b"%PDF-1.7"])
def test_not_a_zip(data):
    assert world.codes(world.check(data)) == {"not_zip"}
    with pytest.raises(BadOfd, match="OFD"):
        reader.seals(data)


def test_a_zip_with_something_in_front_is_refused():
    """前面垫了别的东西：别的程序可能按另一种格式打开它。"""
    assert world.codes(world.check(b"MZ" + world.signed())) == {"not_zip"}


def test_a_zip_without_the_entry():
    assert world.codes(world.check(repacked({"a.xml": b"<a/>"}))) == {"no_entry"}


def test_reader_sees_the_seals_of_any_origin():
    first, second = reader.seals(world.countersigned())
    assert (first.name, first.signer, first.version) == ("测试印章", MARKET, 4)
    assert second.stamps[0].box == (80, 222, 40, 40)


def test_default_namespace_and_missing_slash_are_read():
    """有的厂商不用 ofd 前缀，路径也不带斜杠。"""
    files = {
        name: data.replace(b"<ofd:", b"<").replace(b"</ofd:", b"</").replace(b"xmlns:ofd=", b"xmlns=") if name.endswith(".xml") else data
        for name, data in package.unpack(world.unsigned()).items()
    }
    ofd = package.pack(files)
    assert "张喆堃" in reader.text(ofd)
    signed = world.sign(ofd, world.person(MARKET))
    assert world.check(signed).ok, world.check(signed).failures
    again = world.sign(signed, world.person(MARKET), stamps=[signing.Stamp(1, 20, 20, 40, 40)])
    assert world.check(again).ok


@pytest.mark.parametrize(
    "stamp",
    [
        signing.Stamp(2, 10, 10, 40, 40),
        signing.Stamp(0, 10, 10, 40, 40),
        signing.Stamp(1, 190, 10, 40, 40),
        signing.Stamp(1, -1, 10, 40, 40),
        signing.Stamp(1, 10, 10, 0, 40),
    ],
)
def test_stamps_must_be_on_a_page(stamp):
    with pytest.raises(StampOutsidePage):
        world.sign(world.unsigned(), world.person(MARKET), stamps=[stamp])


def test_stamps_must_be_given():
    with pytest.raises(StampOutsidePage):
        world.sign(world.unsigned(), world.person(MARKET), stamps=[])


def test_batch_signing_gives_one_valid_file_each():
    signer = world.person(MARKET)
    sealing = signing.Sealing(world.seal(signer), signer.certificate, signer.key)
    signed = signing.sign_many([(world.unsigned(), [world.BOX])] * 3, sealing=sealing, at=world.AT)
    assert [world.check(one).ok for one in signed] == [True] * 3


def test_old_seal_is_read_but_not_used():
    """GM/T 0031—2014 的两段式印章：能读，签名覆盖证书与算法；不能再拿来签。"""
    maker, signer = world.person("石龙区电子印章中心"), world.person(MARKET)
    der = old_seal(maker, signer)
    parsed = seal.parse_seal(der)
    assert (parsed.version, parsed.name, parsed.certificates) == (1, "旧章", (signer.certificate.der,))
    assert provider().verify(maker.certificate.public_key, parsed.signed, parsed.signature)
    with pytest.raises(BadSeal):
        world.sign(world.unsigned(), signer, der=der)


def test_old_signature_is_verified():
    maker, signer = world.person("石龙区电子印章中心"), world.person(MARKET)
    files = package.unpack(world.signed())
    der = old_seal(maker, signer)
    files[f"{SIGN}Signature.xml"] = files[f"{SIGN}Signature.xml"].replace(digest(files[f"{SIGN}Seal.esl"]), digest(der))
    files[f"{SIGN}Seal.esl"] = der
    to_sign = seal.asn1.OldToSign(
        {
            "version": 1,
            "seal": seal.asn1.OldSeal.load(der),
            "time": b"20261124023000Z",
            "data_hash": sm3(files[f"{SIGN}Signature.xml"]),
            "property": f"/{SIGN}Signature.xml",
            "certificate": signer.certificate.der,
            "algorithm": seal.SM2_SM3,
        }
    )
    value = seal.asn1.OldSignature({"to_sign": to_sign, "signature": provider().sign(signer.key, to_sign.dump())})
    files[f"{SIGN}SignedValue.dat"] = value.dump()
    report = world.check(package.pack(files))
    assert report.ok, report.failures
    assert report.seals[0].signed_at == world.AT


def digest(data: bytes) -> bytes:
    import base64

    return base64.b64encode(sm3(data))


def old_seal(maker: world.Person, signer: world.Person) -> bytes:
    info = seal.asn1.OldInfo(
        {
            "header": {"id": "ES", "version": 1, "vid": "OLD"},
            "es_id": "OLD1",
            "property": {
                "type": 1,
                "name": "旧章",
                "list": [signer.certificate.der],
                "created": world.START,
                "valid_from": world.START,
                "valid_until": world.END,
            },
            "picture": {"type": "png", "data": world.stamp_png(), "width": 40, "height": 40},
        }
    )
    signed = seal.asn1.OldSealSigned({"info": info, "certificate": maker.certificate.der, "algorithm": seal.SM2_SM3}).dump()
    sign_info = {"certificate": maker.certificate.der, "algorithm": seal.SM2_SM3, "signature": provider().sign(maker.key, signed)}
    return seal.asn1.OldSeal({"info": info, "sign_info": sign_info}).dump()


@pytest.mark.parametrize("changes", [{"es_id": "章"}, {"signers": []}, {"valid_until": world.START}])
def test_a_seal_must_make_sense(changes):
    with pytest.raises(BadSeal):
        world.seal(world.person(MARKET), **changes)


def test_trailing_bytes_after_a_seal_are_refused():
    with pytest.raises(BadSeal):
        seal.parse_seal(world.seal(world.person(MARKET)) + b"\x00")
