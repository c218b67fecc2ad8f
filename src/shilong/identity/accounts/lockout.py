"""登录失败锁定：计数由 django-axes 负责（登录名 + 来源地址），这里把它接到“没有浏览器请求也能用”的服务层。

传给 axes 的是只带来源地址的空白请求：真实请求会把表单内容写进 axes 的表，也会让 axes 中间件把我们的页面换成它的纯文本。
"""

from math import ceil

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from shilong.identity.accounts.refusals import AccountLocked


def attempt(ip: str, user_agent: str = "") -> HttpRequest:
    """给认证后端用的请求。"""
    request = HttpRequest()
    request.method = "POST"
    request.path = request.path_info = "/login/"
    request.META = {"REMOTE_ADDR": ip or "0.0.0.0", "HTTP_USER_AGENT": user_agent[:255]}  # noqa: S104 只是占位，不监听
    return request


def refuse_if_locked(username: str, ip: str) -> None:
    """已锁定则 `AccountLocked`，说清还要等几分钟。"""
    cool_off = get_cool_off(attempt(ip))
    since = timezone.now() - cool_off
    rows = AccessAttempt.objects.filter(username=username, ip_address=ip or "0.0.0.0", attempt_time__gt=since)  # noqa: S104
    failures = list(rows.values_list("failures_since_start", "attempt_time"))
    if sum(count for count, _ in failures) < settings.AXES_FAILURE_LIMIT:
        return
    last = max(at for _, at in failures)
    minutes = ceil((last + cool_off - timezone.now()).total_seconds() / 60)
    raise AccountLocked(minutes=max(1, minutes))


def clear(username: str, ip: str) -> None:
    """登录成功后清零。"""
    reset(ip=ip or "0.0.0.0", username=username)  # noqa: S104
