"""登录的步骤：密码或短信通过之后，可能还要动态口令、先绑定动态口令、先改密码；全部通过才建立会话。

中间状态只是会话里的一张“待完成”便条，不给任何权限：`actor_of` 仍是访客。
"""

import time
from enum import StrEnum

from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from shilong.identity.accounts import otp, rules, sessions
from shilong.identity.accounts.models import Account
from shilong.identity.accounts.refusals import PendingExpired
from shilong.identity.roles.actor import Actor, Role

_PENDING = "pending"


class Step(StrEnum):
    """还差哪一步。"""

    OTP = "otp"
    BIND = "bind"
    PASSWORD = "password"  # noqa: S105 步骤名
    DONE = "done"


HOMES = (
    (Role.WINDOW, "/window/"),
    (Role.OFFICER, "/office/"),
    (Role.LEADER, "/office/"),
    (Role.BUREAU, "/supervise/"),
    (Role.CATALOG, "/console/"),
    (Role.SYSADMIN, "/console/"),
    (Role.SECADMIN, "/console/"),
    (Role.AUDITOR, "/console/"),
)


def begin(request: HttpRequest, account: Account, *, method: str, after: str) -> Step:
    """第一步已通过；返回下一步。`after` 是登录后要去的站内地址。"""
    request.session.cycle_key()
    request.session[_PENDING] = {
        "account": account.pk,
        "method": method,
        "after": safe(request, after),
        "passed": [],
        "at": int(time.time()),
    }
    return _advance(request, account)


def current(request: HttpRequest, step: Step) -> Account:
    """取出正在这一步的账号。异常：`PendingExpired` 没有、超时、或不在这一步。"""
    note = request.session.get(_PENDING)
    if not note or time.time() - note["at"] > rules.PENDING_LIFE:
        request.session.pop(_PENDING, None)
        raise PendingExpired
    account = Account.objects.filter(pk=note["account"], is_active=True).first()
    if account is None or _needed(account, note["passed"]) is not step:
        raise PendingExpired
    return account


def passed(request: HttpRequest, account: Account, step: Step) -> Step:
    """完成一步；返回下一步。"""
    note = request.session[_PENDING]
    # 绑定时已经输对过一次口令，不必再输第二次
    done = [step.value] if step is not Step.BIND else [Step.BIND.value, Step.OTP.value]
    request.session[_PENDING] = note | {"passed": note["passed"] + done}
    return _advance(request, account)


def destination(request: HttpRequest, actor: Actor) -> str:
    """登录完成后去哪：原来要去的页面，否则按岗位。"""
    after = request.session.pop("after", "")
    if after:
        return str(after)
    return next((home for role, home in HOMES if actor.has(role)), "/")


def safe(request: HttpRequest, url: str) -> str:
    """只接受站内地址，防止登录后被带到外站。"""
    good = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if good and not url.startswith("/login") else ""


def _advance(request: HttpRequest, account: Account) -> Step:
    note = request.session[_PENDING]
    step = _needed(account, note["passed"])
    if step is Step.DONE:
        del request.session[_PENDING]
        sessions.start(request, account, method=note["method"])
        request.session["after"] = note["after"]
    return step


def _needed(account: Account, done: list[str]) -> Step:
    if Step.OTP not in done:
        if otp.bound(account):
            return Step.OTP
        if otp.mandatory(account):
            return Step.BIND
    expired = rules.password_expired(account.kind, account.password_changed_at, timezone.now())
    if account.must_change_password or expired:
        return Step.PASSWORD
    return Step.DONE
