"""电子印章与签章值的 ASN.1（GB/T 38540—2020；读旧版 GM/T 0031—2014、新版 GM/T 0031—2025）。

读 1、4、5 三个版本，写 4。解析结果是普通数据；签名覆盖的字节取原文，不重新编码，所以别家的编码习惯不影响验章。
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from asn1crypto import core

from shilong.foundation.documents.ofd import asn1
from shilong.foundation.documents.ofd.refusals import BadSeal
from shilong.foundation.gm import sm3
from shilong.foundation.gm.certificates import Certificate
from shilong.foundation.gm.provider import KeyHandle, provider

SM2_SM3 = "1.2.156.10197.1.501"
SM3 = "1.2.156.10197.1.401"
VERSION = 4
OLD = 1  # GM/T 0031—2014
UNIT_SEAL = 1  # 印章类型：单位章
CERTIFICATES, DIGESTS = 1, 2  # 证书列表的写法：整张证书、证书杂凑
MAX_SIZE = 2 << 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SealInfo:
    """要制作的印章。

    属性：
        es_id: 印章唯一编号，ASCII。
        picture: 章图 PNG；超过约 100 KB 有的阅读器画不出来（实测 480 KB 出错、55 KB 正常）。
        width、height: 章面实际尺寸，整毫米；公章一般 40 或 42。
        signers: 可以用这枚章签章的证书。
        digests_only: 证书列表只放杂凑，不放整张证书。
    """

    es_id: str
    name: str
    picture: bytes
    width: int
    height: int
    signers: Sequence[Certificate]
    created: datetime
    valid_from: datetime
    valid_until: datetime
    kind: int = UNIT_SEAL
    picture_type: str = "PNG"
    vendor: str = "SHILONG"
    digests_only: bool = False


@dataclass(frozen=True, slots=True)
class Seal:
    """解析出的印章。`certificates` 与 `digests` 恰有一个非空；时间都带时区。"""

    der: bytes = field(repr=False)
    version: int
    vendor: str
    es_id: str
    kind: int
    name: str
    certificates: tuple[bytes, ...] = field(repr=False)
    digests: tuple[bytes, ...] = field(repr=False)
    created: datetime
    valid_from: datetime
    valid_until: datetime
    picture_type: str
    picture: bytes = field(repr=False)
    width: int
    height: int
    maker: bytes = field(repr=False)
    algorithm: str
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def admits(self, certificate: bytes) -> bool:
        """这张签章者证书在不在印章的列表里。"""
        return certificate in self.certificates or (bool(self.digests) and sm3(certificate) in self.digests)


@dataclass(frozen=True, slots=True)
class SealSignature:
    """解析出的签章值（SES_Signature）。`claimed_at` 是签章者自己写的时间。"""

    seal: Seal
    version: int
    claimed_at: datetime
    data_hash: bytes = field(repr=False)
    location: str
    certificate: bytes = field(repr=False)
    algorithm: str
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    timestamp: bytes | None = field(repr=False)


def build_seal(info: SealInfo, maker_cert: Certificate, maker_key: KeyHandle) -> bytes:
    """制作印章（GB/T 38540 6.2）：制章者对印章信息签名。

    异常：
        BadSeal: 编号不是 ASCII、没有签章者，或有效期颠倒。
    """
    if not info.es_id.isascii() or not info.signers or info.valid_from >= info.valid_until:
        raise BadSeal(detail="编号须是 ASCII、至少一个签章者、有效期的起在止之前")
    body = asn1.Info(
        {
            "header": {"id": "ES", "version": VERSION, "vid": info.vendor},
            "es_id": info.es_id,
            "property": _property(info),
            "picture": {"type": info.picture_type, "data": info.picture, "width": info.width, "height": info.height},
        }
    )
    signature = provider().sign(maker_key, body.dump())
    return bytes(asn1.Seal({"info": body, "certificate": maker_cert.der, "algorithm": SM2_SM3, "signature": signature}).dump())


def _property(info: SealInfo) -> dict[str, Any]:
    if info.digests_only:
        listed: Any = asn1.DigestList([{"type": "SM3", "value": sm3(one.der)} for one in info.signers])
    else:
        listed = asn1.CertificateList([one.der for one in info.signers])
    return {
        "type": info.kind,
        "name": info.name,
        "list_type": DIGESTS if info.digests_only else CERTIFICATES,
        "list": listed,
        "created": _moment(info.created),
        "valid_from": _moment(info.valid_from),
        "valid_until": _moment(info.valid_until),
    }


def build_signature(
    seal: bytes,
    *,
    signature_xml: bytes,
    location: str,
    signer_cert: Certificate,
    signer_key: KeyHandle,
    at: datetime,
    timestamp: bytes = b"",
) -> bytes:
    """生成签章值（GB/T 38540 7.2）。

    参数：
        signature_xml: Signature.xml 的字节，取其 SM3。
        location: Signature.xml 在包里的绝对路径。
        timestamp: 对签名值的时间戳（RFC 3161、GB/T 20520），没有就空着。

    异常：
        BadSeal: 印章不是新版结构。
    """
    parsed = parse_seal(seal)
    if parsed.version == OLD:
        raise BadSeal(detail="旧版（2014）印章只能验，不能再用来签章")
    to_sign = asn1.ToSign(
        {"version": VERSION, "seal": asn1.Seal.load(seal), "time": _moment(at), "data_hash": sm3(signature_xml), "property": location}
    )
    signature = provider().sign(signer_key, to_sign.dump())
    value = {"to_sign": to_sign, "certificate": signer_cert.der, "algorithm": SM2_SM3, "signature": signature}
    return bytes(asn1.Signature(value | ({"timestamp": timestamp} if timestamp else {})).dump())


def _moment(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(microsecond=0)


@lru_cache(maxsize=16)  # 批量签章时同一枚章解析一次；条数少，免得被人拿大章占内存
def parse_seal(der: bytes) -> Seal:
    """解析印章（SESeal）。

    异常：
        BadSeal: 不合结构。
    """
    return _guarded(der, lambda: _read_seal(der))


def parse_signature(der: bytes) -> SealSignature:
    """解析签章值（SES_Signature）。

    异常：
        BadSeal: 不合结构。
    """
    return _guarded(der, lambda: _read_signature(der))


def _guarded(der: bytes, read: Callable[[], T]) -> T:
    if len(der) > MAX_SIZE:
        raise BadSeal(detail="太大")
    try:
        return read()
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as error:  # 坏 DER 各有各的错法
        raise BadSeal(detail="编码不完整或不认识") from error


def _read_seal(der: bytes) -> Seal:
    if _children(der) == 2:
        old = asn1.OldSeal.load(der, strict=True)
        maker = old["sign_info"]
        signed = asn1.OldSealSigned({"info": old["info"], "certificate": maker["certificate"], "algorithm": maker["algorithm"]}).dump()
        return _seal(der, old["info"], maker, signed)
    seal = asn1.Seal.load(der, strict=True)
    return _seal(der, seal["info"], seal, seal["info"].dump())


def _seal(der: bytes, info: Any, maker: Any, signed: bytes) -> Seal:
    header, facts, picture = info["header"], info["property"], info["picture"]
    if header["id"].native != "ES":
        raise ValueError("头标识不是 ES")
    certificates, digests = _signers(facts)
    return Seal(
        der=der,
        version=header["version"].native,
        vendor=header["vid"].native,
        es_id=info["es_id"].native,
        kind=facts["type"].native,
        name=facts["name"].native,
        certificates=certificates,
        digests=digests,
        created=_time(facts["created"]),
        valid_from=_time(facts["valid_from"]),
        valid_until=_time(facts["valid_until"]),
        picture_type=picture["type"].native,
        picture=picture["data"].native,
        width=picture["width"].native,
        height=picture["height"].native,
        maker=maker["certificate"].native,
        algorithm=maker["algorithm"].dotted,
        signed=signed,
        signature=maker["signature"].native,
    )


def _signers(facts: Any) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """证书列表没有标签，靠 list_type 分辨是整张证书还是杂凑。"""
    if isinstance(facts, asn1.OldProperty):
        return tuple(one.native for one in facts["list"]), ()
    kind = facts["list_type"].native
    if kind == CERTIFICATES:
        return tuple(one.native for one in facts["list"].parse(asn1.CertificateList)), ()
    if kind == DIGESTS:
        return (), tuple(one["value"].native for one in facts["list"].parse(asn1.DigestList))
    raise ValueError("不认识的证书列表类型")


def _time(value: Any) -> datetime:
    moment = value.native
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError("时间不合规")
    return moment.astimezone(UTC)


def _read_signature(der: bytes) -> SealSignature:
    if _children(der) == 2:
        old = asn1.OldSignature.load(der, strict=True)
        to_sign = old["to_sign"]
        outer, claimed, timestamp = to_sign, _old_time(to_sign["time"].native), None
        signature = old["signature"].native
    else:
        outer = asn1.Signature.load(der, strict=True)
        to_sign, signature = outer["to_sign"], outer["signature"].native
        claimed, timestamp = _time(to_sign["time"]), outer["timestamp"].native
    return SealSignature(
        seal=_read_seal(to_sign["seal"].dump()),
        version=to_sign["version"].native,
        claimed_at=claimed,
        data_hash=to_sign["data_hash"].native,
        location=to_sign["property"].native,
        certificate=outer["certificate"].native,
        algorithm=outer["algorithm"].dotted,
        signed=to_sign.dump(),
        signature=signature,
        timestamp=timestamp,
    )


def _old_time(raw: bytes) -> datetime:
    """旧版的时间装在 BIT STRING 里：UTCTime 或 GeneralizedTime 的 DER，也有直接放文字的。"""
    if raw[:1] in (b"\x17", b"\x18"):
        return _time(core.Asn1Value.load(raw, strict=True))
    return datetime.strptime(raw.decode("ascii").rstrip("Z"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _children(der: bytes) -> int:
    """最外层 SEQUENCE 的成员数：旧版两个，新版四五个。"""
    outer = core.SequenceOf.load(der, spec=core.Any, strict=True)
    return len(outer)
