"""登录的第一步：密码、短信验证码、接口令牌。失败一律计入锁定并写审计。"""

import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from shilong.foundation.audit import services as audit
from shilong.foundation.codes import checks
from shilong.foundation.gm import sm3
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.notify import services as notify
from shilong.foundation.refusals import Refused
from shilong.identity.accounts import lockout, otp, rules
from shilong.identity.accounts.models import Account, Kind, LoginCode, Token
from shilong.identity.accounts.refusals import (
    BadCredentials,
    CodeDailyLimit,
    CodeTooSoon,
    PasswordChangeRequired,
    SecondFactorNotBound,
    SecondFactorRequired,
    WrongCode,
)
from shilong.identity.roles.actor import Actor


def check_password(username: str, password: str, ip: str, user_agent: str = "") -> Account:
    """核对登录名（或个人手机号）与密码，返回账号；不建立会话。

    异常：
        AccountLocked: 连续失败过多，带剩余分钟。
        BadCredentials: 登录名不存在、密码不对或账号停用（同一句话）。
    """
    login = _resolve(username)
    lockout.refuse_if_locked(login, ip)
    account = authenticate(lockout.attempt(ip, user_agent), username=login, password=password)
    if not isinstance(account, Account):
        audit.record("login.failed", actor=_visitor(login, ip), object_type="account", object_id=_trace(login), result="refused")
        lockout.refuse_if_locked(login, ip)
        raise BadCredentials
    lockout.clear(login, ip)
    return account


def issue_token(username: str, password: str, ip: str, *, otp_code: str = "", user_agent: str = "") -> tuple[str, datetime]:
    """登录换令牌，有效期 12 小时；返回 (令牌, 失效时刻)。令牌只在此刻可见，库里只存 SM3。

    异常：
        同 `check_password`；绑定了动态口令的账号还须给 `otp_code`（`SecondFactorRequired`）；
        生产模式下未绑定的工作人员账号 `SecondFactorNotBound`；密码到期 `PasswordChangeRequired`。
    """
    account = check_password(username, password, ip, user_agent)
    _second_factor(account, otp_code, ip)
    if account.must_change_password or rules.password_expired(account.kind, account.password_changed_at, timezone.now()):
        raise PasswordChangeRequired
    token = secrets.token_urlsafe(32)
    expires = timezone.now() + rules.TOKEN_LIFE
    with transaction.atomic():
        Token.objects.filter(account=account, expires_at__lt=timezone.now()).delete()
        Token.objects.create(account=account, digest=sm3(token.encode()).hex(), ip=ip or None, expires_at=expires)
        audit.record("token.issue", actor=_as_actor(account, ip), object_type="account", object_id=str(account.pk))
    return token, expires


def revoke_token(token: str, *, actor: Actor) -> None:
    """注销自己的令牌；别人的令牌当作不存在，不透露。"""
    rows = Token.objects.filter(digest=sm3(token.encode()).hex(), account_id=actor.account_id or 0, revoked_at=None)
    with transaction.atomic():
        if rows.update(revoked_at=timezone.now()):
            audit.record("token.revoke", actor=actor, object_type="account", object_id=str(actor.account_id))


def send_code(mobile: str, ip: str, *, purpose: str = "login") -> None:
    """发 6 位验证码：5 分钟有效，60 秒一次，一天 10 次（standards §6.4）。

    登录用途而手机号没有注册时不发短信但表现一致，防止试出谁注册过。

    异常：
        InvalidCode: 手机号不对；CodeTooSoon / CodeDailyLimit: 频率超限。
    """
    mobile = checks.check_mobile(mobile)
    index, now = blind_index(mobile), timezone.now()
    recent = LoginCode.objects.filter(mobile_index=index, created_at__gt=now - rules.CODE_INTERVAL).order_by("-created_at").first()
    if recent is not None:
        left = (recent.created_at + rules.CODE_INTERVAL - now).total_seconds()
        raise CodeTooSoon(seconds=max(1, round(left)))
    today = LoginCode.objects.filter(created_at__gte=timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0))
    if today.filter(mobile_index=index).count() >= rules.CODE_DAILY or (ip and today.filter(ip=ip).count() >= rules.CODE_DAILY_PER_IP):
        raise CodeDailyLimit
    code = f"{secrets.randbelow(1_000_000):06d}"
    known = purpose != "login" or Account.objects.filter(kind=Kind.PERSON, mobile_index=index, is_active=True).exists()
    with transaction.atomic():
        LoginCode.objects.create(
            mobile_index=index, purpose=purpose, digest=_code_digest(index, code), ip=ip or None, expires_at=now + rules.CODE_LIFE
        )
        if known:
            notify.send("login_code", context={"code": code, "minutes": 5}, mobile=mobile)


def verify_code(mobile: str, code: str, *, purpose: str = "login") -> None:
    """核对最近一条验证码，用过即废；错 5 次作废。异常：`WrongCode`。"""
    consume_code(match_code(mobile, code, purpose=purpose))


def match_code(mobile: str, code: str, *, purpose: str) -> LoginCode:
    """核对而不作废：后面的步骤（如密码太弱）失败时，人不必再等一条短信。不可在外层事务里调用，否则失败计数会随之回滚。"""
    row = LoginCode.objects.filter(mobile_index=blind_index(mobile), purpose=purpose, used_at=None).order_by("-created_at").first()
    if row is None or row.expires_at <= timezone.now():
        raise WrongCode
    # 先占一次尝试机会再比对：并发猜测也不能超过上限。
    taken = LoginCode.objects.filter(pk=row.pk, attempts__lt=rules.CODE_ATTEMPTS, used_at=None).update(attempts=F("attempts") + 1)
    if not taken or not constant_time_compare(row.digest, _code_digest(row.mobile_index, code.strip())):
        raise WrongCode
    return row


def consume_code(row: LoginCode) -> None:
    """作废一条验证码；已被别的请求用掉则 `WrongCode`。"""
    if not LoginCode.objects.filter(pk=row.pk, used_at=None).update(used_at=timezone.now()):
        raise WrongCode


def sign_in_by_code(mobile: str, code: str, ip: str) -> Account:
    """短信验证码登录（限个人账号）；返回账号，不建立会话。"""
    mobile = checks.check_mobile(mobile)
    actor = _visitor("sms", ip)
    try:
        verify_code(mobile, code)
    except WrongCode:
        audit.record("login.failed", actor=actor, object_type="mobile", object_id=blind_index(mobile)[:16], result="refused")
        raise
    account = Account.objects.filter(kind=Kind.PERSON, mobile_index=blind_index(mobile), is_active=True).first()
    if account is None:
        raise WrongCode
    return account


def _second_factor(account: Account, code: str, ip: str) -> None:
    if otp.bound(account):
        if not code:
            raise SecondFactorRequired
        try:
            otp.verify(account, code, ip)
        except Refused:
            audit.record(
                "login.failed",
                actor=_as_actor(account, ip),
                object_type="account",
                object_id=str(account.pk),
                result="refused",
                detail={"step": "otp"},
            )
            raise
    elif account.kind == Kind.STAFF and settings.MODE == "production":
        raise SecondFactorNotBound


def _resolve(username: str) -> str:
    """个人账号可以用手机号登录；其余按登录名。"""
    login = username.strip().lower()[:64]
    if len(login) == 11 and login.isdecimal():
        found = Account.objects.filter(kind=Kind.PERSON, mobile_index=blind_index(login)).values_list("username", flat=True).first()
        return found or login
    return login


def _trace(login: str) -> str:
    """记进审计的登录名：有人把手机号、证件号当登录名填，留检索索引的前段，仍能归并同一个人的尝试而不留明文。"""
    return blind_index(login)[:16] if sum(char.isdigit() for char in login) >= 11 else login


def _code_digest(index: str, code: str) -> str:
    return blind_index(f"{index}:{code}")


def _visitor(login: str, ip: str) -> Actor:
    return Actor(account_id=None, name="访客", username=_trace(login), ip=ip)


def _as_actor(account: Account, ip: str) -> Actor:
    return Actor(account_id=account.pk, name=account.name, username=account.username, ip=ip)
