"""吊销列表的只读样子与判断。"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from asn1crypto import pem

from shilong.foundation.gm.certificates.model import Name
from shilong.foundation.gm.provider import provider


class RevocationReason(StrEnum):
    """吊销原因（RFC 5280 第 5.3.1 节）。"""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key_compromise"
    CA_COMPROMISE = "ca_compromise"
    AFFILIATION_CHANGED = "affiliation_changed"
    SUPERSEDED = "superseded"
    CESSATION = "cessation_of_operation"
    HOLD = "certificate_hold"
    PRIVILEGE_WITHDRAWN = "privilege_withdrawn"
    REMOVED = "remove_from_crl"
    AA_COMPROMISE = "aa_compromise"


# 密钥已不可信：签名时间由持有密钥的人自己写，可以倒填，所以吊销之前的签名也不能信。
COMPROMISED = {RevocationReason.KEY_COMPROMISE, RevocationReason.CA_COMPROMISE, RevocationReason.AA_COMPROMISE}


@dataclass(frozen=True, slots=True)
class Revoked:
    """一张被吊销的证书。"""

    serial: int
    at: datetime
    reason: RevocationReason = RevocationReason.UNSPECIFIED

    def applies(self, at: datetime) -> bool:
        """在 `at` 这一刻是否算吊销。"""
        return self.reason in COMPROMISED or (self.reason is not RevocationReason.REMOVED and self.at <= at)


@dataclass(frozen=True, slots=True)
class CRL:
    """一份吊销列表。相等只看 `der`。"""

    der: bytes = field(repr=False)
    issuer: Name = field(compare=False)
    number: int = field(compare=False)
    this_update: datetime = field(compare=False)
    next_update: datetime | None = field(compare=False)
    revoked: Mapping[int, Revoked] = field(compare=False)
    tbs: bytes = field(compare=False, repr=False)
    signature: bytes = field(compare=False, repr=False)

    @property
    def pem(self) -> str:
        armored: bytes = pem.armor("X509 CRL", self.der)
        return armored.decode()

    def signed_by(self, public_key: bytes) -> bool:
        return _genuine(public_key, self.tbs, self.signature)


@lru_cache(maxsize=4)
def _genuine(public_key: bytes, tbs: bytes, signature: bytes) -> bool:
    """按内容缓存，理由同证书；列表可以很大，只记最近几份。"""
    return provider().verify(public_key, tbs, signature)
