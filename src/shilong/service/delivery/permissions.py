"""谁能看、谁能做。地址簿认账号（经办人认被代理的单位与授权范围）；寄递单认办件的申请人与窗口的数据范围。"""

from django.db.models import Q, QuerySet

from shilong.identity.roles.actor import Actor, Role, Scope, require
from shilong.service.cases import selectors as cases
from shilong.service.cases.refusals import OthersCase
from shilong.service.cases.selectors import CaseView
from shilong.service.delivery.models import Address, Shipment
from shilong.service.delivery.refusals import AgentCannotEdit, ShipmentNotFound

DESK = (Role.WINDOW,)  # 打包、下单、打印、登记、处理异常


def owner(actor: Actor) -> int:
    """地址簿归谁：代单位办事时是单位，否则是本人。异常：NotSignedIn、NotAllowed。"""
    require(actor, Role.APPLICANT)
    return int(actor.agent_for or actor.account_id or 0)


def editor(actor: Actor) -> int:
    """能改谁的地址簿。异常：同 `owner`；AgentCannotEdit。"""
    found = owner(actor)
    if actor.agent_for and actor.agent_scope:
        raise AgentCannotEdit
    return found


def addresses(actor: Actor) -> QuerySet[Address]:
    """看得到的地址。"""
    return Address.objects.filter(owner_id=owner(actor)).order_by("-is_default", "-updated_at", "-pk")


def own_case(case_no: str, actor: Actor) -> CaseView:
    """申请人（或其经办人）自己的一件。异常：CaseNotFound、NotSignedIn、OthersCase。"""
    view = cases.case(case_no, actor=actor)
    if not view.is_owner:
        raise OthersCase
    return view


def desk(actor: Actor) -> QuerySet[Shipment]:
    """窗口看得到的寄递单：综合窗口看全区，限定在本部门的看本部门。异常：NotSignedIn、NotAllowed。"""
    require(actor, *DESK)
    rows = Shipment.objects.all()
    return rows.filter(department=actor.department) if actor.scope is Scope.DEPARTMENT else rows


def require_desk(actor: Actor, row: Shipment) -> None:
    """这个人能不能在寄递台上处理这一份。异常：NotSignedIn、NotAllowed、ShipmentNotFound。"""
    require(actor, *DESK)
    if actor.scope is Scope.DEPARTMENT and actor.department != row.department:
        raise ShipmentNotFound


def related(number: str) -> Q:
    """按寄递单号或物流单号。"""
    return Q(number=number) | Q(waybill_no=number)
