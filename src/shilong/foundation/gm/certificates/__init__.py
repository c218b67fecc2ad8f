"""SM2 证书与吊销列表（X.509，GB/T 20518）：解析、签发、验证证书链。

只认 SM2 公钥与 SM2-SM3 签名；ASN.1 由 asn1crypto 编解码，签名按缺省标识计算。
"""

from shilong.foundation.gm.certificates.chain import verify_chain
from shilong.foundation.gm.certificates.errors import (
    BadCertificate,
    BadSubject,
    BadValidity,
    ChainInvalid,
    NotIssuer,
    Reason,
)
from shilong.foundation.gm.certificates.issuing import SIGNING, issue, issue_crl, require_issuer, self_signed
from shilong.foundation.gm.certificates.model import Certificate, Name
from shilong.foundation.gm.certificates.parsing import parse, parse_crl
from shilong.foundation.gm.certificates.revocation import CRL, RevocationReason, Revoked

__all__ = [
    "CRL",
    "SIGNING",
    "BadCertificate",
    "BadSubject",
    "BadValidity",
    "Certificate",
    "ChainInvalid",
    "Name",
    "NotIssuer",
    "Reason",
    "RevocationReason",
    "Revoked",
    "issue",
    "issue_crl",
    "parse",
    "parse_crl",
    "require_issuer",
    "self_signed",
    "verify_chain",
]
