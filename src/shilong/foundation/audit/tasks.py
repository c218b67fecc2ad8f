"""定时封存；整条链的校验。"""

from dataclasses import dataclass

from shilong.foundation.audit import services
from shilong.foundation.jobs import progress
from shilong.foundation.jobs.registry import job, schedule

KEY, LABEL = "audit-verify", "审计链校验"
EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Requester:
    """要求校验的人；作业里没有请求，只带留痕要的几项。"""

    account_id: int | None
    name: str
    ip: str


@schedule("audit.seal", every=10)
def seal() -> None:
    """把新的审计记录编进链；积压多时一次清完。"""
    while services.seal() == services.BATCH:
        pass


@job("audit.verify", retries=2)
def verify(account_id: int | None, name: str, ip: str, anchor: str = "") -> None:
    """从头校验整条链，边查边报进度；结果记进审计，页面取最近一次显示。重复执行只是再查一遍。

    参数：
        anchor: 库外存的锚点（一行），空串为不比对。
    """
    seal()
    total = services.sealed()
    progress.report(KEY, LABEL, 0, max(total, 1))
    problems = services.verify_anchor(services.Anchor.load(anchor)) if anchor else []
    problems += services.verify(progress=lambda done: progress.report(KEY, LABEL, min(done, total - 1), total))
    detail = {"problems": len(problems), "checked": total, "anchored": bool(anchor)}
    examples = [f"{one.position or '未封存'}：{one.text}" for one in problems[:EXAMPLES]]
    services.record(
        "audit.verify",
        actor=Requester(account_id, name, ip),
        result="failed" if problems else "ok",
        detail=detail | ({"examples": examples} if examples else {}),
    )
    progress.report(KEY, LABEL, 1, 1)
