"""系统管理员对账号的管理：停用、启用、改名、重置密码。每个动作都留审计，都不能对自己做。"""

import secrets
import string

from django.db import transaction

from shilong.foundation.audit import services as audit
from shilong.foundation.codes import checks
from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import Invalid, NotAllowed, NotFound
from shilong.identity.accounts import passwords, sessions
from shilong.identity.accounts.models import Account, Kind, Token
from shilong.identity.roles import selectors as roles
from shilong.identity.roles.actor import EXCLUSIVE_ADMINS, Actor, Role, require


def deactivate(account_id: int, *, actor: Actor, reason: str) -> None:
    """停用账号：会话与令牌立即失效；账号不删除，履历里的名字还要对得上。"""
    account = _other(account_id, actor)
    if not reason.strip():
        raise Invalid("请写明停用的理由。", fields={"reason": "不能为空"})
    with transaction.atomic():
        account.is_active = False
        account.save(update_fields=["is_active"])
        Token.objects.filter(account=account).delete()
        sessions.kick_all(account.pk, reason="账号停用")
        _record("account.deactivate", account, actor, reason=reason.strip()[:200])


def activate(account_id: int, *, actor: Actor) -> None:
    """重新启用账号。"""
    account = _other(account_id, actor)
    with transaction.atomic():
        account.is_active = True
        account.save(update_fields=["is_active"])
        _record("account.activate", account, actor)


def rename(account_id: int, name: str, *, actor: Actor) -> None:
    """更正工作人员姓名；群众、法人的名字来自实名核验，不能由管理员改。"""
    account = _other(account_id, actor)
    if account.kind != Kind.STAFF:
        raise NotAllowed("群众与单位的名称来自实名核验，不能在这里修改。")
    name = checks.check_person_name(name)
    with transaction.atomic():
        account.name, account.name_index = name, blind_index(name)
        account.save(update_fields=["name", "name_index"])
        _record("account.rename", account, actor)


def reset_password(account_id: int, *, actor: Actor) -> str:
    """重置为一次性密码并返回（只显示这一次），本人下次登录必须修改。

    三员互斥：安全管理员、审计员的密码不能由系统管理员重置，否则等于拿到对方的身份；只能在服务器上用命令行处理。

    异常：
        NotAllowed: 不是系统管理员，或对方是三员之一。
    """
    account = _other(account_id, actor) if not actor.has(Role.SYSTEM) else _found(account_id)
    held = set(roles.roles_of([account_id])[account_id])
    if held & EXCLUSIVE_ADMINS and not actor.has(Role.SYSTEM):
        raise NotAllowed("三员账号的密码不能由系统管理员重置；请本人到服务器上用 shilong reset-password 处理，并由另一员在场。")
    temporary = _temporary()
    with transaction.atomic():
        passwords.store(account, temporary)
        account.must_change_password = True
        account.save(update_fields=["must_change_password"])
        Token.objects.filter(account=account).delete()
        sessions.kick_all(account.pk, reason="密码被重置")
        _record("password.reset", account, actor)
    return temporary


def _other(account_id: int, actor: Actor) -> Account:
    require(actor, Role.SYSADMIN)
    if account_id == actor.account_id:
        raise NotAllowed("不能对自己的账号做这个操作，请另一位系统管理员处理。")
    return _found(account_id)


def _found(account_id: int) -> Account:
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise NotFound("没有这个账号。")
    return account


def _temporary() -> str:
    letters = string.ascii_letters + string.digits
    return "".join(secrets.choice(letters) for _ in range(10)) + "aA1!"


def _record(action: str, account: Account, actor: Actor, **detail: str) -> None:
    audit.record(action, actor=actor, object_type="account", object_id=str(account.pk), detail=detail or None)
