"""谁能看、谁能做。母件认申请人本人与正在代办的经办人；工作人员按角色与数据范围。"""

from uuid import UUID

from django.db.models import Q, QuerySet

from shilong.foundation.refusals import NotSignedIn
from shilong.identity.roles.actor import Actor, Role, Scope, require
from shilong.service.joint.models import Bundle, Member, Prompt
from shilong.service.joint.refusals import BundleNotFound, PromptNotFound

EDITORS = (Role.CATALOG, Role.BUREAU)  # 配置主题与规则
WATCHERS = (Role.BUREAU, Role.LEADER, Role.OFFICER, Role.WINDOW)  # 看母件、看统计
HANDLERS = (Role.OFFICER, Role.LEADER)  # 处理本部门的提示
APPROVERS = (Role.BUREAU,)  # 经本级政府负责人批准后登记联合办理延长
REGISTRY = "scjg"  # 双告知由市场监管部门推送


def owns(actor: Actor, bundle: Bundle) -> bool:
    """申请人本人，或正在代这家单位办事的经办人（限授权范围包含全部子件的）。"""
    if actor.account_id is None or bundle.account_id is None:
        return False
    if bundle.account_id == actor.account_id:
        return True
    if bundle.account_id != actor.agent_for:
        return False
    return not actor.agent_scope or not bundle.members.exclude(_in_agent_scope(actor)).exists()


def _in_agent_scope(actor: Actor) -> Q:
    return Q(item_code__in=actor.agent_scope) | Q(department__in=actor.agent_scope)


def mine(actor: Actor) -> QuerySet[Bundle]:
    """我的母件。"""
    if actor.account_id is None:
        raise NotSignedIn
    if actor.agent_for is None:
        return Bundle.objects.filter(account_id=actor.account_id)
    rows = Bundle.objects.filter(account_id=actor.agent_for)
    if actor.agent_scope:
        rows = rows.exclude(pk__in=Member.objects.exclude(_in_agent_scope(actor)).values("bundle_id"))
    return rows


def watched(actor: Actor) -> QuerySet[Bundle]:
    """工作人员看得到的：全区看全部，部门看有本部门子件的。"""
    require(actor, *WATCHERS)
    if actor.scope is Scope.DISTRICT or (actor.has(Role.WINDOW) and actor.scope is not Scope.DEPARTMENT):
        return Bundle.objects.all()
    return Bundle.objects.filter(pk__in=Member.objects.filter(department=actor.department).values("bundle_id"))


def readable(omni_no: str, actor: Actor) -> Bundle:
    """看得到的一件。异常：NotSignedIn、BundleNotFound（不是自己的与没有说同一句话）。"""
    if actor.account_id is None and not actor.has(Role.SYSTEM):
        raise NotSignedIn
    row = Bundle.objects.filter(omni_no=omni_no).first()
    if row is None:
        raise BundleNotFound
    if owns(actor, row) or (actor.has(*WATCHERS) and watched(actor).filter(pk=row.pk).exists()):
        return row
    raise BundleNotFound


def owned(omni_no: str, actor: Actor, *, lock: bool = False) -> Bundle:
    """自己的一件；窗口代收而申请人没有账号的，由窗口凭本人当面意思表示登记。`lock` 须在事务里。异常：BundleNotFound。"""
    if actor.account_id is None:
        raise NotSignedIn
    rows = Bundle.objects.select_for_update() if lock else Bundle.objects.all()
    row = rows.filter(omni_no=omni_no).first()
    if row is None or not (owns(actor, row) or (row.account_id is None and actor.has(Role.WINDOW))):
        raise BundleNotFound
    return row


def require_importer(actor: Actor) -> None:
    """双告知由市场监管部门或行政审批局收。异常：NotSignedIn、NotAllowed。"""
    if actor.has(Role.BUREAU):
        return
    require(actor, *HANDLERS, department=REGISTRY)


def may_import(actor: Actor) -> bool:
    """页面判断有没有导入入口。"""
    return actor.has(Role.BUREAU) or (actor.has(*HANDLERS) and actor.covers(REGISTRY))


def prompts(actor: Actor) -> QuerySet[Prompt]:
    """看得到的提示：本部门的，全区范围看全部。"""
    require(actor, *HANDLERS, Role.BUREAU)
    rows = Prompt.objects.select_related("enterprise")
    return rows if actor.scope is Scope.DISTRICT else rows.filter(department=actor.department)


def prompt(uid: UUID | str, actor: Actor) -> Prompt:
    """锁住一条要处理的提示，须在事务里。异常：PromptNotFound、NotAllowed。"""
    require(actor, *HANDLERS)
    row = Prompt.objects.select_for_update().filter(uid=uid).first()
    if row is None or not actor.covers(row.department):
        raise PromptNotFound
    return row
