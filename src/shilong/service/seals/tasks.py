"""到期自动过期、日志编链、吊销证书。都可重复执行。"""

from datetime import datetime, timedelta

from shilong.foundation.audit import services as audit
from shilong.foundation.audit.tasks import Requester
from shilong.foundation.gm import authority
from shilong.foundation.gm.certificates import RevocationReason
from shilong.foundation.jobs import progress
from shilong.foundation.jobs.registry import job, schedule
from shilong.service.seals.models import SealUse, SealVersion

CHECK_KEY, CHECK_LABEL = "seals-log", "用章日志校验"
EXAMPLES = 20


@job("seals.revoke")
def revoke(seal_no: str, versions: list[int], reason: str, at: str) -> None:
    """吊销这几版印章的证书；与业务同一事务入队，提交后才执行，断电也不会漏。重复吊销保留第一次的记录。

    参数：
        versions: 版本号；空为全部版本。
        at: 生效时刻，ISO 格式。证书里的时间只到秒，往后取整，免得把同一秒里刚盖的章算作吊销之后。
    """
    rows = SealVersion.objects.filter(seal__seal_no=seal_no)
    chosen = rows.filter(version__in=versions) if versions else rows
    moment = datetime.fromisoformat(at) + timedelta(seconds=1)
    for serial in chosen.values_list("serial", flat=True):
        authority.ensure().revoke(int(serial, 16), RevocationReason(reason), at=moment)


@schedule("seals.expire", at="00:01")
def expire() -> None:
    """把到期的章置为过期；签章时另按有效期逐次核对，不等这一趟。"""
    from shilong.service.seals import services  # 服务要用上面的作业，放在里面才不成环

    services.expire_due()


@schedule("seals.chain", every=30)
def chain() -> None:
    """把新的用章日志编进链；积压多时一次清完。"""
    from shilong.service.seals import services

    while services.seal_chain() == services.CHAIN_BATCH:
        pass


@job("seals.verify_log", retries=2)
def verify_log(account_id: int | None, name: str, ip: str) -> None:
    """从头校验用章日志链，边查边报进度；结果记进审计，页面取最近一次显示。重复执行只是再查一遍。"""
    from shilong.service.seals import services

    chain()
    total = SealUse.objects.count()
    progress.report(CHECK_KEY, CHECK_LABEL, 0, max(total, 1))
    problems = services.verify_chain(progress=lambda done: progress.report(CHECK_KEY, CHECK_LABEL, min(done, total - 1), total))
    examples = [f"{one.position or '未编链'}：{one.text}" for one in problems[:EXAMPLES]]
    detail = {"checked": total, "problems": len(problems)} | ({"examples": examples} if examples else {})
    audit.record("seal.verify_log", actor=Requester(account_id, name, ip), result="failed" if problems else "ok", detail=detail)
    progress.report(CHECK_KEY, CHECK_LABEL, 1, 1)
