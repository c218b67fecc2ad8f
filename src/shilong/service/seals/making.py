"""制章：生成 SM2 签章密钥、签发证书、做成 SESeal v4（GB/T 38540—2020 6.2）。私钥用完即由密钥库加密。"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils import timezone

from shilong.foundation.documents.ofd import seal as ofd_seal
from shilong.foundation.documents.ofd.signing import Sealing
from shilong.foundation.gm import authority, keystore
from shilong.foundation.gm.certificates import Certificate, parse
from shilong.foundation.gm.provider import KeyHandle, provider
from shilong.service.seals.models import Maker, Seal, SealVersion
from shilong.service.seals.rules import KINDS

MAKER_DAYS = 365 * 15
MAKER_NAME = {"country_name": "CN", "organization_name": "石龙区行政审批和政务信息管理局", "common_name": "石龙区电子印章制作机构"}


@dataclass(frozen=True, slots=True)
class Blank:
    """要制的章：编号、章图、有效期止。"""

    seal: Seal
    version: int
    code: str
    name: str
    picture: bytes
    valid_until: datetime
    made_by: str


def make(blank: Blank) -> SealVersion:
    """制一枚章，返回已存的版本。在业务事务里调用：事务回滚，密钥也就没有了。

    异常：
        DevelopmentOnly: 生产模式没有正式的签发机构。NotExportable: 私钥在密码机里，不能存库。
    """
    now = timezone.now().replace(microsecond=0)
    ca = authority.ensure()
    maker_certificate, maker_key = _maker(blank.valid_until, ca)
    key, key_name = provider().generate(), f"seal-{blank.seal.pk}-{blank.version}"
    subject = {"country_name": "CN", "organization_name": blank.seal.department_name, "common_name": blank.name}
    certificate = ca.issue(subject, key.public, (blank.valid_until - now).days + 1)
    until = min(blank.valid_until, certificate.not_after)
    kind = KINDS[blank.seal.kind]
    es_id = f"{blank.seal.seal_no}-{blank.version}"
    info = ofd_seal.SealInfo(
        es_id=es_id,
        name=blank.name,
        picture=blank.picture,
        width=kind.width,
        height=kind.height,
        signers=[certificate],
        created=now,
        valid_from=now,
        valid_until=until,
        kind=int(blank.seal.kind),
    )
    return SealVersion.objects.create(
        seal=blank.seal,
        version=blank.version,
        es_id=es_id,
        code=blank.code,
        name=blank.name,
        picture=blank.picture,
        width=kind.width,
        height=kind.height,
        certificate=certificate.der,
        serial=certificate.serial_hex,
        key_name=key_name,
        key=keystore.lock(key_name, key).decode(),
        data=ofd_seal.build_seal(info, maker_certificate, maker_key),
        valid_from=now,
        valid_until=until,
        made_by=blank.made_by,
        made_at=now,
    )


def sealing(version: SealVersion) -> Sealing:
    """取出这一版印章的证书与私钥，供签章。异常：KeyUnreadable。"""
    key = keystore.unlock(version.key_name, version.key.encode())
    return Sealing(bytes(version.data), _parsed(bytes(version.certificate)), key)


@lru_cache(maxsize=64)
def _parsed(der: bytes) -> Certificate:
    return parse(der)


def _maker(until: datetime, ca: authority.Authority) -> tuple[Certificate, KeyHandle]:
    """制章机构的证书要比印章活得久，否则印章还有效时验章会说制章者证书过期；快到期就换新的。"""
    row = Maker.objects.filter(not_after__gt=until).order_by("-not_after").first() or _new_maker(ca)
    return parse(bytes(row.certificate)), keystore.unlock(row.key_name, row.key.encode())


def _new_maker(ca: authority.Authority) -> Maker:
    key, key_name = provider().generate(), f"seal-maker-{timezone.now():%Y%m%d%H%M%S%f}"
    certificate = ca.issue(MAKER_NAME, key.public, MAKER_DAYS)
    return Maker.objects.create(
        certificate=certificate.der,
        key_name=key_name,
        key=keystore.lock(key_name, key).decode(),
        not_after=certificate.not_after,
        created_at=timezone.now(),
    )
