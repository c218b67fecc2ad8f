"""验真：打印件二维码、OFD 文件、离线验证块。谁都能验，只说状态与脱敏内容。"""

import base64
import binascii
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.codes import masks
from shilong.foundation.documents.ofd.verify import Report
from shilong.foundation.gm import keystore, sm3
from shilong.foundation.gm.errors import KeyExists
from shilong.foundation.gm.provider import KeyHandle, provider
from shilong.identity.roles.actor import ANONYMOUS, Actor
from shilong.service.licences import guessing
from shilong.service.licences.faces import values, xml
from shilong.service.licences.models import Licence
from shilong.service.licences.refusals import NotElectronic
from shilong.service.licences.rules import identifiers, validity
from shilong.service.licences.rules.states import ISSUED, STATE_NAMES, TONES, State
from shilong.service.seals import services as seals

KEY = "licence-offline"
MAX_DAYS = 90


@dataclass(frozen=True, slots=True)
class Verified:
    """验真结果：状态、脱敏内容、文件摘要。"""

    name: str
    number: str
    identifier: str
    holder: str
    holder_code: str
    issuer: str
    issue_date: date | None
    valid_text: str
    state: str
    state_name: str
    tone: str
    ofd_digest: str
    pdf_digest: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """上传文件的验真结果。`same` 为真表示与平台存的原件逐字节相同。"""

    report: Report
    found: Verified | None
    same: bool
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Offline:
    """离线验证块的核对结果。"""

    ok: bool
    problem: str
    identifier: str = ""
    digest: str = ""
    until: date | None = None


# 大厅、单位常常共用一个出口地址：验真码有 80 位随机，猜不到；验假件更不是攻击，只防拿来耗机器
CODES, FILES = 30, 120


def verify(text: str, *, ip: str) -> Verified | None:
    """凭打印件上的验真码查；没有返回 None。猜错太多次会被限频。

    异常：
        Guessing: 这个来源猜错太多次（429）。
    """
    source = f"verify:{ip}"
    guessing.refuse_locked(source)
    code = identifiers.clean_code(text)
    row = Licence.objects.filter(code_digest=sm3(code.encode()).hex()).first() if code else None
    actor = Actor(None, ANONYMOUS.name, ip=ip)
    if row is None:
        guessing.failed(source, limit=CODES)
        audit.record("licence.verify", actor=actor, object_type="licence", object_id="", result="denied")
        return None
    audit.record("licence.verify", actor=actor, object_type="licence", object_id=str(row.uid))
    return view(row)


def check_file(content: bytes, *, ip: str) -> FileReport:
    """验一份证照 OFD：逐项验章，再与证照库核对。任何输入都有报告，不抛异常（限频除外）。"""
    guessing.refuse_locked(f"file:{ip}")
    report = seals.verify(content)
    row = Licence.objects.filter(ofd_digest=sm3(content).hex()).first()
    facts = xml.from_ofd(content)
    same = row is not None
    if row is None and report.ok:  # 另一份副本（如会签过的）：章都有效时，按里面的标识找
        row = Licence.objects.filter(identifier=facts.get("ZZBS", ""), state__in=sorted(ISSUED)).first()
    if not report.ok:
        guessing.failed(f"file:{ip}", limit=FILES)
    actor = Actor(None, ANONYMOUS.name, ip=ip)
    audit.record(
        "licence.verify_file",
        actor=actor,
        object_type="licence",
        object_id=str(row.uid) if row else "",
        result="ok" if report.ok else "denied",
    )
    return FileReport(report, view(row) if row else None, same, facts if report.ok else {})


def offline_block(row: Licence, *, days: int = 30) -> str:
    """离线验证块：`标识|SM3(OFD)|到期日` 加 SM2 签名（base64url），没网的场所用平台公钥就能核对。

    异常：
        NotElectronic: 还没有电子文件。
    """
    if not row.ofd_digest:
        raise NotElectronic
    until = timezone.localdate() + timedelta(days=min(max(days, 1), MAX_DAYS))
    body = f"{row.identifier}|{row.ofd_digest}|{until:%Y%m%d}"
    signature = provider().sign(_key(), body.encode())
    return f"{body}|{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def check_offline(block: str, *, public: bytes | None = None, today: date | None = None) -> Offline:
    """核对离线验证块；只用公钥，不查库。任何输入都得到结论。

    参数：
        public: 平台公钥，65 字节；不给就用本平台自己的。
    """
    parts = block.strip().split("|")
    if len(parts) != 4:
        return Offline(False, "不是证照离线验证块")
    identifier, digest, expiry, signature = parts
    try:
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        until = date.fromisoformat(f"{expiry[:4]}-{expiry[4:6]}-{expiry[6:8]}")
    except (ValueError, binascii.Error):
        return Offline(False, "验证块写得不完整")
    if not provider().verify(public or public_key(), "|".join(parts[:3]).encode(), raw):
        return Offline(False, "签名不对，内容被改过或不是本平台出具")
    if until < (today or timezone.localdate()):
        return Offline(False, f"验证块已于{validity.chinese(until)}到期", identifier, digest, until)
    return Offline(True, "", identifier, digest, until)


def public_key() -> bytes:
    """离线验证用的平台公钥，65 字节。"""
    return _key().public


def view(row: Licence) -> Verified:
    """脱敏的样子：自然人姓名、证件号遮住，单位名称与代码公开。"""
    person = row.holder_kind == "1"
    state = State(row.state)
    return Verified(
        name=row.name,
        number=row.number,
        identifier=row.identifier,
        holder=masks.mask_name(row.holder_name) if person else row.holder_name,
        holder_code=masks.mask_idno(row.holder_code) if person else row.holder_code,
        issuer=row.issuer_name,
        issue_date=row.issue_date,
        valid_text=values.of(row)["ZZYXQ"],
        state=row.state,
        state_name=STATE_NAMES[state],
        tone=TONES[state],
        ofd_digest=row.ofd_digest,
        pdf_digest=row.pdf_digest,
    )


def _key() -> KeyHandle:
    if not keystore.exists(KEY):
        with suppress(KeyExists):  # 另一个进程刚生成
            keystore.save(KEY, provider().generate())
    return keystore.load(KEY)
