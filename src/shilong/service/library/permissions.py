"""谁的材料库。持有主体凭证件号认，与电子证照同一个口径；代单位办事只看授权范围内的。"""

from uuid import UUID

from django.db.models import Q, QuerySet

from shilong.identity.roles.actor import Actor, Role
from shilong.service.library.models import Paper
from shilong.service.library.refusals import NoHolder, PaperNotFound
from shilong.service.licences.permissions import holder_index

SCANNERS = (Role.WINDOW, Role.OFFICER, Role.LEADER)  # 扫码调用


def holder(actor: Actor) -> str:
    """主体索引。异常：NotSignedIn；NoHolder: 没有实名，或是工作人员。"""
    index = holder_index(actor)
    if not index:
        raise NoHolder
    return index


def mine(actor: Actor) -> QuerySet[Paper]:
    """我的材料与证明；没有实名的什么也没有。"""
    index = holder_index(actor)
    rows = Paper.objects.filter(holder_index=index) if index else Paper.objects.none()
    if actor.agent_for and actor.agent_scope:
        rows = rows.filter(Q(item_code__in=actor.agent_scope) | Q(department__in=actor.agent_scope))
    return rows


def owned(uid: UUID | str, actor: Actor) -> Paper:
    """我的一份。异常：PaperNotFound（不是我的与没有说同一句话）。"""
    try:
        row = mine(actor).filter(uid=UUID(str(uid))).first()
    except ValueError:
        row = None
    if row is None:
        raise PaperNotFound
    return row


__all__ = ["SCANNERS", "holder", "holder_index", "mine", "owned"]
