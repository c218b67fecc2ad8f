"""每个页面都要的少量上下文。"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from shilong.foundation.jobs import progress
from shilong.foundation.notify import selectors as notify

MOST = 99  # 铃铛上最多显示的数


def site(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)

    def unread() -> int:
        """铃铛上的未读数；登录的人才有，超过 99 不再往下数。"""
        return notify.unread_count(actor.account_id, most=MOST + 1) if actor is not None and actor.account_id else 0

    return {
        "SITE_NAME": settings.SITE_NAME,
        "PLATFORM_NAME": settings.PLATFORM_NAME,
        "MODE": settings.MODE,
        "actor": actor,
        "running_jobs": progress.running,  # 模板用到才读
        "unread_messages": unread,
    }
