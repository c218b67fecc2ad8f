"""与别家实现互验：GmSSL（gmssl-pyx）、sm-crypto（浏览器端）、OpenSSL 命令行。"""

import json
import shutil
import subprocess
from pathlib import Path

import gmssl_pyx
import pytest
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from shilong.foundation.gm import encoding
from shilong.foundation.gm.certificates import RevocationReason, Revoked, issue_crl, parse, parse_crl
from shilong.foundation.gm.encoding import Order
from shilong.foundation.gm.keystore import read_pem
from shilong.foundation.gm.provider import export_key, provider
from shilong.foundation.gm.tests import samples

pytestmark = [pytest.mark.req("P05"), pytest.mark.req("P06"), pytest.mark.req("P29")]
KEY = provider().generate()
D = export_key(KEY)
DISTID = "distid:1234567812345678"
MESSAGE = "石龙区政务服务"
SM_CRYPTO = django_settings.ROOT / "node_modules" / "sm-crypto"


def missing(program: str) -> str:
    return f"没有 {program} 命令，无法与它互验" if shutil.which(program) is None else ""


needs_openssl = pytest.mark.skipif(bool(missing("openssl")), reason=missing("openssl"))
needs_node = pytest.mark.skipif(
    bool(missing("node")) or not SM_CRYPTO.exists(), reason=missing("node") or "node_modules 里没有 sm-crypto，先执行 npm ci"
)


@given(st.binary(max_size=300))
@budget(max_examples=30)
def test_signatures_agree_with_gmssl(message):
    assert gmssl_pyx.sm2_verify(KEY.public[1:], message, provider().sign(KEY, message))
    assert provider().verify(KEY.public, message, gmssl_pyx.sm2_sign(D, KEY.public[1:], message))


@given(st.binary(min_size=1, max_size=255))
@budget(max_examples=30)
def test_encryption_agrees_with_gmssl(plain):
    assert gmssl_pyx.sm2_decrypt(D, provider().encrypt(KEY.public, plain)) == plain
    assert provider().decrypt(KEY, gmssl_pyx.sm2_encrypt(KEY.public[1:], plain)) == plain


def test_generated_keys_agree_with_gmssl():
    for _ in range(20):
        public, d = gmssl_pyx.sm2_key_generate()
        assert provider().import_key(d).public == encoding.POINT + public


@given(st.binary(min_size=1, max_size=300), st.binary(max_size=30))
@budget(max_examples=30)
def test_sm4_agrees_with_gmssl(plain, aad):
    key = b"k" * 16
    sealed = provider().sm4_gcm_encrypt(key, plain, aad=aad)
    assert gmssl_pyx.sm4_gcm_encrypt(key, sealed[:12], aad, plain) == (sealed[12:-16], sealed[-16:])
    sealed = provider().sm4_cbc_encrypt(key, plain)
    assert gmssl_pyx.sm4_cbc_padding_decrypt(key, sealed[:16], sealed[16:]) == plain


def sm_crypto(script: str, **values: str) -> dict[str, str]:
    """在 node 里跑一段脚本；`v` 是传进去的值，脚本返回对象。"""
    code = f"const {{sm2, sm3}} = require({json.dumps(str(SM_CRYPTO))}); const v = {json.dumps(values)};"
    code += f"console.log(JSON.stringify((() => {{ {script} }})()))"
    done = subprocess.run(["node", "-e", code], check=True, capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout)


@needs_node
def test_sm_crypto_reads_ours():
    signature, cipher = provider().sign(KEY, MESSAGE.encode()), provider().encrypt(KEY.public, MESSAGE.encode())
    found = sm_crypto(
        """
        return {
            der: sm2.doVerifySignature(v.message, v.der, v.public, {der: true, hash: true}),
            raw: sm2.doVerifySignature(v.message, v.raw, v.public, {hash: true}),
            changed: sm2.doVerifySignature(v.message + '!', v.der, v.public, {der: true, hash: true}),
            c1c3c2: sm2.doDecrypt(v.c1c3c2, v.d, 1),
            c1c2c3: sm2.doDecrypt(v.c1c2c3, v.d, 0),
        }
        """,
        message=MESSAGE,
        public=KEY.public.hex(),
        d=D.hex(),
        der=signature.hex(),
        raw=encoding.signature_to_raw(signature).hex(),
        c1c3c2=encoding.cipher_to_raw(cipher, prefix=b"").hex(),
        c1c2c3=encoding.cipher_to_raw(cipher, order=Order.C1C2C3, prefix=b"").hex(),
    )
    assert found == {"der": True, "raw": True, "changed": False, "c1c3c2": MESSAGE, "c1c2c3": MESSAGE}


@needs_node
def test_we_read_sm_crypto():
    found = sm_crypto(
        """
        return {
            der: sm2.doSignature(v.message, v.d, {der: true, hash: true}),
            raw: sm2.doSignature(v.message, v.d, {hash: true}),
            c1c3c2: sm2.doEncrypt(v.message, v.public, 1),
            c1c2c3: sm2.doEncrypt(v.message, v.public, 0),
            sm3: sm3(v.message),
        }
        """,
        message=MESSAGE,
        public=KEY.public.hex(),
        d=D.hex(),
    )
    raw = {name: bytes.fromhex(value) for name, value in found.items()}
    for signature in (raw["der"], encoding.signature_from_raw(raw["raw"])):
        assert provider().verify(KEY.public, MESSAGE.encode(), signature)
    for order, name in ((Order.C1C3C2, "c1c3c2"), (Order.C1C2C3, "c1c2c3")):
        assert provider().decrypt(KEY, encoding.cipher_from_raw(raw[name], order=order, prefix=b"")).decode() == MESSAGE
    assert provider().digest(MESSAGE.encode()) == raw["sm3"]


def openssl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    """证书链与吊销列表写成文件，供命令行读。"""
    found, folder = samples.chain(), tmp_path_factory.mktemp("chain")
    for name in ("root", "issuing", "signer"):
        (folder / f"{name}.pem").write_text(getattr(found, name).pem)
    rows = [Revoked(found.signer.serial, samples.NOW, RevocationReason.SUPERSEDED)]
    for name, revoked in (("empty", []), ("revoked", rows)):
        crl = issue_crl(issuer_cert=found.issuing, issuer_key=found.issuing_key, revoked=revoked, number=1, days=365, at=samples.START)
        (folder / f"{name}.crl").write_text(crl.pem)
    return folder


def verified(folder: Path, *arguments: str) -> str:
    """`openssl verify` 的结论。它只把签名者标识给被验的那一张，上级各张用空标识，所以链要一节一节验。"""
    at = str(int(samples.NOW.timestamp()))
    done = openssl(folder, "verify", "-vfyopt", DISTID, "-attime", at, "-x509_strict", *arguments)
    return done.stdout.strip() if done.returncode == 0 else done.stderr


@needs_openssl
def test_openssl_accepts_every_link_of_our_chain(chain):
    assert verified(chain, "-CAfile", "root.pem", "issuing.pem") == "issuing.pem: OK"
    assert verified(chain, "-partial_chain", "-trusted", "issuing.pem", "signer.pem") == "signer.pem: OK"


@needs_openssl
def test_openssl_rejects_our_chain_without_the_authority(chain):
    assert "unable to get local issuer certificate" in verified(chain, "-CAfile", "root.pem", "signer.pem")


@needs_openssl
def test_openssl_reads_our_revocation_list_and_verifies_its_signature(chain):
    text = openssl(chain, "crl", "-in", "revoked.crl", "-noout", "-text").stdout
    assert f"Serial Number: {parse((chain / 'signer.pem').read_bytes()).serial_hex}" in text
    assert "Superseded" in text
    assert "No Revoked Certificates" in openssl(chain, "crl", "-in", "empty.crl", "-noout", "-text").stdout
    crl = parse_crl((chain / "revoked.crl").read_bytes())
    (chain / "tbs").write_bytes(crl.tbs)
    (chain / "signature").write_bytes(crl.signature)
    (chain / "public.pem").write_text(openssl(chain, "x509", "-in", "issuing.pem", "-noout", "-pubkey").stdout)
    check = ("pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", DISTID, "-pubin", "-inkey", "public.pem")
    assert openssl(chain, *check, "-in", "tbs", "-sigfile", "signature").returncode == 0


@needs_openssl
@pytest.mark.parametrize("form", ["pkcs8", "sec1"])
def test_openssl_key_and_certificate_are_read(tmp_path, form):
    openssl(tmp_path, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", "pkcs8.pem")
    openssl(tmp_path, "ec", "-in", "pkcs8.pem", "-out", "sec1.pem")
    request = ("req", "-x509", "-new", "-key", "pkcs8.pem", "-sm3", "-sigopt", DISTID, "-days", "30")
    openssl(tmp_path, *request, "-utf8", "-subj", "/C=CN/CN=命令行签的", "-out", "certificate.pem")
    certificate, key = parse((tmp_path / "certificate.pem").read_bytes()), read_pem((tmp_path / f"{form}.pem").read_bytes())
    assert certificate.subject.common_name == "命令行签的"
    assert certificate.public_key == key.public
    assert certificate.signed_by(key.public)


@needs_openssl
def test_openssl_verifies_our_signature_and_opens_our_ciphertext(tmp_path):
    openssl(tmp_path, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", "key.pem")
    key = read_pem((tmp_path / "key.pem").read_bytes())
    (tmp_path / "message").write_bytes(MESSAGE.encode())
    (tmp_path / "signature").write_bytes(provider().sign(key, MESSAGE.encode()))
    (tmp_path / "cipher").write_bytes(provider().encrypt(key.public, MESSAGE.encode()))
    digest = ("pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", DISTID, "-inkey", "key.pem")
    assert openssl(tmp_path, *digest, "-in", "message", "-sigfile", "signature").returncode == 0
    assert openssl(tmp_path, "pkeyutl", "-decrypt", "-inkey", "key.pem", "-in", "cipher").stdout == MESSAGE
