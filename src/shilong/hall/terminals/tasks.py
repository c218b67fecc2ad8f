"""定时：离线判定、清理旧截屏。都可重复执行。"""

from shilong.foundation.jobs.registry import schedule
from shilong.hall.terminals import services


@schedule("terminals.watch", every=60)
def watch() -> None:
    """看看谁离线了。"""
    services.watch()


@schedule("terminals.prune", at="03:20")
def prune() -> None:
    """清掉七天前的截屏。"""
    services.prune_shots()
