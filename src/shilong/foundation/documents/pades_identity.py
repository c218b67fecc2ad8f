"""PDF 签名者的证书与私钥：开发时自造，生产时导入电子认证机构签发的，加密存放在 `$DATA/pki/pades`。"""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone

from shilong.foundation.gm import secretbox, sm3, storage
from shilong.foundation.refusals import Refused

YEARS = 3
ROOT = "石龙区一体化政务服务平台 开发 PDF 签名根"
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class BadIdentity(Refused):
    code = "pades_bad_identity"
    message = "PDF 签名证书不能用：{detail}。"


class IdentityMissing(Refused):
    """生产环境不自造证书：自造的谁也不信。"""

    code = "pades_identity_missing"
    message = "还没有导入 PDF 签名证书“{name}”。请系统管理员导入电子认证机构签发的 PKCS#12 文件。"
    status = 503


@dataclass(frozen=True, slots=True)
class Identity:
    """一个签名者：私钥、证书、到根为止的上级证书（含根）。"""

    key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def certificates(self) -> tuple[x509.Certificate, ...]:
        """证书在前，上级在后。"""
        return (self.certificate, *self.chain)


def ensure_identity(name: str) -> Identity:
    """名为 `name` 的签名者；没有就生成（P-256，开发根签发），加密存放在 `$DATA/pki/pades`。

    异常：
        IdentityMissing: 生产环境且还没有导入。
    """
    path = _path(name)
    if not path.exists():
        if settings.MODE == "production":
            raise IdentityMissing(name=name)
        root = _root()
        with storage.locked():
            if not path.exists():
                key = ec.generate_private_key(ec.SECP256R1())
                certificate = _issue(name, key.public_key(), root, ca=False)
                storage.create(path, _lock(Identity(key, certificate, root.chain)))
    return _load(path, path.stat().st_mtime_ns)


def import_identity(name: str, content: bytes, password: str) -> Identity:
    """导入电子认证机构签发的 PKCS#12，同名的换掉。

    异常：
        BadIdentity: 口令不对、不是 PKCS#12，或不是 P-256、RSA-2048 以上的密钥。
    """
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(content, password.encode())
    except ValueError:
        raise BadIdentity(detail="口令不对，或不是 PKCS#12 文件") from None
    if certificate is None or not _usable(key):
        raise BadIdentity(detail="须含 P-256 或 RSA 2048 位以上的私钥与证书")
    storage.replace(_path(name), _lock(Identity(key, certificate, tuple(chain))))  # type: ignore[arg-type]
    return ensure_identity(name)


def roots() -> tuple[x509.Certificate, ...]:
    """平台信任的 PDF 签名根：开发根（仅非生产），加上 `$DATA/pki/pades/roots` 里管理员放的 PEM。"""
    own = () if settings.MODE == "production" else (_root().certificate,)
    placed = sorted(storage.folder("pades", "roots").glob("*.pem"))
    return (*own, *(one for path in placed for one in x509.load_pem_x509_certificates(path.read_bytes())))


def _usable(key: Any) -> bool:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.key_size >= 2048
    return isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)


def _root() -> Identity:
    path = _root_path()
    if not path.exists():
        with storage.locked():
            if not path.exists():
                storage.create(path, _lock(_self_signed()))
    return _load(path, path.stat().st_mtime_ns)


def _self_signed() -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _issue(ROOT, key.public_key(), None, ca=True, key=key)
    return Identity(key, certificate, (certificate,))


def _issue(
    name: str, public: ec.EllipticCurvePublicKey, issuer: Identity | None, *, ca: bool, key: ec.EllipticCurvePrivateKey | None = None
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = timezone.now().astimezone(UTC)
    usage = x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer.certificate.subject if issuer else subject, public_key=public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * (10 if ca else YEARS)))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return builder.sign(issuer.key if issuer else key, hashes.SHA256())  # type: ignore[arg-type]


def _path(name: str) -> Path:
    """文件名用名字的摘要：名字是中文单位名，也可能含斜杠。"""
    return storage.folder("pades") / f"{sm3(name.encode()).hex()[:32]}.json"


def _root_path() -> Path:
    return storage.folder("pades") / "root.json"


def _lock(identity: Identity) -> bytes:
    der = serialization.Encoding.DER
    key = identity.key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificates = [b64encode(one.public_bytes(der)).decode() for one in identity.certificates]
    return json.dumps({"key": b64encode(secretbox.seal(key)).decode(), "certificates": certificates}).encode()


@lru_cache(maxsize=32)
def _load(path: Path, changed: int) -> Identity:
    """`changed` 是文件的修改时刻，换了证书缓存就失效。"""
    try:
        content = json.loads(path.read_bytes())
        key = serialization.load_der_private_key(secretbox.open_(b64decode(content["key"])), password=None)
        certificates = [x509.load_der_x509_certificate(b64decode(one)) for one in content["certificates"]]
    except (ValueError, KeyError, TypeError, secretbox.Unsealable):
        raise BadIdentity(detail=f"{path.name} 损坏或不是本机的密钥加密的，请从备份恢复") from None
    return Identity(key, certificates[0], tuple(certificates[1:]))  # type: ignore[arg-type]
