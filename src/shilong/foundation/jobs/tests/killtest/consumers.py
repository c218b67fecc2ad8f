import time

from shilong.foundation.events.registry import EventView, consumer
from shilong.foundation.jobs.registry import job
from shilong.foundation.jobs.tests.killtest.models import Tally

WORK = 0.004  # 秒；让 kill 有机会落在写入与了结之间


@consumer("kill.counted", name="killtest.count")
def count(event: EventView) -> None:
    Tally.objects.create(kind="guarded", number=event.payload["n"])
    time.sleep(WORK)


@consumer("kill.poison", name="killtest.poison", retries=2, base=0.01, cap=0.02)
def poison(event: EventView) -> None:
    Tally.objects.create(kind="poison", number=event.payload["n"])
    raise ValueError("毒消息")


@job("killtest.unguarded", retries=50)
def unguarded(n: int) -> None:
    """对照组：没有回执，写入与了结不在同一事务。"""
    Tally.objects.create(kind="unguarded", number=n)
    time.sleep(WORK)
