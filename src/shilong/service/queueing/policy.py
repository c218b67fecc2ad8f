"""叫号规则的读取；没有设置过时用缺省值。"""

from shilong.service.queueing.models import QueuePolicy
from shilong.service.queueing.rules import Policy

PRIORITIES = ("老年人", "现役军人", "退役军人", "残疾人", "孕妇")


def current() -> QueuePolicy:
    """现行规则。"""
    return QueuePolicy.objects.filter(pk=1).first() or QueuePolicy(pk=1, priorities=list(PRIORITIES))


def order(row: QueuePolicy) -> Policy:
    """叫号顺序用的部分。"""
    return Policy(
        booked_share=row.booked_share, walkin_share=row.walkin_share, priority_run=row.priority_run, early_minutes=row.early_minutes
    )
