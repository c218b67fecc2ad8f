"""后台作业：默认评价、超期预警、视频转码。都可重复执行。"""

from shilong.foundation.jobs.registry import job, schedule
from shilong.service.ratings.services import attachments, defaults, handling


@job("ratings.transcode", retries=2, base=60)
def transcode(file_pk: int) -> None:
    """转码一段视频。"""
    attachments.convert(file_pk)


@schedule("ratings.defaults", every=3600)
def fill_defaults() -> None:
    """到期没有评价的记默认评价。"""
    while defaults.fill():
        pass


@schedule("ratings.overdue", every=1800)
def warn_overdue() -> None:
    """差评工单超期预警。"""
    handling.warn_overdue()
