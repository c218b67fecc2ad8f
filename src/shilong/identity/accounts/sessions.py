"""会话：登录建立、滑动续期、并发管理。会话本体是 Django 的数据库会话；`SignIn` 让人看得见、踢得掉。"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth import login as django_login
from django.contrib.auth import logout as django_logout
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import NotAllowed, NotFound
from shilong.identity.accounts.models import Account, SignIn
from shilong.identity.accounts.network import client_ip
from shilong.identity.roles.actor import Actor, Role

AGENT_FOR = "agent_for"
_SEEN = "seen"
_TOUCH_EVERY = 60  # 秒：滑动续期每分钟最多写一次库，不为每个请求付一次写
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class SignInView:
    """给人看的一条会话。"""

    id: int
    account_id: int
    username: str
    name: str
    method: str
    ip: str
    user_agent: str
    at: datetime
    seen_at: datetime
    current: bool


def start(request: HttpRequest, account: Account, *, method: str) -> None:
    """建立登录会话（换新会话键，防会话固定）并登记。"""
    django_login(request, account, backend=_BACKEND)
    request.session.pop(AGENT_FOR, None)
    request.session[_SEEN] = int(time.time())
    request.session.save()
    with transaction.atomic():
        SignIn.objects.create(
            account=account,
            session_key=request.session.session_key or "",
            method=method,
            ip=client_ip(request) or None,
            user_agent=request.headers.get("User-Agent", "")[:255],
        )
        audit.record(
            "login",
            actor=_as_actor(account, client_ip(request)),
            object_type="account",
            object_id=str(account.pk),
            detail={"method": method},
        )


def end(request: HttpRequest, actor: Actor) -> None:
    """退出登录；会话内容一并清除（剩余信息保护）。"""
    key = request.session.session_key
    with transaction.atomic():
        SignIn.objects.filter(session_key=key, ended_at=None).update(ended_at=timezone.now(), ended_by="退出")
        audit.record("logout", actor=actor, object_type="account", object_id=str(actor.account_id))
        django_logout(request)


def touch(request: HttpRequest) -> None:
    """滑动续期：有操作就把会话的有效期往后推，30 分钟不操作自动失效。"""
    now = int(time.time())
    if now - int(request.session.get(_SEEN, 0)) < _TOUCH_EVERY:
        return
    request.session[_SEEN] = now
    SignIn.objects.filter(session_key=request.session.session_key).update(seen_at=timezone.now())


def alive(session_key: str) -> bool:
    """这个会话还在不在（没有退出、没有超时、没有被下线）。"""
    return bool(session_key) and SESSION_KEY in SessionStore(session_key=session_key).load()


def active(account_id: int | None = None, *, current_key: str = "") -> list[SignInView]:
    """正在生效的会话；不给账号时是全部账号的（管理员用）。"""
    since = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    rows = SignIn.objects.filter(ended_at=None, seen_at__gte=since).select_related("account")
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    return [_view(row, current_key) for row in rows[:500]]


def kick(sign_in_id: int, *, actor: Actor) -> None:
    """强制结束一个会话：本人可以踢自己的其他会话，系统管理员与安全管理员可以踢任何人的。

    异常：
        NotFound: 会话已结束。
        NotAllowed: 既不是本人也不是管理员。
    """
    row = SignIn.objects.filter(pk=sign_in_id, ended_at=None).first()
    if row is None:
        raise NotFound("这个会话已经结束了。")
    if row.account_id != actor.account_id and not actor.has(Role.SYSADMIN, Role.SECADMIN):
        raise NotAllowed("只能结束自己的会话。")
    with transaction.atomic():
        _close(row, "本人下线" if row.account_id == actor.account_id else "管理员下线")
        audit.record("session.kick", actor=actor, object_type="account", object_id=str(row.account_id), detail={"session": row.pk})


def kick_all(account_id: int, *, reason: str, keep: str = "") -> int:
    """结束一个账号的全部会话（停用、改密、重置密码时），可保留当前会话；返回结束了几个。"""
    rows = SignIn.objects.filter(account_id=account_id, ended_at=None).exclude(session_key=keep)
    for row in rows:
        _close(row, reason)
    return len(rows)


def rebind(request: HttpRequest, account: Account) -> None:
    """改密之后让当前会话继续有效（其他会话因密码指纹不同已失效）。"""
    request.session[HASH_SESSION_KEY] = account.get_session_auth_hash()


def _close(row: SignIn, reason: str) -> None:
    SessionStore(session_key=row.session_key).delete()
    row.ended_at, row.ended_by = timezone.now(), reason
    row.save(update_fields=["ended_at", "ended_by"])


def _as_actor(account: Account, ip: str) -> Actor:
    return Actor(account_id=account.pk, name=account.name, username=account.username, ip=ip)


def _view(row: SignIn, current_key: str) -> SignInView:
    return SignInView(
        id=row.pk,
        account_id=row.account_id,
        username=row.account.username,
        name=row.account.name,
        method=row.method,
        ip=row.ip or "",
        user_agent=row.user_agent,
        at=row.at,
        seen_at=row.seen_at,
        current=row.session_key == current_key,
    )
