"""PDF 的数字签名（PAdES B-B，ETSI EN 319 142-1）与验签。

PAdES 没有国密的签名规格，主流 PDF 阅读器也不认 SM2，所以 PDF 用 ECDSA P-256（或 RSA-2048）签，只当副本；
法律上的原件是盖了 SM2 电子印章的 OFD（`documents.ofd`）。

密钥在内存里只载入一次：库自带的签名器每签一次都重新解析私钥，RSA 要多花六十毫秒（实测）。
"""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from django.utils import timezone
from PIL import Image, UnidentifiedImageError
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints, LayoutError
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.attributes import CMSAttributeProvider, SigningCertificateV2Provider
from pyhanko.sign.general import SigningError, as_signing_certificate_v2
from pyhanko.sign.signers.pdf_cms import CAdESSignedAttributeProviderSpec, PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from shilong.foundation.documents.ofd.verify import Check
from shilong.foundation.documents.pades_identity import (
    BadIdentity,
    Identity,
    IdentityMissing,
    PrivateKey,
    ensure_identity,
    import_identity,
    roots,
)
from shilong.foundation.refusals import Refused

__all__ = [
    "BadIdentity",
    "BadPdf",
    "Identity",
    "IdentityMissing",
    "Report",
    "Signed",
    "VisibleStamp",
    "ensure_identity",
    "import_identity",
    "roots",
    "sign",
    "verify",
]

POINTS = 72 / 25.4  # 毫米换磅
DIGEST = hashes.SHA256()
RESERVED = 8192  # 给签名留的字节；省去为估大小先空签一次
MAX_STAMP = 320  # 章图边长上限，像素；40 毫米的章合 203 点每英寸，再大只是压缩更久


class BadPdf(Refused):
    code = "bad_pdf"
    message = "这不是能签名的 PDF 文件，可能已损坏、加密，或没有指定的页。"


@dataclass(frozen=True, slots=True)
class VisibleStamp:
    """看得见的章。

    属性：
        picture: 章图 PNG（可透明）。
        page: 第几页，从 1 起。
        x、y、w、h: 位置与大小，毫米，页面左上角起算。
    """

    picture: bytes
    page: int
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class Signed:
    """PDF 里的一个签名。"""

    signer: str
    reason: str
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """验签报告。"""

    ok: bool
    checks: list[Check]
    signatures: list[Signed]

    @property
    def failures(self) -> list[Check]:
        """没过的项。"""
        return [check for check in self.checks if not check.ok]


def sign(
    pdf: bytes,
    *,
    key: PrivateKey,
    certificates: Sequence[x509.Certificate],
    at: datetime,
    reason: str = "",
    location: str = "",
    stamp: VisibleStamp | None = None,
    marks: Sequence[VisibleStamp] = (),
) -> bytes:
    """签名，返回新的 PDF（增量更新，原内容一字不动）。

    参数：
        key: ECDSA P-256 或 RSA 私钥。
        certificates: 签名证书在第一个，其后是上级证书。
        at: 签名时间。
        stamp: 看得见的章；不给就是不可见签名。
        marks: 另画在页面上的章图，如骑缝章的各条；画在签名之前，改动它们签名就不对。

    异常：
        BadPdf: 不是能签的 PDF，没有这一页，或章图不对。BadIdentity: 没有证书。
    """
    if not certificates:
        raise BadIdentity(detail="没有证书")
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
        for mark in marks:
            _draw(mark, writer)
        signer = _TimedSigner(reason, location, _LoadedSigner(key, certificates), stamp, writer, at)
        signed = _finished(signer.async_sign_pdf(writer, bytes_reserved=RESERVED))
    except (PdfError, SigningError, LayoutError, UnidentifiedImageError, ValueError, KeyError, IndexError, TypeError, OSError) as error:
        raise BadPdf from error
    return bytes(signed.getvalue())


def _finished(work: Coroutine[Any, Any, Any]) -> Any:
    """跑完库的协程。本线程已在事件循环里（SSE 进程）时另起一个线程：循环不能嵌套。"""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class _Certificate(SigningCertificateV2Provider):
    """签名属性“签名证书”：同一张证书每次都一样，编码一次就够。

    asn1crypto 对新建的嵌套结构层层重复编码，照库的写法一次签名要重编七百遍（实测）；读回来的不会。
    """

    async def build_attr_value(self, dry_run: bool = False) -> tsp.SigningCertificateV2:
        return tsp.SigningCertificateV2.load(_encoded_reference(self.signing_cert))


@lru_cache(maxsize=64)
def _encoded_reference(certificate: asn1_x509.Certificate) -> bytes:
    return bytes(as_signing_certificate_v2(certificate).dump())


class _Attributes(CAdESSignedAttributeProviderSpec):
    """PAdES 的签名属性，证书一项换成编码好的。"""

    def signed_attr_providers(self, data_digest: bytes, digest_algorithm: str) -> Iterable[CMSAttributeProvider]:
        for provider in super().signed_attr_providers(data_digest, digest_algorithm):
            yield _Certificate(self.signing_cert) if isinstance(provider, SigningCertificateV2Provider) else provider


class _LoadedSigner(signers.Signer):
    """私钥已在内存里的签名器。"""

    def __init__(self, key: PrivateKey, certificates: Sequence[x509.Certificate]) -> None:
        chain = [_asn1(one) for one in certificates]
        registry = SimpleCertificateStore()
        registry.register_multiple(chain)
        super().__init__(signing_cert=chain[0], cert_registry=registry, embed_roots=False)
        self.signed_attr_prov_spec = _Attributes(PdfCMSSignedAttributes(), chain[0], timestamper=None, is_pades=True)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), DIGEST)
        return self._key.sign(data, ec.ECDSA(DIGEST))

    async def signed_attrs(self, *args: Any, **named: Any) -> cms.CMSAttributes:
        """编码后再读回，理由同 `_Certificate`。"""
        return cms.CMSAttributes.load((await super().signed_attrs(*args, **named)).dump())

    def signer_info(self, digest_algorithm: str, signed_attrs: cms.CMSAttributes, signature: bytes) -> cms.SignerInfo:
        """同上。"""
        return cms.SignerInfo.load(super().signer_info(digest_algorithm, signed_attrs, signature).dump())


class _TimedSigner(signers.PdfSigner):
    """签名时间由调用方给，不取机器的当前时间：补签、测试都要能指定。"""

    def __init__(
        self, reason: str, location: str, signer: signers.Signer, stamp: VisibleStamp | None, writer: IncrementalPdfFileWriter, at: datetime
    ) -> None:
        self._at = at
        name = f"Signature{len(list(writer.prev.embedded_signatures)) + 1}"
        meta = signers.PdfSignatureMetadata(
            field_name=name,
            md_algorithm=DIGEST.name,
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=reason or None,
            location=location or None,
        )
        spec = _field(name, stamp, writer) if stamp else fields.SigFieldSpec(name)
        super().__init__(meta, signer, stamp_style=_style(stamp) if stamp else None, new_field_spec=spec)

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


def _field(name: str, stamp: VisibleStamp, writer: IncrementalPdfFileWriter) -> fields.SigFieldSpec:
    return fields.SigFieldSpec(name, on_page=stamp.page - 1, box=_box(stamp, writer))


def _draw(mark: VisibleStamp, writer: IncrementalPdfFileWriter) -> None:
    left, bottom, right, top = _box(mark, writer)
    size = BoxConstraints(width=right - left, height=top - bottom)
    _style(mark).create_stamp(writer, size, {}).apply(mark.page - 1, left, bottom)


def _box(stamp: VisibleStamp, writer: IncrementalPdfFileWriter) -> tuple[int, int, int, int]:
    """章面在 PDF 坐标里的左、下、右、上，磅。"""
    page = writer.prev.find_page_for_modification(stamp.page - 1)[0].get_object() if stamp.page >= 1 else None
    if page is None:
        raise BadPdf
    media = page.get_object().get("/MediaBox") or page["/Parent"]["/MediaBox"]
    left, top = float(media[0]) + stamp.x * POINTS, float(media[3]) - stamp.y * POINTS
    return round(left), round(top - stamp.h * POINTS), round(left + stamp.w * POINTS), round(top)


def _style(stamp: VisibleStamp) -> StaticStampStyle:
    return StaticStampStyle(background=PdfImage(_picture(stamp.picture)), border_width=0)


@lru_cache(maxsize=16)
def _picture(data: bytes) -> Image.Image:
    """章图解码一次，缩到印刷够用的大小。"""
    picture = Image.open(BytesIO(data), formats=["PNG", "JPEG"]).convert("RGBA")
    picture.thumbnail((MAX_STAMP, MAX_STAMP))
    return picture


@lru_cache(maxsize=64)
def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def verify(pdf: bytes, roots: Iterable[x509.Certificate]) -> Report:
    """验 PDF 的全部签名；有效期按签名自报的时间判断。任何输入都得到一份报告。"""
    trusted = [_asn1(one) for one in roots]
    try:
        signatures = list(PdfFileReader(BytesIO(pdf), strict=False).embedded_signatures)
    except Exception:  # 解析库对坏 PDF 会抛出十来种异常，都是同一个意思
        return Report(False, [Check("structure", "文件结构", False, "不是有效的 PDF")], [])
    checks = [Check("signed", "有数字签名", bool(signatures), f"{len(signatures)} 个")]
    found: list[Signed] = []
    for number, signature in enumerate(signatures, start=1):
        checks += _check(signature, trusted, number, last=number == len(signatures))
        found.append(_summary(signature))
    return Report(all(check.ok for check in checks), checks, found)


def _check(signature: EmbeddedPdfSignature, roots: list[asn1_x509.Certificate], number: int, *, last: bool) -> list[Check]:
    try:
        at = signature.self_reported_timestamp or timezone.now()
        context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=at, revocation_mode="soft-fail")
        status = _finished(async_validate_pdf_signature(signature, context))
    except Exception as error:  # 同上
        return [Check("signature", "签名的结构", False, type(error).__name__, number)]
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    return [
        Check("intact", "内容未被改动", bool(status.intact), "", number),
        Check("signature", "签名者的签名", bool(status.valid), "", number),
        Check("chain", "签名证书可信", bool(status.trusted), "" if status.trusted else "证书不是由受信任的机构签发或已过期", number),
        Check("coverage", "签名覆盖整个文件", whole or not last, "" if whole or not last else "签名之后又追加了内容", number),
        Check("modification", "签名后没有越权修改", bool(status.docmdp_ok), "", number),
    ]


def _summary(signature: EmbeddedPdfSignature) -> Signed:
    try:
        name = signature.signer_cert.subject.native.get("common_name", "")
        return Signed(str(name), str(signature.sig_object.get("/Reason", "")), signature.self_reported_timestamp)
    except Exception:  # 同上
        return Signed("", "", None)
