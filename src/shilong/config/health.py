"""存活与就绪检查。"""

import shutil

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse

from shilong.foundation.jobs import selectors as jobs

MIN_FREE_BYTES = 200 * 1024 * 1024


def live(_request: HttpRequest) -> JsonResponse:
    """进程还在。"""
    return JsonResponse({"status": "ok"})


def ready(_request: HttpRequest) -> JsonResponse:
    """数据库可用、作业没有停摆、磁盘有余量；任何一项不行返回 503。"""
    checks = {"database": _database(), "disk": _disk()}
    checks["jobs"] = jobs.health() if checks["database"] == "ok" else "unknown"
    good = all(value == "ok" for value in checks.values())
    return JsonResponse({"status": "ok" if good else "degraded", "checks": checks}, status=200 if good else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return type(error).__name__
    return "ok"


def _disk() -> str:
    return "ok" if shutil.disk_usage(settings.DATA).free > MIN_FREE_BYTES else "low"
