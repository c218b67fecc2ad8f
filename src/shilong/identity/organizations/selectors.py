"""读组织：部门、组织树、人员。"""

from dataclasses import dataclass, field

from django.db.models import QuerySet

from shilong.foundation.refusals import NotFound
from shilong.identity.organizations.models import Department, Position, Staff


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """一个部门。`key` 是稳定键，`code` 是统一社会信用代码，`number` 是三位序号。"""

    key: str
    code: str
    name: str
    short_name: str
    number: str
    region: str = ""
    phone: str = ""
    address: str = ""
    parent: str = ""
    is_active: bool = True
    order: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """组织树的一个节点。"""

    department: DepartmentView
    staff: int
    children: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StaffView:
    """一名工作人员的任职。"""

    account_id: int
    name: str
    department: str
    department_name: str
    position: str
    window: str
    scope: str


def department(key: str) -> DepartmentView:
    """按键取部门；没有时 `NotFound`。"""
    row = Department.objects.select_related("parent").filter(key=key).first()
    if row is None:
        raise NotFound(f"没有“{key}”这个部门。")
    return _view(row)


def departments(*, include_inactive: bool = False) -> list[DepartmentView]:
    """全部部门，按排序。"""
    rows = Department.objects.select_related("parent")
    return [_view(row) for row in (rows if include_inactive else rows.filter(is_active=True))]


def tree() -> list[Node]:
    """组织树（含停用部门）与每个部门在用的人数；两次查询。"""
    counts: dict[int, int] = {}
    for department_id in Staff.objects.filter(account__is_active=True).values_list("department_id", flat=True):
        counts[department_id] = counts.get(department_id, 0) + 1
    rows = list(Department.objects.select_related("parent"))
    nodes = {row.pk: Node(_view(row), counts.get(row.pk, 0)) for row in rows}
    roots: list[Node] = []
    for row in rows:
        siblings = nodes[row.parent_id].children if row.parent_id else roots
        siblings.append(nodes[row.pk])
    return roots


def positions(key: str) -> list[str]:
    """某部门的岗位名。"""
    return list(Position.objects.filter(department__key=key).values_list("name", flat=True))


def staff(account_id: int) -> StaffView | None:
    """某账号的任职；不是工作人员时返回 None。"""
    row = _staff().filter(pk=account_id).first()
    return _staff_view(row) if row else None


def staff_of(key: str) -> list[StaffView]:
    """某部门在用的工作人员。"""
    return [_staff_view(row) for row in _staff().filter(department__key=key, account__is_active=True)]


def all_staff(account_ids: list[int] | None = None) -> list[StaffView]:
    """一批（默认全部）账号的任职，一次查询；列表页与导出用。"""
    rows = _staff()
    return [_staff_view(row) for row in (rows if account_ids is None else rows.filter(pk__in=account_ids))]


def _staff() -> QuerySet[Staff]:
    return Staff.objects.select_related("account", "department", "position")


def _view(row: Department) -> DepartmentView:
    return DepartmentView(
        key=row.key,
        code=row.code,
        name=row.name,
        short_name=row.short_name,
        number=row.number,
        region=row.region,
        phone=row.phone,
        address=row.address,
        parent=row.parent.key if row.parent else "",
        is_active=row.is_active,
        order=row.order,
    )


def _staff_view(row: Staff) -> StaffView:
    return StaffView(
        account_id=row.pk,
        name=row.account.name,
        department=row.department.key,
        department_name=row.department.short_name,
        position=row.position.name if row.position else "",
        window=row.window,
        scope=row.scope,
    )
