"""验章：GB/T 38540—2020 第 6.3 条（印章）与第 7.3 条（签章）的全部项，外加文件结构安全。

别的阅读器各有漏项（实测：有的不核对 Signature.xml 的杂凑，章被挪了位置仍报通过；有的不验印章签名与有效期），
所以“有效”两个字只认这里的结论。任何输入都得到一份报告，不抛异常。
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from shilong.foundation.documents.ofd import package, structure
from shilong.foundation.documents.ofd.package import DEFAULT, Limits
from shilong.foundation.documents.ofd.refusals import BadOfd, BadSeal
from shilong.foundation.documents.ofd.seal import OLD, SM2_SM3, SM3, SealSignature, parse_signature
from shilong.foundation.documents.ofd.structure import Document, SignatureEntry, StampBox
from shilong.foundation.gm import sm3
from shilong.foundation.gm.certificates import CRL, BadCertificate, Certificate, ChainInvalid, parse, verify_chain
from shilong.foundation.gm.errors import GmError
from shilong.foundation.gm.provider import provider

CHECK_METHODS = (SM3, "SM3")
KNOWN_VERSIONS = (1, 4, 5)
MAX_SIGNATURES = 64

Revoked = Callable[[Certificate, datetime], bool]
Timestamp = Callable[[bytes, bytes], datetime]


@dataclass(frozen=True, slots=True)
class Check:
    """一项检查。`code` 是原因码，`seal` 是第几枚章（从 1 起，0 是整个文件）。"""

    code: str
    name: str
    ok: bool
    detail: str = ""
    seal: int = 0


@dataclass(frozen=True, slots=True)
class SealSummary:
    """一枚章的要点；从签章值里读出，可信与否看报告。

    属性：
        signed_at: 有可信时间戳时是时间戳的时间，否则是签章者自报的时间。
        number: 第几枚章，与报告里 `Check.seal` 对应；不经过验章读出来的为 0。
        value_digest: 签章值文件的 SM3。
    """

    es_id: str
    name: str
    maker: str
    signer: str
    signed_at: datetime
    valid_from: datetime
    valid_until: datetime
    version: int
    width: int
    height: int
    picture_type: str
    picture: bytes = field(repr=False)
    stamps: tuple[StampBox, ...] = ()
    signer_certificate: bytes = field(default=b"", repr=False)
    maker_certificate: bytes = field(default=b"", repr=False)
    number: int = 0
    value_digest: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """验章报告。`ok` 为真当且仅当至少有一枚章、且每一项都通过。"""

    ok: bool
    checks: list[Check]
    seals: list[SealSummary]

    @property
    def failures(self) -> list[Check]:
        """没过的项。"""
        return [check for check in self.checks if not check.ok]


@dataclass(frozen=True, slots=True)
class Trust:
    """凭什么信：根、中间机构、吊销、时间戳。"""

    roots: Sequence[Certificate]
    intermediates: Sequence[Certificate] = ()
    crls: Sequence[CRL] = ()
    revoked: Revoked | None = None
    timestamp: Timestamp | None = None


def verify(
    ofd: bytes,
    *,
    roots: Iterable[Certificate],
    intermediates: Iterable[Certificate] = (),
    crls: Iterable[CRL] = (),
    revoked: Revoked | None = None,
    timestamp: Timestamp | None = None,
    limits: Limits = DEFAULT,
) -> Report:
    """验一份 OFD 的全部印章。

    参数：
        roots、intermediates、crls: 信任锚、中间机构、吊销列表。
        revoked: `revoked(证书, 签章时间) -> bool`，平台自己的吊销登记（签章者、制章者各问一次）。
        timestamp: `timestamp(时间戳, 签名值) -> 可信时间`，验不过抛 `Refused` 的子类；不给就不核验时间戳。
        limits: 拆包上限。
    """
    trust = Trust(tuple(roots), tuple(intermediates), tuple(crls), revoked, timestamp)
    try:
        files = package.unpack(ofd, limits)
        documents = structure.documents(files)
        found = [(document, document.signatures()) for document in documents]
        pages = {page.identifier for document in documents for page in document.pages}
    except BadOfd as error:
        return Report(False, [Check(error.reason, "文件结构", False, error.detail)], [])
    return _Verification(files, found, pages, trust).run()


class _Verification:
    """一次验章：逐章检查，边查边记。"""

    def __init__(
        self, files: Mapping[str, bytes], found: list[tuple[Document, list[SignatureEntry]]], pages: set[str], trust: Trust
    ) -> None:
        self._files = files
        self._found = found
        self._pages = pages
        self._trust = trust
        self._digests: dict[str, bytes] = {}
        self._checks = [Check("structure", "文件结构", True, f"{len(files)} 个文件")]
        self._seals: list[SealSummary] = []
        self._number = 0

    def run(self) -> Report:
        total = sum(len(entries) for _, entries in self._found)
        self._add("signed", "有电子签章", 0 < total <= MAX_SIGNATURES, f"{total} 枚")
        if 0 < total <= MAX_SIGNATURES:
            for document, entries in self._found:
                for position, entry in enumerate(entries):
                    self._number += 1
                    self._coverage(document, entry, entries[position + 1 :])
                    self._one(entry)
        ok = all(check.ok for check in self._checks)
        return Report(ok, self._checks, self._seals)

    def _add(self, code: str, name: str, ok: bool, detail: str = "") -> None:
        self._checks.append(Check(code, name, ok, detail, self._number))

    def _one(self, entry: SignatureEntry) -> None:
        self._references(entry)
        self._stamps(entry)
        try:
            value = package.read(self._files, entry.value_location)
            signature = parse_signature(value)
            signer, maker = parse(signature.certificate), parse(signature.seal.maker)
        except (BadOfd, BadSeal, BadCertificate, GmError) as error:
            self._add("signed_value", "签章值的结构", False, error.text)
            return
        self._add("signed_value", "签章值的结构", signature.version in KNOWN_VERSIONS, f"版本 {signature.version}")
        self._signature(entry, signature, signer)
        at = self._time(signature)
        self._seal(entry, signature, signer, maker, at)
        for code, name, certificate in (("signer", "签章者证书", signer), ("maker", "制章者证书", maker)):
            self._certificate(code, name, certificate, at)
        self._seals.append(replace(summary(entry, signature, signer, maker, at), number=self._number, value_digest=sm3(value).hex()))

    def _references(self, entry: SignatureEntry) -> None:
        """7.3：逐文件核对摘要。摘要算法只认 SM3，标准缺省的 MD5 可以伪造。"""
        self._add("check_method", "摘要算法是 SM3", entry.check_method in CHECK_METHODS, entry.check_method)
        self._add("references", "签名引用的文件", bool(entry.references) and not entry.repeated, f"{len(entry.references)} 个")
        missing = [name for name in entry.references if name not in self._files]
        changed = [name for name, value in entry.references.items() if name in self._files and not self._matches(name, value)]
        self._add("missing_reference", "引用的文件都在", not missing, _names(missing))
        self._add("digest", "文件未被改动", not changed, _names(changed))

    def _matches(self, name: str, value: str) -> bool:
        if name not in self._digests:
            self._digests[name] = sm3(self._files[name])
        try:
            return base64.b64decode(value, validate=True) == self._digests[name]
        except (binascii.Error, ValueError):
            return False

    def _coverage(self, document: Document, entry: SignatureEntry, later: list[SignatureEntry]) -> None:
        """没被签名覆盖的文件只能是：签名清单、本签名自己的描述与签章值、之后加盖的章的文件。"""
        allowed = {document.signatures_name, entry.location, entry.value_location}
        folders = tuple(one.location[: one.location.rfind("/") + 1] for one in later)
        own = entry.location[: entry.location.rfind("/") + 1]
        extra = [
            name
            for name in self._files
            if name not in entry.references and name not in allowed and not any(name.startswith(one) for one in folders if one != own)
        ]
        self._add("uncovered", "没有签名之外的文件", not extra, _names(extra))

    def _stamps(self, entry: SignatureEntry) -> None:
        if entry.kind.lower() == "sign":
            return
        strange = [one.page for one in entry.stamps if one.page not in self._pages]
        detail = f"页面 {'、'.join(strange[:5])} 不存在" if strange else ("" if entry.stamps else "没有章面位置")
        self._add("stamp", "章面所在的页存在", bool(entry.stamps) and not strange, detail)

    def _signature(self, entry: SignatureEntry, signature: SealSignature, signer: Certificate) -> None:
        algorithms = {entry.method, signature.algorithm, signature.seal.algorithm}
        self._add("algorithm", "签名算法是 SM2", algorithms == {SM2_SM3}, "、".join(sorted(algorithms - {SM2_SM3})))
        self._add("data_hash", "签名描述未被改动", signature.data_hash == sm3(entry.raw), "章面位置、被签文件清单都在签名描述里")
        genuine = provider().verify(signer.public_key, signature.signed, signature.signature)
        self._add("signature", "签章者的签名", genuine)
        self._add("location", "签名描述的路径一致", signature.location.strip().lstrip("/") == entry.location, signature.location)

    def _time(self, signature: SealSignature) -> datetime:
        """按哪一刻判断有效期：可信时间戳优先，否则签章者自报的时间。"""
        if signature.timestamp is None:
            self._add("timestamp", "时间戳", True, "没有加盖时间戳，以签章时间为准")
        elif self._trust.timestamp is None:
            self._add("timestamp", "时间戳", True, "带有时间戳，本次没有核验，以签章时间为准")
        else:
            try:
                at = self._trust.timestamp(signature.timestamp, signature.signature)
            except GmError as error:
                self._add("timestamp", "时间戳", False, error.text)
            else:
                self._add("timestamp", "时间戳", True, f"{at:%Y-%m-%d %H:%M:%S}")
                return at
        return signature.claimed_at

    def _seal(self, entry: SignatureEntry, signature: SealSignature, signer: Certificate, maker: Certificate, at: datetime) -> None:
        """6.3：印章本身。"""
        seal = signature.seal
        self._add("seal_version", "印章版本", seal.version in KNOWN_VERSIONS, f"版本 {seal.version}")
        self._add("seal_signature", "制章者的签名", provider().verify(maker.public_key, seal.signed, seal.signature))
        usable = signer.allows("digital_signature") or signer.allows("non_repudiation")
        self._add("signer_usage", "签章者证书可用于签名", usable)
        self._add("seal_signer", "签章者在印章的证书列表里", seal.admits(signer.der))
        period = f"{seal.valid_from:%Y-%m-%d} 至 {seal.valid_until:%Y-%m-%d}"
        self._add("seal_validity", "签章时印章在有效期内", seal.valid_from <= at <= seal.valid_until, period)
        if entry.seal_location:
            same = self._files.get(entry.seal_location) == seal.der
            self._add("seal_file", "印章文件与签章值里的一致", same, entry.seal_location)
        elif seal.version != OLD and entry.kind.lower() != "sign":
            self._add("seal_file", "印章文件与签章值里的一致", False, "没有印章文件")

    def _certificate(self, code: str, name: str, certificate: Certificate, at: datetime) -> None:
        valid = certificate.not_before <= at <= certificate.not_after
        period = f"{certificate.not_before:%Y-%m-%d} 至 {certificate.not_after:%Y-%m-%d}"
        self._add(f"{code}_validity", f"签章时{name}在有效期内", valid, period)
        trust = self._trust
        if trust.revoked is not None:
            self._add(f"{code}_revoked", f"{name}未被吊销", not trust.revoked(certificate, at), certificate.serial_hex)
        try:
            verify_chain(certificate, intermediates=trust.intermediates, roots=trust.roots, at=at, crls=trust.crls)
        except ChainInvalid as error:
            self._add(f"{code}_chain", f"{name}可信", False, error.text)
        else:
            self._add(f"{code}_chain", f"{name}可信", True, str(certificate.subject))


def summary(entry: SignatureEntry, signature: SealSignature, signer: Certificate, maker: Certificate, at: datetime) -> SealSummary:
    """把一枚章的要点抽出来。"""
    seal = signature.seal
    return SealSummary(
        es_id=seal.es_id,
        name=seal.name,
        maker=maker.subject.common_name,
        signer=signer.subject.common_name,
        signed_at=at,
        valid_from=seal.valid_from,
        valid_until=seal.valid_until,
        version=seal.version,
        width=seal.width,
        height=seal.height,
        picture_type=seal.picture_type,
        picture=seal.picture,
        stamps=entry.stamps,
        signer_certificate=signature.certificate,
        maker_certificate=seal.maker,
    )


def _names(names: list[str]) -> str:
    shown = "、".join("".join(one if one.isprintable() else "?" for one in name[:80]) for name in names[:5])
    return f"{shown} 等 {len(names)} 个" if len(names) > 5 else shown
