"""证书与名称的只读样子。"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from asn1crypto import keys, pem, x509
from asn1crypto.algos import DigestAlgorithmId, SignedDigestAlgorithmId

from shilong.foundation.gm import sm3
from shilong.foundation.gm.certificates.errors import BadSubject
from shilong.foundation.gm.provider import provider

CURVE, SM2_SM3, SM3 = "1.2.156.10197.1.301", "1.2.156.10197.1.501", "1.2.156.10197.1.401"
CURVE_NAME, SIGNATURE_NAME = "sm2p256v1", "sm2_sm3"
_SHORT = {
    "country_name": "C",
    "state_or_province_name": "ST",
    "locality_name": "L",
    "organization_name": "O",
    "organizational_unit_name": "OU",
    "common_name": "CN",
    "serial_number": "SERIALNUMBER",
}


def _register() -> None:
    """asn1crypto 不认识国密；登记曲线、签名与杂凑算法。重复执行无害。"""
    keys.NamedCurve.register(CURVE_NAME, CURVE, 32)
    for identifiers, oid, name in ((SignedDigestAlgorithmId, SM2_SM3, SIGNATURE_NAME), (DigestAlgorithmId, SM3, "sm3")):
        identifiers._map[oid] = name
        identifiers._reverse_map = None


_register()


@dataclass(frozen=True, slots=True)
class Name:
    """证书里的名称。相等按 RFC 5280 第 7.1 节规范化后比较：字符串类型、大小写不同仍是同一个名字。"""

    der: bytes = field(compare=False, repr=False)
    canonical: str = field(repr=False)
    attributes: Mapping[str, str] = field(compare=False)

    @classmethod
    def build(cls, attributes: Mapping[str, str]) -> "Name":
        """由属性得到名称，键如 `common_name`、`organization_name`、`country_name`（两位字母）。

        异常：
            BadSubject: 没有属性、键不认识或值不合规。
        """
        if not attributes or not all(attributes.values()):
            raise BadSubject(detail="至少要有一项，且不能为空")
        try:
            return cls.of(x509.Name.build(dict(attributes)))
        except (KeyError, ValueError, TypeError):
            raise BadSubject(detail=f"有不认识的项或不合规的值：{'、'.join(attributes)}") from None

    @classmethod
    def of(cls, name: x509.Name) -> "Name":
        native = {key: value if isinstance(value, str) else "、".join(map(str, value)) for key, value in name.native.items()}
        return cls(name.dump(), name.hashable, native)

    @property
    def common_name(self) -> str:
        return self.attributes.get("common_name", "")

    @property
    def organization(self) -> str:
        return self.attributes.get("organization_name", "")

    def __str__(self) -> str:
        return ", ".join(f"{_SHORT.get(key, key)}={value}" for key, value in self.attributes.items())


@dataclass(frozen=True, slots=True)
class Certificate:
    """一张 SM2 证书。相等只看 `der`。时间都带时区（UTC）。

    属性：
        public_key: 65 字节 04‖X‖Y。
        key_usage: asn1crypto 的用途名；空集表示证书没有这个扩展，即不限。
        path_length: 下面还允许几层机构；None 为不限。
        key_id: 主体密钥标识；没有这个扩展时为空。
        unknown_critical: 不认识的关键扩展的 OID；非空的证书不能用（RFC 5280 第 4.2 节）。
    """

    der: bytes = field(repr=False)
    subject: Name = field(compare=False)
    issuer: Name = field(compare=False)
    serial: int = field(compare=False)
    not_before: datetime = field(compare=False)
    not_after: datetime = field(compare=False)
    public_key: bytes = field(compare=False, repr=False)
    is_ca: bool = field(compare=False)
    key_usage: frozenset[str] = field(compare=False)
    path_length: int | None = field(compare=False, repr=False)
    key_id: bytes = field(compare=False, repr=False)
    unknown_critical: tuple[str, ...] = field(compare=False, repr=False)
    tbs: bytes = field(compare=False, repr=False)
    signature: bytes = field(compare=False, repr=False)

    @property
    def pem(self) -> str:
        armored: bytes = pem.armor("CERTIFICATE", self.der)
        return armored.decode()

    @property
    def fingerprint(self) -> str:
        """证书 DER 的 SM3，十六进制。"""
        return sm3(self.der).hex()

    @property
    def serial_hex(self) -> str:
        """序列号，大写十六进制，偶数位，与 `openssl x509 -serial` 一致。"""
        text = f"{self.serial:X}"
        return text.zfill(len(text) + len(text) % 2)

    def allows(self, usage: str) -> bool:
        """证书没写用途时都允许。"""
        return not self.key_usage or usage in self.key_usage

    def signed_by(self, public_key: bytes) -> bool:
        """证书签名能否用这把公钥验过（缺省标识，GM/T 0015）。"""
        return _genuine(public_key, self.tbs, self.signature)


@lru_cache(maxsize=1024)
def _genuine(public_key: bytes, tbs: bytes, signature: bytes) -> bool:
    """按内容缓存：同样的公钥、内容与签名，结论不会变；有效期与吊销不在这里判断。"""
    return provider().verify(public_key, tbs, signature)
