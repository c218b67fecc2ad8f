"""验章：底层逐项检查之外，再核对印章在本平台的现状与用章日志。

签章时印章必须处于启用状态、用的是当时的现行版本；之后停用、变更、注销都不影响历史签章。
平台发的章还要在用章日志里找得到这一次签章：即使密钥被偷，平台之外盖的章也查得出来。
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shilong.foundation.documents.ofd import package, structure
from shilong.foundation.documents.ofd import verify as ofd_verify
from shilong.foundation.documents.ofd.verify import Check, Report, SealSummary
from shilong.foundation.gm import authority, sm3
from shilong.service.seals.models import SealEvent, SealUse, SealVersion
from shilong.service.seals.rules import STATUS_NAMES, SealStatus

SECOND = timedelta(seconds=1)  # 签章值里的时间只到秒


@dataclass(frozen=True, slots=True)
class _Found:
    """文件里的一枚章与签章值的摘要。"""

    number: int
    summary: SealSummary
    signature_hash: str


def verify(ofd: bytes) -> Report:
    """验一份 OFD 的全部印章。任何输入都得到报告，不抛异常。

    在底层各项（`documents.ofd.verify`，含证书链与吊销列表）之外追加：
        registered      印章在本平台登记
        seal_state      签章时印章处于启用状态
        seal_version_state  签章时用的是现行版本
        logged          用章日志有这一次签章
    """
    trust = authority.ensure()
    report = ofd_verify.verify(ofd, roots=trust.roots, intermediates=trust.intermediates, crls=[trust.crl()])
    if not report.seals:
        return report
    checks = [*report.checks, *(check for found in _found(ofd, report) for check in _platform(found))]
    return replace(report, ok=all(check.ok for check in checks), checks=checks)


def _found(ofd: bytes, report: Report) -> Iterable[_Found]:
    """底层报告只列得出结构正确的章；用 Check 里的序号把它们与签名清单对上。"""
    files = package.unpack(ofd)
    entries = [entry for document in structure.documents(files) for entry in document.signatures()]
    broken = {check.seal for check in report.checks if check.code == "signed_value" and not check.ok}
    readable = [number for number in range(1, len(entries) + 1) if number not in broken]
    for number, summary in zip(readable, report.seals, strict=False):
        yield _Found(number, summary, sm3(package.read(files, entries[number - 1].value_location)).hex())


def _platform(found: _Found) -> list[Check]:
    version = SealVersion.objects.select_related("seal").filter(es_id=found.summary.es_id).first()
    genuine = version is not None and bytes(version.certificate) == found.summary.signer_certificate
    detail = version.seal.seal_no if version and genuine else "本平台没有制发过这枚印章"
    checks = [Check("registered", "印章在本平台登记", genuine, detail, found.number)]
    if version is None or not genuine:
        return checks
    at = found.summary.signed_at
    states = _states(version.seal_id, at)
    now = STATUS_NAMES[SealStatus(version.seal.status)]
    then = "、".join(dict.fromkeys(STATUS_NAMES[state] for state in states)) or "尚未制发"
    logged = SealUse.objects.filter(signature_hash=found.signature_hash, seal_no=version.seal.seal_no, result="ok").exists()
    return [
        *checks,
        Check("seal_state", "签章时印章处于启用状态", SealStatus.ACTIVE in states, f"签章时{then}，现在{now}", found.number),
        Check("seal_version_state", "签章时用的是现行版本", _current(version, at), f"第 {version.version} 版", found.number),
        Check("logged", "用章日志有这一次签章", logged, "" if logged else "日志里没有，可能不是在本平台盖的", found.number),
    ]


def _states(seal_id: int, at: datetime) -> list[SealStatus]:
    """这一秒里印章处于过哪些状态：秒初的状态，加上这一秒里变成的状态。"""
    events = SealEvent.objects.filter(seal_id=seal_id).order_by("at", "pk")
    before = events.filter(at__lte=at).last()
    within = events.filter(at__gt=at, at__lt=at + SECOND)
    return [SealStatus(row.status) for row in ([before] if before else []) + list(within)]


def _current(version: SealVersion, at: datetime) -> bool:
    return version.made_at < at + SECOND and (version.superseded_at is None or at < version.superseded_at)
