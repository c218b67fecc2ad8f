"""写组织：部门、岗位、任职、数据范围。"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast

from shilong.foundation.audit import services as audit
from shilong.foundation.codes import checks
from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused
from shilong.identity.organizations.models import Department, Position, Staff
from shilong.identity.roles.actor import Actor, Role, Scope, require


def seed_departments(rows: Iterable[dict[str, Any]]) -> int:
    """按事项清单的部门表播种；已有的只更新名称与代码，序号不变。返回新增个数，可重复执行。"""
    created = 0
    with transaction.atomic():
        for order, row in enumerate(rows, start=1):
            values = {"code": row["dept_code_test"], "name": row["dept_name"], "short_name": row["dept_short_name"]}
            department = Department.objects.filter(key=row["dept_key"]).first()
            if department is None:
                Department.objects.create(key=row["dept_key"], number=_next_number(), order=order, **values)
                created += 1
            else:
                Department.objects.filter(pk=department.pk).update(**values)
    return created


def save_department(
    key: str, *, name: str, short_name: str, code: str, actor: Actor, parent: str = "", phone: str = "", address: str = "", order: int = 0
) -> Department:
    """新增或修改部门（系统管理员）。键不可改，序号自动给。

    异常：
        NotAllowed: 不是系统管理员。Invalid: 代码不对、名称重复、上级成环。
    """
    require(actor, Role.SYSADMIN, Role.SYSTEM)
    code = checks.check_uscc(code)
    _unique(key, name=name, code=code)
    superior = _by_key(parent) if parent else None
    with transaction.atomic():
        department = Department.objects.filter(key=key).first() or Department(key=_clean_key(key), number=_next_number())
        _no_cycle(department, superior)
        department.name, department.short_name, department.code = name.strip(), short_name.strip(), code
        department.parent, department.phone, department.address, department.order = superior, phone, address, order
        department.save()
        audit.record("department.save", actor=actor, object_type="department", object_id=key)
    return department


def set_department_active(key: str, active: bool, *, actor: Actor) -> None:
    """启用或停用部门（系统管理员）；还有在任人员时不能停用。"""
    require(actor, Role.SYSADMIN)
    department = _by_key(key)
    if not active and department.staff.filter(account__is_active=True).exists():
        raise Refused("部门还有在用的工作人员账号，请先调整或停用这些账号。")
    with transaction.atomic():
        department.is_active = active
        department.save(update_fields=["is_active"])
        audit.record("department.active", actor=actor, object_type="department", object_id=key, detail={"active": active})


def assign(account_id: int, department: str, *, scope: Scope = Scope.DEPARTMENT, position: str = "", window: str = "") -> Staff:
    """建立任职（随账号创建调用；权限在账号服务里判定）。"""
    place = _by_key(department)
    post = Position.objects.get_or_create(department=place, name=position)[0] if position else None
    return Staff.objects.create(account_id=account_id, department=place, scope=scope, position=post, window=window)


def move(account_id: int, department: str, *, position: str = "", window: str = "", actor: Actor) -> None:
    """调动：换部门、岗位、窗口（系统管理员）。数据范围回到本部门，全区范围须安全管理员重新授予。"""
    require(actor, Role.SYSADMIN)
    staff, place = _staff(account_id), _by_key(department)
    with transaction.atomic():
        if staff.department_id != place.pk:
            staff.scope = Scope.DEPARTMENT
        staff.department, staff.window = place, window.strip()
        staff.position = Position.objects.get_or_create(department=place, name=position)[0] if position else None
        staff.save()
        audit.record("staff.move", actor=actor, object_type="account", object_id=str(account_id), detail={"department": department})


def set_scope(account_id: int, scope: Scope, *, actor: Actor) -> None:
    """调整数据范围（安全管理员，不能改自己的）。"""
    require(actor, Role.SECADMIN)
    if account_id == actor.account_id:
        raise NotAllowed("不能调整自己的数据范围。")
    staff = _staff(account_id)
    with transaction.atomic():
        detail = {"before": staff.scope, "after": scope.value}
        staff.scope = scope
        staff.save(update_fields=["scope"])
        audit.record("staff.scope", actor=actor, object_type="account", object_id=str(account_id), detail=detail)


def _next_number() -> str:
    top = Department.objects.aggregate(top=Max(Cast("number", IntegerField())))["top"] or 0
    if top >= 999:
        raise Refused("部门序号已用完（001–999）。")
    return f"{top + 1:03d}"


def _clean_key(key: str) -> str:
    if not (key.isascii() and key.isalnum() and key.islower() and 2 <= len(key) <= 16):
        raise Invalid("部门键为 2–16 位小写字母或数字。", fields={"key": "2–16 位小写字母或数字"})
    return key


def _unique(key: str, *, name: str, code: str) -> None:
    others = Department.objects.exclude(key=key)
    if others.filter(name=name.strip()).exists():
        raise Invalid("已有同名部门。", fields={"name": "已有同名部门"})
    if others.filter(code=code).exists():
        raise Invalid("这个统一社会信用代码已被其他部门使用。", fields={"code": "代码已被使用"})


def _no_cycle(department: Department, superior: Department | None) -> None:
    while superior is not None:
        if superior.pk == department.pk and department.pk is not None:
            raise Invalid("上级部门不能是自己或自己的下级。", fields={"parent": "上级不能是自己或下级"})
        superior = superior.parent


def _by_key(key: str) -> Department:
    department = Department.objects.filter(key=key).first()
    if department is None:
        raise NotFound(f"没有“{key}”这个部门。")
    return department


def _staff(account_id: int) -> Staff:
    staff = Staff.objects.filter(pk=account_id).first()
    if staff is None:
        raise NotFound("没有找到这位工作人员。")
    return staff
