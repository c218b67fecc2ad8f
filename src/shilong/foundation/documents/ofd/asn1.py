"""GB/T 38540—2020 的 ASN.1 结构，与旧版 GM/T 0031—2014（名字带 Old）。字段次序即标准的次序。"""

from typing import Any

from asn1crypto import core


class Header(core.Sequence):
    _fields = [("id", core.IA5String), ("version", core.Integer), ("vid", core.IA5String)]


class CertificateList(core.SequenceOf):
    _child_spec = core.OctetString


class Digest(core.Sequence):
    _fields = [("type", core.PrintableString), ("value", core.OctetString)]


class DigestList(core.SequenceOf):
    _child_spec = Digest


class Property(core.Sequence):
    _fields = [
        ("type", core.Integer),
        ("name", core.UTF8String),
        ("list_type", core.Integer),
        ("list", core.Any),
        ("created", core.GeneralizedTime),
        ("valid_from", core.GeneralizedTime),
        ("valid_until", core.GeneralizedTime),
    ]


class OldProperty(core.Sequence):
    _fields = [
        ("type", core.Integer),
        ("name", core.UTF8String),
        ("list", CertificateList),
        ("created", core.UTCTime),
        ("valid_from", core.UTCTime),
        ("valid_until", core.UTCTime),
    ]


class Picture(core.Sequence):
    _fields = [("type", core.IA5String), ("data", core.OctetString), ("width", core.Integer), ("height", core.Integer)]


class Extension(core.Sequence):
    _fields = [("id", core.ObjectIdentifier), ("critical", core.Boolean, {"default": False}), ("value", core.OctetString)]


class Extensions(core.SequenceOf):
    _child_spec = Extension


# 扩展数据在标准里不带标签，有的厂商写成 [0] EXPLICIT，两种都读。
EXTENSIONS: list[tuple[Any, ...]] = [
    ("extensions", Extensions, {"optional": True}),
    ("tagged_extensions", Extensions, {"explicit": 0, "optional": True}),
]


class Info(core.Sequence):
    _fields = [("header", Header), ("es_id", core.IA5String), ("property", Property), ("picture", Picture), *EXTENSIONS]


class OldInfo(core.Sequence):
    _fields = [("header", Header), ("es_id", core.IA5String), ("property", OldProperty), ("picture", Picture), *EXTENSIONS]


class Seal(core.Sequence):
    _fields = [
        ("info", Info),
        ("certificate", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
        ("timestamp", core.OctetBitString, {"explicit": 0, "optional": True}),
    ]


class OldSignInfo(core.Sequence):
    _fields = [("certificate", core.OctetString), ("algorithm", core.ObjectIdentifier), ("signature", core.OctetBitString)]


class OldSeal(core.Sequence):
    _fields = [("info", OldInfo), ("sign_info", OldSignInfo)]


class OldSealSigned(core.Sequence):
    """旧版印章签名覆盖的内容：印章信息、制章者证书、算法。"""

    _fields = [("info", OldInfo), ("certificate", core.OctetString), ("algorithm", core.ObjectIdentifier)]


class ToSign(core.Sequence):
    _fields = [
        ("version", core.Integer),
        ("seal", Seal),
        ("time", core.GeneralizedTime),
        ("data_hash", core.OctetBitString),
        ("property", core.IA5String),
        *EXTENSIONS,
    ]


class Signature(core.Sequence):
    _fields = [
        ("to_sign", ToSign),
        ("certificate", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
        ("timestamp", core.OctetBitString, {"explicit": 0, "optional": True}),
    ]


class OldToSign(core.Sequence):
    _fields = [
        ("version", core.Integer),
        ("seal", OldSeal),
        ("time", core.OctetBitString),
        ("data_hash", core.OctetBitString),
        ("property", core.IA5String),
        ("certificate", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
    ]


class OldSignature(core.Sequence):
    _fields = [("to_sign", OldToSign), ("signature", core.OctetBitString)]
