"""历史办件的后台生成：一次一小批，批与批之间让别的作业先走；断了从进度处接着来，不会重复。"""

import os
import time

from django.db import connection

from shilong.foundation.jobs import progress
from shilong.foundation.jobs.registry import job

BATCH = 20
TOTAL = int(os.environ.get("SHILONG_DEMO_CASES", "2000"))
# 秒。SQLite 同一时刻只有一个写者，等锁的人最长隔 0.1 秒看一次；两件之间空出这么久，登录之类的写一定插得进来，
# 否则连着写会让前台一直等到超时。别的库没有这个问题。
GAP = 0.15
LABEL = "正在生成演示用的历史办件"


@job("demo.history", retries=3, base=10, cap=60)
def history(start: int) -> None:
    """从第 `start` 件起生成一批，记下进度，再排下一批。重复执行无害：每件有固定的防重键。"""
    from shilong.config.demo import story

    end = min(start + BATCH, TOTAL)
    progress.report("demo", LABEL, start, TOTAL)
    for number in range(start, end):
        story.tell([number])
        give_way()
    progress.report("demo", LABEL, end, TOTAL)
    if end < TOTAL:
        history.enqueue(end, key="demo.history")


@job("demo.deliveries", retries=3, base=10, cap=60)
def deliveries() -> None:
    """演示用的收件地址与寄递单；在后台生成，不拖慢启动。重复执行只补缺的。"""
    from shilong.config.demo import deliveries as demo

    demo.deliveries()


def give_way() -> None:
    """让出写锁，别的连接先写；此刻不在事务里。"""
    if connection.vendor == "sqlite":
        time.sleep(GAP)
