"""谁能对哪件办件做什么。角色先判，再判数据范围；本人办件只认本人或其授权的经办人。"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from shilong.foundation.refusals import NotAllowed, NotSignedIn
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import ROLE_NAMES, Actor, Role, Scope
from shilong.service.cases.models import Case, Task
from shilong.service.cases.refusals import MustRecuse, OthersCase
from shilong.service.cases.rules import TRANSITIONS, WHO_ROLES, Action, Transition, Who

_READERS = (Role.WINDOW, Role.OFFICER, Role.LEADER, Role.BUREAU)
_HANDLERS = (Role.OFFICER, Role.LEADER, Role.WINDOW)


def owns(actor: Actor, case: Case) -> bool:
    """是不是申请人本人，或者正在代该单位办事、授权范围包含这件的经办人。

    当初由谁提交不算数：授权撤销后，经手过的办件也不能再看。
    """
    if actor.account_id is None or case.account_id is None:
        return False
    if case.account_id == actor.account_id:
        return True
    return case.account_id == actor.agent_for and accounts.covers(actor.agent_scope, case.item_code, case.department)


def belongs(actor: Actor) -> Q:
    """`owns` 的查询写法：本人的，以及正在代办的单位在授权范围内的。"""
    return Q(account_id=actor.account_id) | represented(actor)


def represented(actor: Actor) -> Q:
    """正在代办的单位的办件，限授权范围；不是代理时一件也没有。"""
    if actor.agent_for is None:
        return Q(pk__in=[])
    firm = Q(account_id=actor.agent_for)
    return firm & (Q(item_code__in=actor.agent_scope) | Q(department__in=actor.agent_scope)) if actor.agent_scope else firm


def in_scope(actor: Actor, department: str) -> bool:
    """岗位数据范围是否覆盖某部门：综合窗口看全区受理件，除非被限定在本部门。"""
    if actor.has(Role.WINDOW) and actor.scope is not Scope.DEPARTMENT:
        return True
    return actor.has(*_READERS) and actor.covers(department)


def may_read(actor: Actor, case: Case) -> bool:
    """能不能看这件办件：本人、范围内的工作人员、参与审查的部门、系统。"""
    if actor.has(Role.SYSTEM) or owns(actor, case) or in_scope(actor, case.department):
        return True
    return (
        bool(actor.department)
        and actor.has(Role.OFFICER, Role.LEADER)
        and Task.objects.filter(case=case, department=actor.department).exists()
    )


def require_readable(actor: Actor, case: Case) -> None:
    """异常：NotSignedIn、OthersCase。"""
    if actor.account_id is None and not actor.has(Role.SYSTEM):
        raise NotSignedIn
    if not may_read(actor, case):
        raise OthersCase


def visible(actor: Actor) -> QuerySet[Case]:
    """操作人能看到的办件，一个查询集。自身没有选择性条件的大列表用 `visible_parts`。"""
    first, *rest = visible_parts(actor)
    for part in rest:
        first = first | part
    return first


def visible_parts(actor: Actor) -> list[QuerySet[Case]]:
    """操作人能看到的办件，分成互不相交、各走各的索引的几部分。

    部门人员看本部门的，以及别的部门请本部门审查的；两样写进一个“或”，两种数据库都会逐件去问有没有任务。
    """
    cases = Case.objects.all()
    if actor.has(Role.SYSTEM) or (actor.has(*_READERS) and actor.scope is Scope.DISTRICT):
        return [cases]
    if actor.has(Role.WINDOW) and actor.scope is not Scope.DEPARTMENT:
        return [cases]
    if actor.has(*_READERS) and actor.department:
        invited = Task.objects.filter(department=actor.department, outside=True)
        return [cases.filter(department=actor.department), cases.filter(pk__in=invited.values("case_id"))]
    return [cases.none() if actor.account_id is None else cases.filter(belongs(actor))]


def _allowed(actor: Actor, who: Who, case: Case) -> bool:
    if who is Who.SYSTEM:
        return actor.has(Role.SYSTEM)
    if who is Who.APPLICANT:
        # 窗口代填且申请人没有账号的，由窗口凭本人当面意思表示登记。
        return owns(actor, case) or (case.account_id is None and actor.has(Role.WINDOW) and in_scope(actor, case.department))
    if who in (Who.REVIEWER, Who.DECIDER):
        return actor.has(*_HANDLERS)
    role = WHO_ROLES[who]
    if role is Role.WINDOW:
        return actor.has(role) and in_scope(actor, case.department)
    return actor.has(role) and actor.covers(case.department)


def require_role(actor: Actor, action: Action) -> None:
    """动作与角色先对得上：群众不能受理，窗口不能批准延期。与办件状态无关。

    异常：NotSignedIn、NotAllowed。
    """
    if actor.has(Role.SYSTEM):
        return
    if actor.account_id is None:
        raise NotSignedIn
    wanted = {who for row in TRANSITIONS if row.action is action for who in row.who}
    if Who.APPLICANT in wanted:
        return
    roles = {WHO_ROLES[who] for who in wanted if who in WHO_ROLES}
    if wanted & {Who.REVIEWER, Who.DECIDER}:
        roles |= set(_HANDLERS)
    if not actor.has(*roles):
        names = "、".join(ROLE_NAMES[role] for role in sorted(roles)) or "系统"
        raise NotAllowed(f"这个操作需要“{names}”角色。")


def require_transition(actor: Actor, row: Transition, case: Case) -> None:
    """这个人对这件办件能不能做这次转移。

    异常：OthersCase、MustRecuse、NotAllowed。
    """
    if not any(_allowed(actor, who, case) for who in row.who):
        raise OthersCase
    if Who.APPLICANT not in row.who and owns(actor, case):
        raise MustRecuse


def may(actor: Actor, row: Transition, case: Case) -> bool:
    """同上，返回布尔，页面列动作用。"""
    if Who.APPLICANT not in row.who and owns(actor, case):
        return False
    return any(_allowed(actor, who, case) for who in row.who)


def can_take(actor: Actor, task: Task) -> bool:
    """能不能办这个待办：角色相符（负责人可办审批人员的）、部门在范围内、没有指定给别人。"""
    roles = {Role(task.role)} | ({Role.LEADER} if task.role == Role.OFFICER else set())
    if not actor.has(*roles):
        return False
    if task.role != Role.WINDOW and not actor.covers(task.department):
        return False
    return task.assignee_id in (None, actor.account_id) or actor.has(Role.LEADER)


def take(actor: Actor, tasks: Iterable[Task], task_id: Any = None) -> Task | None:
    """从待办里挑出该由此人办的一个：指定给本人的优先，其次本部门的，再按先后。"""
    mine = [task for task in tasks if task.status == Task.Status.OPEN and can_take(actor, task)]
    if task_id not in (None, ""):
        return next((task for task in mine if str(task.pk) == str(task_id)), None)
    mine.sort(key=lambda task: (task.assignee_id != actor.account_id, task.department != actor.department, task.pk))
    return mine[0] if mine else None
