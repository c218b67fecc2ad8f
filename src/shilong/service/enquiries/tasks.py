"""定时：超期预警。"""

from shilong.foundation.jobs.registry import schedule
from shilong.service.enquiries import services


@schedule("enquiries.overdue", every=1800)
def warn_overdue() -> None:
    """超期没答复的预警。"""
    services.warn_overdue()
