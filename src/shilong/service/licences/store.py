"""证照文件：`$DATA/licences/年/内部编号.种类`，加密存放，取出时核对签发时的 SM3。"""

from pathlib import Path

from django.conf import settings

from shilong.foundation.files import blobs
from shilong.foundation.files.refusals import Tampered
from shilong.foundation.gm import sm3
from shilong.service.licences.models import Licence
from shilong.service.licences.refusals import FileBroken, NotElectronic

KINDS = ("ofd", "pdf")


def save(row: Licence, kind: str, content: bytes) -> str:
    """写一份，返回 SM3。文件名带摘要：签发失败留下的半成品不会被当成正式文件。"""
    digest = sm3(content).hex()
    blobs.write(_path(row, kind, digest), content)
    return digest


def load(row: Licence, kind: str) -> bytes:
    """取一份。

    异常：
        NotElectronic: 还没有电子文件。
        FileBroken: 文件丢失或被改动。
    """
    digest = row.ofd_digest if kind == "ofd" else row.pdf_digest
    if not digest:
        raise NotElectronic
    try:
        return blobs.read_exact(_path(row, kind, digest), digest)
    except Tampered as error:
        raise FileBroken from error


def _path(row: Licence, kind: str, digest: str) -> Path:
    return Path(settings.DATA) / "licences" / f"{row.created_at:%Y}" / f"{row.uid}-{digest[:16]}.{kind}"
