"""谁能预约、看谁的预约、谁管号源。"""

from django.db.models import Q, QuerySet

from shilong.foundation.refusals import NotAllowed
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.booking.models import Booking
from shilong.service.booking.refusals import BookingNotFound

MANAGERS = (Role.BUREAU,)
WATCHERS = (Role.BUREAU, Role.WINDOW)


def require_applicant(actor: Actor) -> None:
    """群众与企业才能预约。异常：NotSignedIn、NotAllowed。"""
    require(actor, *Role)
    if not actor.has(Role.APPLICANT):
        raise NotAllowed("请用个人或法人账号预约；替群众预约请现场取号。")


def mine(actor: Actor) -> QuerySet[Booking]:
    """我的预约：自己约的；代单位办事时是这家单位的（限授权范围内的事项）；法人账号看得到经办人替它约的。"""
    require_applicant(actor)
    if actor.agent_for:
        rows = Booking.objects.filter(agent_for=actor.agent_for)
        return rows.filter(Q(account_id=actor.account_id) | Q(item_code__in=actor.agent_scope)) if actor.agent_scope else rows
    return Booking.objects.filter(Q(account_id=actor.account_id, agent_for=None) | Q(agent_for=actor.account_id))


def owned(number: str, actor: Actor) -> Booking:
    """我的一个预约。异常：BookingNotFound（不是我的与没有说同一句话）。"""
    row = mine(actor).filter(number=number).first()
    if row is None:
        raise BookingNotFound
    return row
