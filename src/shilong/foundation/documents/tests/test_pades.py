"""PDF 签名：签得上、验得过、改了查得出；生产环境不自造证书。"""

from dataclasses import dataclass
from io import BytesIO

import pypdfium2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import HealthCheck, given
from hypothesis import settings as quick
from hypothesis import strategies as st

from shilong.foundation.documents import pades, pades_identity
from shilong.foundation.documents.tests import ofd_world as world

pytestmark = pytest.mark.req("P06")
BUREAU = "石龙区行政审批局"


@dataclass(frozen=True)
class Signer:
    """测试里的签名者与它的根。"""

    identity: pades.Identity
    roots: tuple


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def signer() -> Signer:
    return Signer(pades.ensure_identity(BUREAU), pades.roots())


def blank(pages: int = 1) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def sign(pdf: bytes, signer: Signer, **options) -> bytes:
    given = {"key": signer.identity.key, "certificates": signer.identity.certificates, "at": world.AT, **options}
    return pades.sign(pdf, **given)


def codes(report: pades.Report) -> set[str]:
    return {one.code for one in report.failures}


def stamp(page: int = 1) -> pades.VisibleStamp:
    return pades.VisibleStamp(world.stamp_png(), page, 130, 222, 40, 40)


def test_a_signed_pdf_passes_and_says_who_when_and_why(signer):
    report = pades.verify(sign(blank(), signer, reason="受理通知书", location="石龙区"), signer.roots)
    assert report.ok, report.failures
    assert [(one.signer, one.reason, one.signed_at) for one in report.signatures] == [(BUREAU, "受理通知书", world.AT)]


def test_the_visible_stamp_is_where_it_was_put(signer):
    document = pypdfium2.PdfDocument(sign(blank(2), signer, stamp=stamp(2)))
    document.init_forms()
    image = document[1].render(scale=2, may_draw_forms=True).to_pil().convert("RGB")
    scale = image.width / 210
    area = image.crop(tuple(round(one * scale) for one in (130, 222, 170, 262)))
    red = sum(1 for r, g, b in area.get_flattened_data() if r > 180 and g < 90 and b < 90)
    elsewhere = image.crop((0, 0, image.width, round(200 * scale)))
    assert red > 1000
    assert set(elsewhere.get_flattened_data()) == {(255, 255, 255)}


def test_rsa_keys_sign_too(signer):
    key = rsa.generate_private_key(65537, 2048)
    root = pades_identity._root()
    certificate = pades_identity._issue("RSA 签名者", key.public_key(), root, ca=False)
    signed = pades.sign(blank(), key=key, certificates=[certificate, root.certificate], at=world.AT)
    assert pades.verify(signed, signer.roots).ok


def test_two_signatures_both_pass(signer):
    report = pades.verify(sign(sign(blank(), signer, stamp=stamp()), signer), signer.roots)
    assert report.ok, report.failures
    assert len(report.signatures) == 2


def test_changed_content_is_found(signer):
    signed = bytearray(sign(blank(), signer))
    signed[signed.find(b"/MediaBox")] ^= 1
    assert not pades.verify(bytes(signed), signer.roots).ok


def test_appended_content_is_found(signer):
    assert codes(pades.verify(sign(blank(), signer) + b"\n% more", signer.roots)) == {"coverage"}


def test_untrusted_root(signer):
    assert codes(pades.verify(sign(blank(), signer), [])) == {"chain"}


def test_another_key_cannot_pose_as_the_certificate(signer):
    forged = pades.sign(blank(), key=ec.generate_private_key(ec.SECP256R1()), certificates=signer.identity.certificates, at=world.AT)
    assert "signature" in codes(pades.verify(forged, signer.roots))


def test_an_unsigned_pdf_is_not_signed(signer):
    assert codes(pades.verify(blank(), signer.roots)) == {"signed"}


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n", b"PK\x03\x04", blank()[:300]])
def test_bad_files_are_refused(pdf, signer):
    assert codes(pades.verify(pdf, signer.roots)) == {"structure"}
    with pytest.raises(pades.BadPdf):
        sign(pdf, signer)


@pytest.mark.parametrize("page", [0, 2])
def test_the_stamp_needs_a_page(page, signer):
    with pytest.raises(pades.BadPdf):
        sign(blank(), signer, stamp=stamp(page))


def test_a_bad_stamp_picture_is_refused(signer):
    with pytest.raises(pades.BadPdf):
        sign(blank(), signer, stamp=pades.VisibleStamp(b"GIF89a", 1, 10, 10, 40, 40))


@quick(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck), database=None)
@given(at=st.integers(0, 10**9), value=st.integers(0, 255))
def test_flipped_bytes_never_crash(signer, at, value):
    signed = bytearray(sign(blank(), signer))
    changed = signed[at % len(signed)] != value
    signed[at % len(signed)] = value
    report = pades.verify(bytes(signed), signer.roots)
    assert report.ok or changed


def test_the_identity_is_kept_and_not_readable_on_disk(signer, tmp_path):
    assert pades.ensure_identity(BUREAU).certificate == signer.identity.certificate
    secret = signer.identity.key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for path in (tmp_path / "pki" / "pades").glob("*.json"):
        assert path.stat().st_mode & 0o077 == 0
        assert secret[30:60] not in path.read_bytes()


def test_a_damaged_identity_is_named(signer, tmp_path):
    for path in (tmp_path / "pki" / "pades").glob("*.json"):
        path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(pades.BadIdentity):
        pades.ensure_identity(BUREAU)


def test_production_needs_an_imported_certificate(settings):
    content = exported(BUREAU)
    settings.MODE = "production"
    with pytest.raises(pades.IdentityMissing):
        pades.ensure_identity(BUREAU)
    assert pades.import_identity(BUREAU, content, "口令").certificate == pades.ensure_identity(BUREAU).certificate
    assert pades.roots() == ()


def test_import_refuses_what_cannot_sign():
    with pytest.raises(pades.BadIdentity):
        pades.import_identity(BUREAU, exported(BUREAU), "错的")
    with pytest.raises(pades.BadIdentity):
        pades.import_identity(BUREAU, b"not pkcs12", "口令")
    other = ec.generate_private_key(ec.SECP384R1())
    with pytest.raises(pades.BadIdentity):
        pades.import_identity(BUREAU, exported(BUREAU, other), "口令")


def exported(name: str, key=None) -> bytes:
    key = key or ec.generate_private_key(ec.SECP256R1())
    certificate = pades_identity._issue(name, key.public_key(), pades_identity._root(), ca=False)
    return pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, serialization.BestAvailableEncryption("口令".encode()))
