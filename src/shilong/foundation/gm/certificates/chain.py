"""验证证书链（RFC 5280 第 6 节的子集：没有策略与名称约束）。"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from shilong.foundation.gm.certificates.errors import ChainInvalid, Reason
from shilong.foundation.gm.certificates.model import Certificate
from shilong.foundation.gm.certificates.revocation import CRL

MAX_DEPTH = 8  # 政务链三四层；再深多半是有人拿证书耗处理器
MAX_CANDIDATES = 8  # 每一层最多试几张同名的上级证书


def verify_chain(
    certificate: Certificate,
    *,
    intermediates: Iterable[Certificate],
    roots: Iterable[Certificate],
    at: datetime,
    crls: Sequence[CRL] = (),
) -> None:
    """证书能否由 `roots` 之一担保；能就安静返回。

    参数：
        intermediates: 中间机构证书，可以来自不可信的文件。
        at: 按哪一刻判断有效期与吊销；验历史签名时给签名时间。
        crls: 吊销列表；某机构给了列表就必须有效，没给就不查这个机构签发的证书。
    异常：
        ChainInvalid: `reason` 说明哪里不过。
    """
    path = _path(certificate, tuple(intermediates), tuple(roots), at)
    for below, link in enumerate(path):
        _check_usable(link, at)
        if below:
            _check_issuer(link, below - 1)
    for link, issuer in pairwise(path):
        _check_revocation(link, issuer, at, crls)


def _path(
    certificate: Certificate, intermediates: tuple[Certificate, ...], roots: tuple[Certificate, ...], at: datetime
) -> list[Certificate]:
    """从证书走到根。每一步取第一张签名对得上的上级，根优先，其次在有效期内的。"""
    path = [certificate]
    while path[-1] not in roots:
        if len(path) >= MAX_DEPTH:
            raise ChainInvalid(Reason.PATH_TOO_LONG, certificate.subject.common_name)
        path.append(_issuer_of(path[-1], [c for c in (*roots, *intermediates) if c not in path], at))
    return path


def _issuer_of(certificate: Certificate, known: Iterable[Certificate], at: datetime) -> Certificate:
    named = [c for c in known if c.subject == certificate.issuer]
    if not named:
        raise ChainInvalid(Reason.UNKNOWN_ISSUER, certificate.subject.common_name)
    named.sort(key=lambda c: not c.not_before <= at <= c.not_after)
    for candidate in named[:MAX_CANDIDATES]:
        if certificate.signed_by(candidate.public_key):
            return candidate
    raise ChainInvalid(Reason.BAD_SIGNATURE, certificate.subject.common_name)


def _check_usable(certificate: Certificate, at: datetime) -> None:
    name = certificate.subject.common_name
    if at < certificate.not_before:
        raise ChainInvalid(Reason.NOT_YET_VALID, name)
    if at > certificate.not_after:
        raise ChainInvalid(Reason.EXPIRED, name)
    if certificate.unknown_critical:
        raise ChainInvalid(Reason.UNKNOWN_EXTENSION, name)


def _check_issuer(certificate: Certificate, authorities_below: int) -> None:
    name = certificate.subject.common_name
    if not certificate.is_ca or not certificate.allows("key_cert_sign"):
        raise ChainInvalid(Reason.NOT_CA, name)
    if certificate.path_length is not None and authorities_below > certificate.path_length:
        raise ChainInvalid(Reason.PATH_TOO_LONG, name)


def _check_revocation(certificate: Certificate, issuer: Certificate, at: datetime, crls: Iterable[CRL]) -> None:
    name = certificate.subject.common_name
    lists = sorted((crl for crl in crls if crl.issuer == certificate.issuer), key=lambda crl: crl.number)
    if not lists:
        return
    latest = lists[-1]
    if not issuer.allows("crl_sign") or not latest.signed_by(issuer.public_key):
        raise ChainInvalid(Reason.BAD_CRL, issuer.subject.common_name)
    revoked = latest.revoked.get(certificate.serial)
    if revoked and revoked.applies(at):
        raise ChainInvalid(Reason.REVOKED, name)
    if latest.next_update and at > latest.next_update:
        raise ChainInvalid(Reason.STALE_CRL, issuer.subject.common_name)
