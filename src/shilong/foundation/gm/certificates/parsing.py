"""读证书与吊销列表。输入来自外部文件，一律当作恶意的。"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from asn1crypto import crl as asn1_crl
from asn1crypto import pem, x509

from shilong.foundation.gm.certificates.errors import BadCertificate
from shilong.foundation.gm.certificates.model import CURVE_NAME, SIGNATURE_NAME, Certificate, Name
from shilong.foundation.gm.certificates.revocation import CRL, RevocationReason, Revoked
from shilong.foundation.gm.encoding import wrap
from shilong.foundation.gm.errors import BadKey
from shilong.foundation.gm.openssl import check_public

SEQUENCE, BIT_STRING = 0x30, 0x03
MAX_CERTIFICATE = 64 * 1024
MAX_CRL = 64 * 1024 * 1024
# 本模块处理了的扩展，或与签名信任无关、忽略也安全的；其余标了“关键”的一律拒绝
KNOWN = {"basic_constraints", "key_usage", "key_identifier", "authority_key_identifier", "extended_key_usage", "certificate_policies"}
KNOWN |= {"subject_alt_name", "crl_distribution_points", "authority_information_access"}
Parsed = TypeVar("Parsed")


def parse(content: bytes | str) -> Certificate:
    """DER 或 PEM → 证书。结尾有多余字节、不是 SM2、公钥不在曲线上都不收。

    异常：
        BadCertificate: 读不了，消息说明原因。
    """
    return _guarded(_certificate, content, MAX_CERTIFICATE)


def parse_crl(content: bytes | str) -> CRL:
    """DER 或 PEM → 吊销列表。

    异常：
        BadCertificate: 读不了。
    """
    return _guarded(_crl, content, MAX_CRL)


def _guarded(read: Callable[[bytes], Parsed], content: bytes | str, most: int) -> Parsed:
    raw = content.encode() if isinstance(content, str) else bytes(content)
    if len(raw) > most:
        raise BadCertificate(detail="文件太大")
    try:
        return read(pem.unarmor(raw)[2] if pem.detect(raw) else raw)
    except (BadCertificate, BadKey):
        raise
    except Exception:  # 库对坏 DER 会抛出十来种异常，都是同一个意思
        raise BadCertificate(detail="内容不完整或格式不对") from None


@lru_cache(maxsize=256)
def _certificate(der: bytes) -> Certificate:
    """按内容缓存：证书不可变，验章时同一张机构证书要读许多遍，拆一次 DER 要一毫秒。"""
    certificate = x509.Certificate.load(der, strict=True)
    tbs = certificate["tbs_certificate"]
    signature = certificate["signature_value"].native
    _require_sm2(certificate["signature_algorithm"], tbs, signature, der)
    constraints = certificate.basic_constraints_value
    usage = certificate.key_usage_value
    return Certificate(
        der=der,
        subject=Name.of(tbs["subject"]),
        issuer=Name.of(tbs["issuer"]),
        serial=tbs["serial_number"].native,
        not_before=tbs["validity"]["not_before"].native,
        not_after=tbs["validity"]["not_after"].native,
        public_key=_public_key(tbs["subject_public_key_info"]),
        is_ca=bool(constraints and constraints["ca"].native),
        key_usage=frozenset(usage.native if usage else ()),
        path_length=constraints["path_len_constraint"].native if constraints else None,
        key_id=certificate.key_identifier or b"",
        unknown_critical=_unknown_critical(tbs["extensions"]),
        tbs=tbs.dump(),
        signature=signature,
    )


def _require_sm2(algorithm: Any, tbs: Any, signature: bytes, der: bytes) -> None:
    """SM2 签名，且外壳只有这一种写法：签名不覆盖外壳，容得下两种写法就能造出两份“相同”的证书。"""
    if algorithm["algorithm"].native != SIGNATURE_NAME:
        raise BadCertificate(detail="不是 SM2-SM3 签名")
    if der != wrap(SEQUENCE, tbs.dump() + tbs["signature"].dump() + wrap(BIT_STRING, b"\0" + signature)):
        raise BadCertificate(detail="编码不规范，或内外两处签名算法不一致")


def _public_key(info: Any) -> bytes:
    algorithm = info["algorithm"]
    if algorithm["algorithm"].native != "ec" or algorithm["parameters"].native != CURVE_NAME:
        raise BadCertificate(detail="公钥不是 SM2")
    public: bytes = info["public_key"].native
    try:
        check_public(public)
    except BadKey as problem:
        raise BadCertificate(detail=problem.text.removesuffix("。")) from None
    return public


def _unknown_critical(extensions: Any) -> tuple[str, ...]:
    """顺便逐个解开：扩展内容是坏的，现在就该发现；同一扩展出现两次也不收（RFC 5280 第 4.2 节）。"""
    seen = [extension["extn_id"].dotted for extension in extensions]
    if len(seen) != len(set(seen)):
        raise BadCertificate(detail="同一个扩展出现了两次")
    return tuple(e["extn_id"].dotted for e in extensions if e["extn_value"].parsed is not None and _refused(e))


def _refused(extension: Any) -> bool:
    return extension["critical"].native and extension["extn_id"].native not in KNOWN


def _crl(der: bytes) -> CRL:
    content = asn1_crl.CertificateList.load(der, strict=True)
    tbs = content["tbs_cert_list"]
    signature = content["signature"].native
    _require_sm2(content["signature_algorithm"], tbs, signature, der)
    if any(e["critical"].native for e in tbs["crl_extensions"]):
        raise BadCertificate(detail="吊销列表含有不认识的关键扩展")
    number = content.crl_number_value
    return CRL(
        der=der,
        issuer=Name.of(tbs["issuer"]),
        number=number.native if number else 0,
        this_update=tbs["this_update"].native,
        next_update=tbs["next_update"].native,
        revoked={row.serial: row for row in map(_revoked, tbs["revoked_certificates"])},
        tbs=tbs.dump(),
        signature=signature,
    )


def _revoked(entry: Any) -> Revoked:
    reason = entry.crl_reason_value
    return Revoked(
        serial=entry["user_certificate"].native,
        at=entry["revocation_date"].native,
        reason=RevocationReason(reason.native) if reason else RevocationReason.UNSPECIFIED,
    )
