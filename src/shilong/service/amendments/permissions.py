"""谁能看、谁能做哪一步。"""

from django.db.models import Q, QuerySet

from shilong.identity.roles.actor import Actor, Role, Scope, require
from shilong.service.amendments.models import Amendment
from shilong.service.amendments.refusals import NotYourOwn, OthersAmendment

REQUESTERS = (Role.WINDOW, Role.OFFICER, Role.LEADER, Role.BUREAU)


def visible(actor: Actor) -> QuerySet[Amendment]:
    """能看到的申请：审批局按数据范围，部门看本部门的，其余看自己提出的。"""
    require(actor, *REQUESTERS)
    rows = Amendment.objects.all()
    if actor.has(Role.BUREAU, Role.OFFICER, Role.LEADER) and actor.scope is Scope.DISTRICT:
        return rows
    wanted = Q(requested_by_id=actor.account_id)
    if actor.has(Role.BUREAU, Role.OFFICER, Role.LEADER) and actor.scope is Scope.DEPARTMENT:
        wanted |= Q(department=actor.department)
    return rows.filter(wanted)


def require_authoriser(actor: Actor, row: Amendment) -> None:
    """异常：NotAllowed（不是审批局或超出范围）、NotYourOwn（自己的申请）。"""
    require(actor, Role.BUREAU, department=row.department)
    if row.requested_by_id == actor.account_id:
        raise NotYourOwn


def require_executor(actor: Actor, row: Amendment) -> None:
    """申请人或审批局。异常：OthersAmendment、NotAllowed。"""
    require(actor, *REQUESTERS)
    if row.requested_by_id != actor.account_id:
        if not actor.has(Role.BUREAU):
            raise OthersAmendment
        require(actor, Role.BUREAU, department=row.department)


def require_requester(actor: Actor, row: Amendment) -> None:
    """只有申请人自己能撤销。异常：OthersAmendment。"""
    require(actor, *REQUESTERS)
    if row.requested_by_id != actor.account_id:
        raise OthersAmendment
