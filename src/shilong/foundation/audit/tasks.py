"""定时封存。"""

from shilong.foundation.audit import services
from shilong.foundation.jobs.registry import schedule


@schedule("audit.seal", every=10)
def seal() -> None:
    """把新的审计记录编进链；积压多时一次清完。"""
    while services.seal() == services.BATCH:
        pass
