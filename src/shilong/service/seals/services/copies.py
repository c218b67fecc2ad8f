"""PDF 副本：PAdES 签名，印上同一枚章的章图。证照与文书共用。

法律上的原件是盖了 SM2 电子印章的 OFD；PAdES 没有国密规格，PDF 用 P-256 签，只作副本。
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from io import BytesIO

from PIL import Image

from shilong.foundation.documents.ofd.signing import Stamp
from shilong.identity.organizations import selectors as organizations


@dataclass(frozen=True, slots=True)
class CopySeal:
    """副本用的章：哪个部门的、章图 PNG。"""

    department: str
    picture: bytes = field(repr=False)


def import_identity(department: str, content: bytes, password: str) -> str:
    """导入一个部门的 PDF 签名证书（PKCS#12），同一部门的换掉；返回证书主体。生产环境不自造，没有导入就不能盖章。

    异常：
        NotFound: 没有这个部门。BadIdentity: 口令不对、不是 PKCS#12，或密钥太弱。
    """
    from shilong.foundation.documents import pades

    name = organizations.department(department).key
    return pades.import_identity(_identity(name), content, password).certificate.subject.rfc4514_string()


def _identity(department: str) -> str:
    return f"seal-{department}"


def sign_copy(pdf: bytes, seal: CopySeal, *, stamps: Sequence[Stamp], at: datetime, reason: str) -> bytes:
    """签名并印章，返回新的 PDF；原内容一字不动。

    参数：
        stamps: 第一处是落款的章，其后是骑缝章的各条。
        at: 签名时间。
        reason: 写进签名的事由，如文书名称与编号。

    异常：
        IdentityMissing: 生产环境没有导入部门的 PDF 签名证书。BadPdf: 位置不对。
    """
    from shilong.foundation.documents import pades  # 载入签名库要四分之一秒，用到才载

    identity = pades.ensure_identity(_identity(seal.department))
    first, *others = (pades.VisibleStamp(picture, *box) for picture, box in (_shown(one, seal.picture) for one in stamps))
    return pades.sign(pdf, key=identity.key, certificates=identity.certificates, at=at, reason=reason, stamp=first, marks=others)


def _shown(stamp: Stamp, picture: bytes) -> tuple[bytes, tuple[int, float, float, float, float]]:
    """露出来的那一块章图与它的位置。"""
    if stamp.clip is None:
        return picture, (stamp.page, stamp.x, stamp.y, stamp.w, stamp.h)
    x, y, w, h = stamp.clip
    part = _cut(picture, (x / stamp.w, y / stamp.h, (x + w) / stamp.w, (y + h) / stamp.h))
    return part, (stamp.page, stamp.x + x, stamp.y + y, w, h)


@lru_cache(maxsize=64)
def _cut(picture: bytes, part: tuple[float, float, float, float]) -> bytes:
    image = Image.open(BytesIO(picture), formats=["PNG", "JPEG"]).convert("RGBA")
    left, top, right, bottom = part
    box = (round(left * image.width), round(top * image.height), round(right * image.width), round(bottom * image.height))
    buffer = BytesIO()
    image.crop(box).save(buffer, "PNG")
    return buffer.getvalue()
