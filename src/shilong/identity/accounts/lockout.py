"""登录失败锁定：计数由 django-axes 负责（登录名 + 来源地址），这里把它接到“没有浏览器请求也能用”的服务层。

传给 axes 的是只带来源地址的空白请求：真实请求会把表单内容写进 axes 的表，也会让 axes 中间件把我们的页面换成它的纯文本。
"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import NotFound
from shilong.identity.accounts.refusals import AccountLocked
from shilong.identity.roles.actor import Actor, Role, require


@dataclass(frozen=True, slots=True)
class LockView:
    """一个（登录名, 来源地址）最近的登录失败；`until` 为空表示还没到锁定的次数。"""

    username: str
    ip: str
    failures: int
    last_at: datetime
    until: datetime | None


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


def recent(*, actor: Actor) -> list[LockView]:
    """冷却期内登录失败过的（登录名, 来源地址），锁定的在前；系统管理员与安全管理员可看。"""
    require(actor, Role.SYSADMIN, Role.SECADMIN)
    cool_off = get_cool_off(attempt(""))
    rows = AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - cool_off)
    tally: dict[tuple[str, str], tuple[int, datetime]] = {}
    for username, ip, count, at in rows.values_list("username", "ip_address", "failures_since_start", "attempt_time"):
        key = (username or "", ip or "")
        total, last = tally.get(key, (0, at))
        tally[key] = (total + count, max(last, at))
    found = [
        LockView(username, ip, count, last, last + cool_off if count >= settings.AXES_FAILURE_LIMIT else None)
        for (username, ip), (count, last) in tally.items()
    ]
    return sorted(found, key=lambda row: (row.until is None, -row.last_at.timestamp()))


def unlock(username: str, ip: str, *, actor: Actor) -> None:
    """解除一个锁定（本人来电核实之后）。

    异常：
        NotAllowed: 不是系统管理员、安全管理员。NotFound: 没有这条，可能已自动解除。
    """
    require(actor, Role.SYSADMIN, Role.SECADMIN)
    with transaction.atomic():
        if not reset(ip=ip, username=username):
            raise NotFound("没有找到这条锁定，可能已自动解除。")
        audit.record("login.unlock", actor=actor, object_type="account", object_id=username[:64], detail={"ip": ip})
