"""签发证书与吊销列表。"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import core, keys, x509
from asn1crypto import crl as asn1_crl
from django.utils import timezone

from shilong.foundation.gm import sm3
from shilong.foundation.gm.certificates.errors import BadValidity, NotIssuer
from shilong.foundation.gm.certificates.model import CURVE_NAME, SIGNATURE_NAME, Certificate, Name
from shilong.foundation.gm.certificates.parsing import parse, parse_crl
from shilong.foundation.gm.certificates.revocation import CRL, RevocationReason, Revoked
from shilong.foundation.gm.openssl import check_public
from shilong.foundation.gm.provider import KeyHandle, provider

SIGNING = frozenset({"digital_signature", "non_repudiation"})
ISSUING = frozenset({"key_cert_sign", "crl_sign"})
SKEW = timedelta(minutes=5)  # 别的服务器的钟慢几分钟，不至于说证书还没生效
UTC_TIME_ENDS = 2050  # RFC 5280 第 4.1.2.5 节：2050 年起改用 GeneralizedTime


@dataclass(frozen=True, slots=True)
class _Issuer:
    """以谁的名义、用哪把密钥签。"""

    name: Name
    public_key: bytes
    key: KeyHandle


def issue(
    *,
    subject: Mapping[str, str] | Name,
    public_key: bytes,
    issuer_cert: Certificate,
    issuer_key: KeyHandle,
    days: int | None = None,
    not_after: datetime | None = None,
    not_before: datetime | None = None,
    ca: bool = False,
    key_usage: Iterable[str] = SIGNING,
    path_length: int | None = 0,
) -> Certificate:
    """签发一张证书。`days` 与 `not_after` 给一个；默认从五分钟前生效。

    参数：
        key_usage: 用途名，如 digital_signature、non_repudiation、key_encipherment；机构证书固定为签发证书与吊销列表。
        path_length: 机构证书下面还允许几层机构，默认不允许；普通证书忽略。
    异常：
        NotIssuer: `issuer_cert` 不是机构证书，或与 `issuer_key` 不是一对。
        BadValidity: 有效期为空、倒置，或超出签发者的有效期。
        BadKey: 公钥不在曲线上。
        BadSubject: 名称不对。
    """
    require_issuer(issuer_cert, issuer_key)
    start, end = _validity(days, not_before, not_after)
    if end > issuer_cert.not_after or start < issuer_cert.not_before - SKEW:
        raise BadValidity(detail=f"超出了签发者“{issuer_cert.subject.common_name}”的有效期")
    issuer = _Issuer(issuer_cert.subject, issuer_cert.public_key, issuer_key)
    return _issued(issuer, _name(subject), public_key, (start, end), _extensions(public_key, ca, key_usage, path_length))


def self_signed(
    *,
    subject: Mapping[str, str] | Name,
    key: KeyHandle,
    days: int | None = None,
    not_after: datetime | None = None,
    not_before: datetime | None = None,
    path_length: int | None = None,
) -> Certificate:
    """自签的根机构证书。

    异常：
        BadValidity、BadSubject: 同 `issue`。
    """
    name = _name(subject)
    validity = _validity(days, not_before, not_after)
    return _issued(_Issuer(name, key.public, key), name, key.public, validity, _extensions(key.public, True, ISSUING, path_length))


def issue_crl(
    *,
    issuer_cert: Certificate,
    issuer_key: KeyHandle,
    revoked: Iterable[Revoked],
    number: int,
    days: int = 7,
    at: datetime | None = None,
) -> CRL:
    """签发吊销列表。

    参数：
        number: 序号，每次递增。
        days: 下次更新不迟于几天后；过期的列表验证时不认。
    异常：
        NotIssuer: 同 `issue`。
    """
    require_issuer(issuer_cert, issuer_key)
    now = (at or timezone.now()).replace(microsecond=0)
    tbs = asn1_crl.TbsCertList(
        {
            "version": "v2",
            "signature": _algorithm(),
            "issuer": x509.Name.load(issuer_cert.subject.der),
            "this_update": _time(now),
            "next_update": _time(now + timedelta(days=days)),
            "crl_extensions": [
                {"extn_id": "crl_number", "extn_value": core.Integer(number)},
                {"extn_id": "authority_key_identifier", "extn_value": _authority(issuer_cert.public_key)},
            ],
            **_entries(revoked),
        }
    )
    signature = provider().sign(issuer_key, tbs.dump())
    content = {"tbs_cert_list": tbs, "signature_algorithm": _algorithm(), "signature": signature}
    return parse_crl(asn1_crl.CertificateList(content).dump())


def key_id(public_key: bytes) -> bytes:
    """密钥标识：公钥 SM3 的前 20 字节（RFC 5280 只要求能区分，不限算法）。"""
    return sm3(public_key)[:20]


def _issued(issuer: _Issuer, subject: Name, public_key: bytes, validity: tuple[datetime, datetime], extensions: list[Any]) -> Certificate:
    check_public(public_key)
    if issuer.public_key != public_key:
        extensions = [*extensions, _extension("authority_key_identifier", _authority(issuer.public_key))]
    tbs = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(os.urandom(16)) >> 1 | 1 << 120,
            "signature": _algorithm(),
            "issuer": x509.Name.load(issuer.name.der),
            "validity": {"not_before": _time(validity[0]), "not_after": _time(validity[1])},
            "subject": x509.Name.load(subject.der),
            "subject_public_key_info": _public_key_info(public_key),
            "extensions": extensions,
        }
    )
    content = {"tbs_certificate": tbs, "signature_algorithm": _algorithm(), "signature_value": provider().sign(issuer.key, tbs.dump())}
    return parse(x509.Certificate(content).dump())


def _extensions(public_key: bytes, ca: bool, usage: Iterable[str], path_length: int | None) -> list[Any]:
    constraints = {"ca": ca, "path_len_constraint": path_length} if ca and path_length is not None else {"ca": ca}
    return [
        _extension("basic_constraints", x509.BasicConstraints(constraints), critical=True),
        _extension("key_usage", x509.KeyUsage(set(ISSUING if ca else usage)), critical=True),
        _extension("key_identifier", core.OctetString(key_id(public_key))),
    ]


def _extension(name: str, value: Any, *, critical: bool = False) -> dict[str, Any]:
    return {"extn_id": name, "critical": critical, "extn_value": value}


def _authority(public_key: bytes) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier({"key_identifier": key_id(public_key)})


def _entries(revoked: Iterable[Revoked]) -> dict[str, Any]:
    """一张都没有时必须整个省略，空列表不合规（RFC 5280 第 5.1.2.6 节）。"""
    rows = [
        {
            "user_certificate": row.serial,
            "revocation_date": _time(row.at),
            **({} if row.reason is RevocationReason.UNSPECIFIED else {"crl_entry_extensions": [_reason(row.reason)]}),
        }
        for row in revoked
    ]
    return {"revoked_certificates": rows} if rows else {}


def _reason(reason: RevocationReason) -> dict[str, Any]:
    return {"extn_id": "crl_reason", "extn_value": asn1_crl.CRLReason(reason.value)}


def _algorithm() -> dict[str, str]:
    return {"algorithm": SIGNATURE_NAME}


def _public_key_info(public_key: bytes) -> keys.PublicKeyInfo:
    algorithm = {"algorithm": "ec", "parameters": keys.ECDomainParameters(name="named", value=CURVE_NAME)}
    return keys.PublicKeyInfo({"algorithm": algorithm, "public_key": keys.ECPointBitString(public_key)})


def _time(moment: datetime) -> x509.Time:
    kind = "utc_time" if moment.year < UTC_TIME_ENDS else "general_time"
    return x509.Time({kind: moment.replace(microsecond=0).astimezone(timezone.get_fixed_timezone(0))})


def _name(subject: Mapping[str, str] | Name) -> Name:
    return subject if isinstance(subject, Name) else Name.build(subject)


def _validity(days: int | None, not_before: datetime | None, not_after: datetime | None) -> tuple[datetime, datetime]:
    now = timezone.now()
    start = not_before or now - SKEW
    if not_after is None and days is None:
        raise BadValidity(detail="没有写明到期日")
    end = not_after or now + timedelta(days=days or 0)
    if end <= max(start, now if not_before is None else start):
        raise BadValidity(detail="到期日早于生效日")
    return start, end


def require_issuer(certificate: Certificate, key: KeyHandle) -> None:
    """不是机构证书，或与私钥不是一对，就抛 NotIssuer。"""
    name = certificate.subject.common_name
    if not certificate.is_ca or not certificate.allows("key_cert_sign"):
        raise NotIssuer(name=name, detail="它不是机构证书")
    if certificate.public_key != key.public:
        raise NotIssuer(name=name, detail="签发密钥与证书不是一对")
