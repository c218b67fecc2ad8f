"""谁能做哪一步。部门的章由部门负责人申请、启用、授权；审批、制章、恢复归行政审批局。"""

from django.db.models import Q, QuerySet

from shilong.identity.roles.actor import Actor, Role, Scope, require
from shilong.service.seals.models import Application, Seal, SealUse
from shilong.service.seals.refusals import OthersApplication, OwnApplication

MANAGERS = (Role.LEADER, Role.BUREAU)
READERS = (Role.LEADER, Role.BUREAU, Role.AUDITOR)
USERS = (Role.WINDOW, Role.OFFICER, Role.LEADER, Role.BUREAU)


def visible(actor: Actor) -> QuerySet[Seal]:
    """能看到的印章：审计员与审批局按全区，负责人看数据范围内的部门。"""
    require(actor, *READERS)
    rows = Seal.objects.all()
    if actor.scope is Scope.DISTRICT or actor.has(Role.AUDITOR):
        return rows
    return rows.filter(department=actor.department) if actor.scope is Scope.DEPARTMENT else rows.none()


def visible_uses(actor: Actor) -> QuerySet[SealUse]:
    """能看到的用章日志：负责人看本部门的章和自己签的，窗口与审批人员只看自己签的。"""
    require(actor, *USERS, Role.AUDITOR)
    rows = SealUse.objects.all()
    if actor.has(Role.AUDITOR) or (actor.has(*MANAGERS) and actor.scope is Scope.DISTRICT):
        return rows
    mine = Q(account_id=actor.account_id)
    if actor.has(*MANAGERS) and actor.scope is Scope.DEPARTMENT:
        mine |= Q(department=actor.department)
    return rows.filter(mine)


def require_leader(actor: Actor, department: str) -> None:
    """申请：本部门负责人。异常：NotAllowed。"""
    require(actor, Role.LEADER, department=department)


def require_manager(actor: Actor, department: str) -> None:
    """启用、停用、授权：本部门负责人或行政审批局。异常：NotAllowed。"""
    require(actor, *MANAGERS, department=department)


def require_bureau(actor: Actor, department: str) -> None:
    """制章、恢复：行政审批局。异常：NotAllowed。"""
    require(actor, Role.BUREAU, department=department)


def require_approver(actor: Actor, row: Application) -> None:
    """审批：行政审批局，不能批自己的。异常：NotAllowed、OwnApplication。"""
    require(actor, Role.BUREAU, department=row.seal.department)
    if row.applied_by_id == actor.account_id:
        raise OwnApplication


def require_applicant(actor: Actor, row: Application) -> None:
    """撤回：申请人自己。异常：NotAllowed、OthersApplication。"""
    require(actor, Role.LEADER)
    if row.applied_by_id != actor.account_id:
        raise OthersApplication
