"""登录失败锁定：计数由 django-axes 负责（登录名 + 来源地址），这里把它接到“没有浏览器请求也能用”的服务层。

传给 axes 的是只带来源地址的空白请求：真实请求会把表单内容写进 axes 的表，也会让 axes 中间件把我们的页面换成它的纯文本。
axes 存的也不是登录框里的字：有人会把证件号、手机号甚至密码填在那里，存的是 `stored_name` 给的不可逆索引。
"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import NotFound
from shilong.identity.accounts.models import Account, Kind
from shilong.identity.accounts.refusals import AccountLocked
from shilong.identity.roles.actor import Actor, Role, require


@dataclass(frozen=True, slots=True)
class LockView:
    """一个（登录名, 来源地址）最近的登录失败；`until` 为空表示还没到锁定的次数。

    属性：
        key: 登录名的不可逆索引，解锁时用。
        username: 登录名；没有这个账号时为空，索引推不回人填了什么。
    """

    key: str
    username: str
    ip: str
    failures: int
    last_at: datetime
    until: datetime | None


def stored_name(request: Any, credentials: Any = None) -> str:
    """axes 库里代替登录名的索引（AXES_USERNAME_CALLABLE）。"""
    return blind_index(str((credentials or {}).get("username") or ""))


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
    rows = AccessAttempt.objects.filter(username=blind_index(username), ip_address=ip or "0.0.0.0", attempt_time__gt=since)  # noqa: S104
    failures = list(rows.values_list("failures_since_start", "attempt_time"))
    if sum(count for count, _ in failures) < settings.AXES_FAILURE_LIMIT:
        return
    last = max(at for _, at in failures)
    minutes = ceil((last + cool_off - timezone.now()).total_seconds() / 60)
    raise AccountLocked(minutes=max(1, minutes))


def clear(username: str, ip: str) -> None:
    """登录成功后清零。"""
    reset(ip=ip or "0.0.0.0", username=blind_index(username))  # noqa: S104


def recent(*, actor: Actor, username: str = "") -> list[LockView]:
    """冷却期内登录失败过的（登录名, 来源地址），锁定的在前；系统管理员与安全管理员可看。

    参数：
        username: 只看这个登录名的；库里只有索引，所以要写全。
    """
    require(actor, Role.SYSADMIN, Role.SECADMIN)
    cool_off = get_cool_off(attempt(""))
    rows = AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - cool_off)
    if username:
        rows = rows.filter(username=blind_index(username))
    tally: dict[tuple[str, str], tuple[int, datetime]] = {}
    for name, ip, count, at in rows.values_list("username", "ip_address", "failures_since_start", "attempt_time"):
        who = (name or "", ip or "")
        total, last = tally.get(who, (0, at))
        tally[who] = (total + count, max(last, at))
    names = {blind_index(username): username} if username else _names({key for key, _ in tally})
    found = [
        LockView(key, names.get(key, ""), ip, count, last, last + cool_off if count >= settings.AXES_FAILURE_LIMIT else None)
        for (key, ip), (count, last) in tally.items()
    ]
    return sorted(found, key=lambda row: (row.until is None, -row.last_at.timestamp()))


def unlock(key: str, ip: str, *, actor: Actor) -> str:
    """解除一个锁定（本人来电核实之后）；返回登录名，认不出是谁的返回空串。

    参数：
        key: `LockView.key`。

    异常：
        NotAllowed: 不是系统管理员、安全管理员。NotFound: 没有这条，可能已自动解除。
    """
    require(actor, Role.SYSADMIN, Role.SECADMIN)
    username = _names({key}).get(key, "")
    with transaction.atomic():
        if not key or not reset(ip=ip, username=key):
            raise NotFound("没有找到这条锁定，可能已自动解除。")
        audit.record("login.unlock", actor=actor, object_type="account", object_id=username or key[:16], detail={"ip": ip})
    return username


def _names(keys: set[str]) -> dict[str, str]:
    """索引对应的登录名，只认工作人员：人数有限，逐个算一遍就知道；群众的由页面按登录名查。"""
    if not keys:
        return {}
    names = Account.objects.filter(kind=Kind.STAFF).values_list("username", flat=True)
    return {key: name for name in names if (key := blind_index(name)) in keys}
