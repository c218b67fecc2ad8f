"""每个页面都要的少量上下文。"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from shilong.foundation.jobs import progress


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "SITE_NAME": settings.SITE_NAME,
        "PLATFORM_NAME": settings.PLATFORM_NAME,
        "MODE": settings.MODE,
        "actor": getattr(request, "actor", None),
        "running_jobs": progress.running,  # 模板用到才读
    }
