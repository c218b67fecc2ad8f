"""谁能看、谁能做：本人看自己的；部门看派到本部门的；审批局看全部。"""

from django.db.models import QuerySet

from shilong.identity.roles.actor import Actor, Role, Scope, require
from shilong.service.enquiries.models import Enquiry
from shilong.service.enquiries.refusals import EnquiryNotFound
from shilong.service.enquiries.rules import Move

HANDLERS = (Role.OFFICER, Role.LEADER, Role.BUREAU)


def wide(actor: Actor) -> bool:
    """看全区。"""
    return actor.has(Role.BUREAU) or actor.scope is Scope.DISTRICT


def visible(actor: Actor) -> QuerySet[Enquiry]:
    """处理端看得到的。异常：NotSignedIn、NotAllowed。"""
    require(actor, *HANDLERS)
    return Enquiry.objects.all() if wide(actor) else Enquiry.objects.filter(department=actor.department)


def handled(number: str, actor: Actor) -> Enquiry:
    """处理端的一件。异常：EnquiryNotFound。"""
    return _one(visible(actor), number)


def owned(number: str, actor: Actor) -> Enquiry:
    """本人的一件。异常：NotSignedIn、EnquiryNotFound。"""
    require(actor, *Role)
    return _one(Enquiry.objects.filter(account_id=actor.account_id or 0), number)


def require_move(actor: Actor, move: Move, row: Enquiry) -> None:
    """能不能做这一步：没有岗位要求的只有本人能做。异常：NotAllowed、EnquiryNotFound。"""
    if not move.roles:
        if row.account_id != actor.account_id:
            raise EnquiryNotFound
        return
    require(actor, *move.roles, department=None if Role.BUREAU in move.roles else row.department)


def _one(rows: QuerySet[Enquiry], number: str) -> Enquiry:
    row = rows.filter(number=number).first()
    if row is None:
        raise EnquiryNotFound
    return row
