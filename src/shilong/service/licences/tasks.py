"""后台作业：自动签发、批量、导入、过期、归集。都可重复执行。"""

from shilong.foundation.jobs.registry import job, schedule
from shilong.identity.roles.actor import SYSTEM
from shilong.service.licences.services import batches, importing, issuing, lifecycle, notices, pushing


@job("licences.issue", retries=5, base=30)
def issue_one(uid: str) -> None:
    """自动签发一张；签不成的原因记在证照上。"""
    issuing.issue_by_system(uid, actor=SYSTEM)


@job("licences.batch", retries=5, base=10, cap=300)
def run_batch(uid: str) -> None:
    """批量签发的一小批。"""
    batches.run(uid)


@job("licences.import", retries=5, base=10, cap=300)
def run_import(uid: str) -> None:
    """导入的一小批。"""
    importing.run_import(uid)


@job("licences.push_now", retries=0)
def push_now() -> None:
    """有变化时马上推；推不出去的由定时补推。"""
    pushing.push_due()


@schedule("licences.push", every=60)
def push_due() -> None:
    """补推没送达的。"""
    pushing.push_due()


@schedule("licences.expire", at="00:10")
def expire() -> None:
    """有效期届满的改为过期。"""
    lifecycle.expire_due()


@schedule("licences.remind", at="08:30")
def remind() -> None:
    """快到期的提醒持证人。"""
    notices.remind_due()
