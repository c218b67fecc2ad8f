"""安全管理员：登录锁定、在线会话、密码策略、解绑动态口令。"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.codes import masks
from shilong.foundation.pages import Page
from shilong.identity.accounts import lockout, otp, rules, sessions
from shilong.identity.roles.actor import Role
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged
from shilong.web.console.pages import page

SIZE = 20
KEEPERS = (Role.SYSADMIN, Role.SECADMIN)


@require_safe
@signed_in(Role.SECADMIN)
def session_list(request: HttpRequest) -> HttpResponse:
    """在线会话，可按登录名或来源地址筛。"""
    q = parameters.text(request.GET, "q")
    rows = [row for row in sessions.active() if not q or row.username.startswith(q.lower()) or row.ip.startswith(q)]
    found = paged(request, lambda number: Page(rows[(number - 1) * SIZE : number * SIZE], number, SIZE, len(rows)))
    return page(request, "sessions.html", "sessions", {"page": found, "q": q})


@require_POST
@signed_in(Role.SECADMIN)
def kick(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    """结束一个会话。"""
    sessions.kick(sign_in_id, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "会话已结束。")
    return redirect("console:sessions")


@require_safe
@signed_in(*KEEPERS)
def locks(request: HttpRequest) -> HttpResponse:
    """登录锁定与最近的失败登录。"""
    q = parameters.text(request.GET, "q", 64).lower()
    rows = [(row, _shown(row)) for row in lockout.recent(actor=request.actor, username=q)]  # type: ignore[attr-defined]
    context = {"rows": rows, "q": q, "limit": settings.AXES_FAILURE_LIMIT, "minutes": int(settings.AXES_COOLOFF_TIME * 60)}
    return page(request, "locks.html", "locks", context)


def _shown(row: lockout.LockView) -> str:
    """库里只有索引；认不出是谁的给索引前几位，同一个人的几次仍看得出是一个。手机号当登录名的照样脱敏。"""
    if not row.username:
        return f"群众账号或不存在的登录名（{row.key[:6]}）"
    return masks.mask_mobile(row.username) if row.username.isdecimal() and len(row.username) == 11 else row.username


@require_POST
@signed_in(*KEEPERS)
def unlock(request: HttpRequest) -> HttpResponse:
    """解除一个锁定。"""
    key, ip = (parameters.text(request.POST, name, 64) for name in ("key", "ip"))
    username = lockout.unlock(key, ip, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, f"{username or '这个登录名'} 的锁定已解除，可以重新登录。")
    return redirect("console:locks")


@require_POST
@signed_in(Role.SECADMIN)
def reset_otp(request: HttpRequest, account_id: int) -> HttpResponse:
    """解绑动态口令（换手机、丢失）。"""
    otp.reset(account_id, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "动态口令已解绑，下次登录需重新绑定。")
    return redirect("console:role", account_id=account_id)


@require_safe
@signed_in(*KEEPERS)
def policy(request: HttpRequest) -> HttpResponse:
    """现在生效的登录与密码策略；数值取自设置与规则，不另抄一份。"""
    return page(request, "policy.html", "policy", {"groups": _policy()})


def _policy() -> list[tuple[str, list[tuple[str, str]]]]:
    validators: list[dict[str, Any]] = settings.AUTH_PASSWORD_VALIDATORS  # type: ignore[assignment]
    options = {row["NAME"].rpartition(".")[2]: row.get("OPTIONS", {}) for row in validators}
    length = options.get("LengthValidator", {}).get("min_length", 8)
    password = [
        ("最短长度", f"{length} 位"),
        ("复杂度", "大写字母、小写字母、数字、符号至少三类；不能是常见密码，不能与登录名、姓名相似"),
        ("定期更换", f"工作人员每 {rules.PASSWORD_LIFE.days} 天，到期前 {rules.PASSWORD_WARN.days} 天提醒；群众与企业不强制"),
        ("不能复用", f"最近 {rules.PASSWORD_REMEMBER} 次用过的密码"),
        ("新建与重置", "管理员给的都是临时密码，第一次登录必须修改"),
        ("存放", "只存加盐散列（Argon2），任何人都看不到原文"),
    ]
    login = [
        ("失败锁定", f"同一登录名与来源地址连续错 {settings.AXES_FAILURE_LIMIT} 次，锁 {int(settings.AXES_COOLOFF_TIME * 60)} 分钟"),
        ("会话超时", f"{settings.SESSION_COOKIE_AGE // 60} 分钟不操作自动退出"),
        (
            "动态口令",
            "生产模式下工作人员必须绑定" + ("（本系统已强制）" if settings.MODE == "production" else "（当前不是生产模式，不强制）"),
        ),
        (
            "短信验证码",
            f"6 位，{rules.CODE_LIFE.seconds // 60} 分钟有效，{rules.CODE_INTERVAL.seconds} 秒内不能重发，每号每天 {rules.CODE_DAILY} 次",
        ),
        ("接口令牌", f"{rules.TOKEN_LIFE.seconds // 3600} 小时有效，只存摘要；停用账号、重置密码时立即失效"),
    ]
    return [("密码", password), ("登录与会话", login)]
