"""PDF 副本：第一次有人下载时才生成。原件是盖章的 OFD，多数证照从来没有人要 PDF；签发时不做，批量签发省去近四成时间（实测）。"""

from django.utils import timezone

from shilong.foundation.documents import services as documents
from shilong.service.licences import sealing, store
from shilong.service.licences.faces import pdf, values
from shilong.service.licences.models import Licence
from shilong.service.seals import services as seals


def load(row: Licence, kind: str) -> bytes:
    """取一份文件，`kind` 是 ofd 或 pdf；PDF 还没有的现做。

    异常：
        NotElectronic: 还没有电子文件。FileBroken: 文件丢失或被改动。
    """
    if kind == "pdf" and not row.pdf_digest and row.ofd_digest:
        return _made(row)
    return store.load(row, kind)


def verify_url(code: str) -> str:
    """打印在照面上的验真地址。"""
    return f"{documents.site_url()}/v/{code}/"


def _made(row: Licence) -> bytes:
    """照原件做一份：同样的照面、二维码，章图取自原件里的签章，印章后来换了也不变样。"""
    original = seals.verify(store.load(row, "ofd"))
    at = timezone.now()
    plain = pdf.compose(row.type.template, values.of(row), verify_url=verify_url(row.code or "COPY"), at=at)
    signed = sealing.copy(plain, row, original.seals[0], at=at)
    digest = store.save(row, "pdf", signed)
    if not Licence.objects.filter(pk=row.pk, pdf_digest="").update(pdf_digest=digest):
        row.refresh_from_db(fields=["pdf_digest"])  # 同时有人做好了一份：给同一份
        return store.load(row, "pdf")
    return signed
