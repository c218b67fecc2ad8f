"""验章：底层逐项检查之外，再核对印章在本平台的现状与用章日志。

签章时印章必须处于启用状态、用的是当时的现行版本；之后停用、变更、注销都不影响历史签章。
平台发的章还要在用章日志里找得到这一次签章：即使密钥被偷，平台之外盖的章也查得出来。
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shilong.foundation.documents.ofd import verify as ofd_verify
from shilong.foundation.documents.ofd.verify import Check, Report, SealSummary
from shilong.foundation.gm import authority
from shilong.service.seals.models import SealEvent, SealUse, SealVersion
from shilong.service.seals.rules import STATUS_NAMES, SealStatus

SECOND = timedelta(seconds=1)  # 签章值里的时间只到秒


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
    checks = [*report.checks, *(check for found in report.seals for check in _platform(found))]
    return replace(report, ok=all(check.ok for check in checks), checks=checks)


def _platform(found: SealSummary) -> list[Check]:
    version = SealVersion.objects.select_related("seal").defer("picture", "data", "key").filter(es_id=found.es_id).first()
    genuine = version is not None and bytes(version.certificate) == found.signer_certificate
    detail = version.seal.seal_no if version and genuine else "本平台没有制发过这枚印章"
    checks = [Check("registered", "印章在本平台登记", genuine, detail, found.number)]
    if version is None or not genuine:
        return checks
    at = found.signed_at
    states = _states(version.seal_id, at)
    now = STATUS_NAMES[SealStatus(version.seal.status)]
    then = "、".join(dict.fromkeys(STATUS_NAMES[state] for state in states)) or "尚未制发"
    logged = SealUse.objects.filter(signature_hash=found.value_digest, seal_no=version.seal.seal_no, result="ok").exists()
    return [
        *checks,
        Check("seal_state", "签章时印章处于启用状态", SealStatus.ACTIVE in states, f"签章时{then}，现在{now}", found.number),
        Check("seal_version_state", "签章时用的是现行版本", _current(version, at), f"第 {version.version} 版", found.number),
        Check("logged", "用章日志有这一次签章", logged, "" if logged else "日志里没有，可能不是在本平台盖的", found.number),
    ]


def _states(seal_id: int, at: datetime) -> list[SealStatus]:
    """这一秒里印章处于过哪些状态：秒初的状态，加上这一秒里变成的状态。"""
    rows = SealEvent.objects.filter(seal_id=seal_id, at__lt=at + SECOND).order_by("at", "pk").values_list("at", "status")
    before = [SealStatus(status) for moment, status in rows if moment <= at]
    return [*before[-1:], *(SealStatus(status) for moment, status in rows if moment > at)]


def _current(version: SealVersion, at: datetime) -> bool:
    return version.made_at < at + SECOND and (version.superseded_at is None or at < version.superseded_at)
