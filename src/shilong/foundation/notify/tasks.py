"""投递作业。"""

from shilong.foundation.jobs.registry import job
from shilong.foundation.notify import services

RETRIES = 8


@job("notify.deliver", retries=RETRIES, base=10, cap=1800)
def deliver_one(delivery_id: int) -> None:
    """投递一条短信或邮件；由 `services.send` 入队。重复执行无害：已发出的直接返回。"""
    services.deliver(delivery_id, last_attempt=RETRIES + 1)
