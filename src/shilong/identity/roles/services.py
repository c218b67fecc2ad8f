"""授予与撤销角色：只有安全管理员能做，且不能授予自己（三权分立）。"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from shilong.foundation.audit import services as audit
from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused
from shilong.identity.roles.actor import EXCLUSIVE_ADMINS, ROLE_NAMES, STAFF_ROLES, Actor, Role, require
from shilong.identity.roles.models import Grant


class ExclusiveAdmin(Refused):
    """系统管理员、安全管理员、审计员三员互斥。"""

    code = "exclusive_admin"
    message = "系统管理员、安全管理员、审计员不能由同一个账号担任：该账号已是“{held}”。"


class AlreadyGranted(Refused):
    code = "already_granted"
    message = "这个账号已经有“{role}”角色。"


class LastAdmin(Refused):
    code = "last_admin"
    message = "这是最后一位“{role}”，请先授予接任者再撤销。"


def grant(account_id: int, role: Role, *, actor: Actor, reason: str = "") -> Grant:
    """授予角色。

    异常：
        NotAllowed: 不是安全管理员，或给自己授权。
        ExclusiveAdmin: 违反三员互斥。AlreadyGranted: 已有。
        Invalid: 角色不能分给人，或账号不是工作人员。
    """
    require(actor, Role.SECADMIN, Role.SYSTEM)
    _not_self(account_id, actor)
    if role not in STAFF_ROLES:
        raise Invalid("这个角色不能分配给工作人员。")
    if not _is_staff(account_id):
        raise Invalid("只有工作人员账号可以授予岗位角色。")
    held = set(Grant.objects.filter(account_id=account_id, revoked_at=None).values_list("role", flat=True))
    _check_exclusive(role, held)
    if role in held:
        raise AlreadyGranted(role=ROLE_NAMES[role])
    try:
        with transaction.atomic():
            row = Grant.objects.create(account_id=account_id, role=role, granted_by_id=actor.account_id, reason=reason.strip()[:200])
            audit.record("role.grant", actor=actor, object_type="account", object_id=str(account_id), detail={"role": role.value})
    except IntegrityError as error:  # 两位安全管理员同时授权：数据库约束是最后一道
        raise ExclusiveAdmin("角色刚刚被别人授予过，或与现有管理员角色互斥，请刷新后查看。") from error
    return row


def revoke(account_id: int, role: Role, *, actor: Actor, reason: str = "") -> None:
    """撤销角色；不能撤销自己的，也不能撤掉最后一位管理员。"""
    require(actor, Role.SECADMIN)
    _not_self(account_id, actor)
    with transaction.atomic():
        row = Grant.objects.select_for_update().filter(account_id=account_id, role=role, revoked_at=None).first()
        if row is None:
            raise NotFound("这个账号没有该角色。")
        if role in EXCLUSIVE_ADMINS and len(holders(role)) == 1:
            raise LastAdmin(role=ROLE_NAMES[role])
        row.revoked_at, row.revoked_by_id = timezone.now(), actor.account_id
        row.reason = reason.strip()[:200] or row.reason
        row.save(update_fields=["revoked_at", "revoked_by", "reason"])
        audit.record("role.revoke", actor=actor, object_type="account", object_id=str(account_id), detail={"role": role.value})


def holders(role: Role) -> list[int]:
    """现任某角色且账号在用的账号主键。"""
    rows = Grant.objects.filter(role=role, revoked_at=None, account__is_active=True)
    return list(rows.values_list("account_id", flat=True))


def _not_self(account_id: int, actor: Actor) -> None:
    if actor.account_id == account_id:
        raise NotAllowed("不能给自己授予或撤销角色。")


def _check_exclusive(role: Role, held: set[str]) -> None:
    others = (EXCLUSIVE_ADMINS & {Role(item) for item in held}) - {role}
    if role in EXCLUSIVE_ADMINS and others:
        raise ExclusiveAdmin(held=ROLE_NAMES[next(iter(others))])


def _is_staff(account_id: int) -> bool:
    owner = Grant._meta.get_field("account").related_model
    return bool(owner._default_manager.filter(pk=account_id, kind="staff").exists())
