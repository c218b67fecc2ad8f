"""谁能看、谁能做。持证人凭证件号认，不凭账号名；工作人员按部门与数据范围。"""

from uuid import UUID

from django.db.models import Q, QuerySet

from shilong.foundation.gm.fields import blind_index
from shilong.foundation.refusals import NotSignedIn
from shilong.identity.accounts import selectors as accounts
from shilong.identity.roles.actor import Actor, Role, Scope, require
from shilong.service.licences.models import Licence
from shilong.service.licences.refusals import OthersLicence
from shilong.service.licences.rules.states import MOVES, Act

KEEPERS = (Role.OFFICER, Role.LEADER, Role.BUREAU)  # 看证照库
MAKERS = (Role.OFFICER, Role.LEADER)  # 制证、导入、变更
ISSUERS = MAKERS  # 签发；能不能盖章另看用章授权
SIGNERS = (Role.LEADER,)  # 状态变更
USERS = (Role.WINDOW, Role.OFFICER, Role.LEADER)  # 办事中调用别部门的证照
EDITORS = (Role.CATALOG, Role.BUREAU)  # 设置证照类型与版式
VERIFIED = 1  # 实名 1 级以上，证件号才可信


def holder_index(actor: Actor) -> str:
    """这个人（或他正代办的单位）的主体索引；没有实名的为空串，什么证照也看不到。"""
    if actor.account_id is None:
        raise NotSignedIn
    if actor.is_staff or actor.realname_level < VERIFIED:
        return ""
    return blind_index(accounts.applicant(actor.agent_for or actor.account_id).id_no)


def mine(actor: Actor) -> QuerySet[Licence]:
    """我的证照；代单位办事时只看授权范围内的。"""
    index = holder_index(actor)
    rows = Licence.objects.filter(holder_index=index) if index else Licence.objects.none()
    if actor.agent_for and actor.agent_scope:
        rows = rows.filter(Q(item_code__in=actor.agent_scope) | Q(department__in=actor.agent_scope))
    return rows


def owned(uid: UUID | str, actor: Actor) -> Licence:
    """我的一张证照。异常：OthersLicence（不是我的与没有说同一句话）。"""
    row = mine(actor).select_related("type").filter(uid=uid).first()
    if row is None:
        raise OthersLicence
    return row


def visible(actor: Actor) -> QuerySet[Licence]:
    """证照库里看得到的：全区范围看全部，部门看本部门颁发的。"""
    require(actor, *KEEPERS)
    rows = Licence.objects.all()
    return rows if actor.scope is Scope.DISTRICT else rows.filter(department=actor.department)


def kept(uid: UUID | str, actor: Actor) -> Licence:
    """证照库里的一张。异常：OthersLicence。"""
    row = visible(actor).select_related("type").filter(uid=uid).first()
    if row is None:
        raise OthersLicence
    return row


def require_act(actor: Actor, action: Act, row: Licence) -> None:
    """这个人能不能对这张证照做这一步。异常：NotSignedIn、NotAllowed。"""
    require(actor, *MOVES[action].roles, department=row.department)
