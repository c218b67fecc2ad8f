"""签发与取得文书。"""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from shilong.foundation.documents import rules, transcribe, typesetting
from shilong.foundation.documents.models import Document
from shilong.foundation.documents.transcribe import Spot
from shilong.foundation.files import blobs
from shilong.foundation.files.refusals import Tampered
from shilong.foundation.gm import sm3
from shilong.foundation.numbering.services import next_number
from shilong.foundation.refusals import NotFound, Refused

log = logging.getLogger(__name__)

PLAIN = b"%PDF"  # 加密存档之前写下的存档是明文，按文件头认出来


class UnknownKind(Refused):
    code = "unknown_document_kind"
    message = "没有“{kind}”这种文书。"


class DocumentNotFound(NotFound):
    code = "document_not_found"
    message = "没有编号为“{number}”的文书，请核对编号。"


class DocumentTampered(Refused):
    """存档的 PDF 与签发时的摘要不一致：宁可不给，也不给一份来历不明的文书。"""

    code = "document_tampered"
    message = "文书“{number}”的存档与签发时不一致，已停止提供。请联系平台运维人员核查。"
    status = 500


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """已签发的文书。"""

    number: str
    kind: str
    kind_name: str
    verify_code: str
    subject: str
    issued_at: datetime
    title: str
    department: str = ""

    @classmethod
    def of(cls, row: Document) -> "IssuedDocument":
        """由表行构造。"""
        return cls(row.number, row.kind, rules.KINDS[row.kind].name, row.verify_code, row.subject, row.issued_at, row.title, row.department)


@dataclass(frozen=True, slots=True)
class Editions:
    """同一份文书的两种格式，都没有签章。

    属性：
        pages: 页数。
        spot: 落款的位置，盖章用；没有落款的文书（承诺书）为 None。
    """

    pdf: bytes = field(repr=False)
    ofd: bytes = field(repr=False)
    pages: int
    spot: Spot | None


def issue(
    kind: str,
    *,
    subject: str,
    context: Mapping[str, Any],
    issuer: str,
    department: str,
    issued_at: datetime | None = None,
) -> IssuedDocument:
    """签发一份文书；在业务事务里调用，只插一行，不排版。

    参数：
        kind: `rules.KINDS` 的键。
        subject: 办件号；一次性告知单为事项编码。
        context: 正文要素，缺的项在文书上留空线。`task_type`（事项类型码）决定标题与法条，缺省按行政许可。
        issuer: 签发机关全称，印在红头与落款。
        department: 部门键。
        issued_at: 成文时间，默认现在。

    异常：
        UnknownKind: 没有这种文书。
    """
    known = rules.KINDS.get(kind)
    if known is None:
        raise UnknownKind(kind=kind)
    at = issued_at or timezone.now()
    code = rules.verify_code()
    facts = {**rules.plain(dict(context)), "verify_url": f"{site_url()}/verify/{code}/"}
    row = Document.objects.create(
        number=next_number("document", at=at, word=known.word, department=department),
        kind=kind,
        title=known.title(_task_type(facts)),
        verify_code=code,
        subject=subject,
        department=department,
        issuer=issuer,
        context=json.dumps(facts, ensure_ascii=False),
        issued_at=at,
    )
    return IssuedDocument.of(row)


def render(number: str) -> bytes:
    """取得文书 PDF；没有存档时排版并存档，之后每次都是同一份内容。

    异常：
        DocumentNotFound: 编号不存在。
        DocumentTampered: 存档被改动过。
        typesetting.FontMissing: 服务器没有中文字体。
    """
    row = Document.objects.filter(number=number).first()
    if row is None:
        raise DocumentNotFound(number=number)
    kept = _kept(row)
    if kept is not None:
        return _sealed(row, kept)
    pdf = typesetting.compile_pdf(row.kind, _facts(row), at=row.issued_at)
    if row.digest and sm3(pdf).hex() != row.digest:
        raise DocumentTampered(number=row.number)
    blobs.write_once(_archive(row), pdf)
    return _sealed(row, _kept(row) or pdf)


def editions(number: str) -> Editions:
    """取得文书的 PDF 与 OFD。OFD 由存档的 PDF 誊成，逐字相同，不另存档。

    异常：同 `render`，另有 MissingGlyph、FontUnavailable——OFD 要嵌的字体里缺字或没有字体。
    """
    pdf = render(number)
    row = Document.objects.defer("context").get(number=number)
    pages = transcribe.sheets(pdf)
    custom = {"WSBH": row.number, "YZM": row.verify_code}
    ofd = transcribe.ofd_of(pages, title=f"{row.title} {row.number}", created=row.issued_at, author=row.issuer, custom=custom)
    issued_on = rules.chinese_date(timezone.localtime(row.issued_at))
    return Editions(pdf, ofd, len(pages), transcribe.signature_spot(pages, row.issuer, issued_on))


def seal_plain_archives() -> int:
    """把加密之前写下的明文存档就地换成密文，返回换了几份；内容与摘要不变，重复执行无害。"""
    sealed = 0
    for archive in _plain_archives():
        blobs.write(archive, archive.read_bytes())
        sealed += 1
    return sealed


def _sealed(row: Document, pdf: bytes) -> bytes:
    """首次渲染后登记摘要，验真页用它核对手里的文件；只从空填一次。"""
    if not row.digest:
        Document.objects.filter(pk=row.pk, digest="").update(digest=sm3(pdf).hex())
    return pdf


def _facts(row: Document) -> dict[str, Any]:
    facts = json.loads(row.context)
    task_type = _task_type(facts)
    kind = rules.KINDS[row.kind]
    return {
        **_aliased(facts),
        "number": row.number,
        "title": row.title,
        "issuer": row.issuer,
        "subject": row.subject,
        "issued_on": rules.chinese_date(timezone.localtime(row.issued_at)),
        "law": facts.get("law") or kind.basis(task_type),
        "remedy": facts.get("remedy") or rules.remedy(facts.get("review_organ", ""), facts.get("court", "")),
        "permit": "1" if task_type == rules.PERMIT else "",
        "verify_code": row.verify_code,
        "materials": rules.rows(facts.get("materials"), "name"),
        "items": [_aliased(item) for item in rules.rows(facts.get("items"), "material")],
        "events": [_aliased(event) for event in rules.rows(facts.get("events"), "name")],
    }


def _aliased(facts: Mapping[str, Any]) -> dict[str, Any]:
    """补上同义要素：业务按自己的叫法给，模板只认一种。"""
    extra = {name: facts[other] for name, other in rules.ALIASES.items() if not facts.get(name) and facts.get(other)}
    return {**facts, **extra}


def _task_type(facts: Mapping[str, Any]) -> str:
    return str(facts.get("task_type") or rules.PERMIT)


def _archive(row: Document) -> Path:
    return Path(settings.DATA) / "documents" / f"{row.issued_at:%Y}" / f"{row.verify_code}.pdf"


def _kept(row: Document) -> bytes | None:
    """存档里的 PDF 原文；还没有存档返回 None。磁盘上是密文，摘要是原文的。

    异常：
        DocumentTampered: 密文打不开，或原文与登记的摘要不符。
    """
    try:
        pdf = blobs.read(_archive(row), plain=PLAIN)
    except Tampered as error:
        log.error("文书存档打不开：%s", row.number)
        raise DocumentTampered(number=row.number) from error
    if pdf is not None and row.digest and sm3(pdf).hex() != row.digest:
        log.error("文书存档摘要不符：%s", row.number)
        raise DocumentTampered(number=row.number)
    return pdf


def _plain_archives() -> Iterator[Path]:
    for archive in (Path(settings.DATA) / "documents").glob("*/*.pdf"):
        with archive.open("rb") as stream:
            if stream.read(len(PLAIN)) == PLAIN:
                yield archive


def site_url() -> str:
    """二维码里的站点地址：优先环境变量 SHILONG_SITE_URL，否则用允许的第一个主机名。"""
    if address := os.environ.get("SHILONG_SITE_URL", "").rstrip("/"):
        return address
    scheme = "https" if settings.MODE == "production" else "http"
    return f"{scheme}://{settings.ALLOWED_HOSTS[0].lstrip('.')}"
