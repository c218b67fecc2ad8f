"""谁能看、谁能做。工作人员看得到评价内容，看不到评价人是谁；被评的人不能处理自己的差评。"""

from django.db.models import QuerySet

from shilong.identity.roles.actor import Actor, Role, Scope, require
from shilong.service.ratings.models import Rating, Ticket
from shilong.service.ratings.refusals import OwnRating, SamePerson, TicketNotFound
from shilong.service.ratings.rules.tickets import STEP_NAMES, Move

HANDLERS = (Role.OFFICER, Role.LEADER, Role.BUREAU)
WATCHERS = (Role.BUREAU, Role.LEADER, Role.OFFICER)
EDITORS = (Role.BUREAU,)  # 规则、推送
INSTALLERS = (Role.SYSADMIN,)  # 评价器


def wide(actor: Actor) -> bool:
    """看全区。"""
    return actor.scope is Scope.DISTRICT or actor.has(Role.BUREAU)


def visible_tickets(actor: Actor) -> QuerySet[Ticket]:
    """看得到的工单：审批局与全区范围看全部，部门看本部门的；评自己的不看。"""
    require(actor, *HANDLERS)
    rows = Ticket.objects.all() if wide(actor) else Ticket.objects.filter(department=actor.department)
    return rows if actor.has(Role.BUREAU) else rows.exclude(staff_id=actor.account_id)


def visible_ratings(actor: Actor) -> QuerySet[Rating]:
    """看得到的评价。异常：NotSignedIn、NotAllowed。"""
    require(actor, *WATCHERS)
    return Rating.objects.all() if wide(actor) else Rating.objects.filter(department=actor.department)


def ticket(number: str, actor: Actor, *, lock: bool = False) -> Ticket:
    """一张工单。异常：TicketNotFound（没有与看不到说同一句话）。"""
    rows = visible_tickets(actor)
    if lock:
        rows = rows.select_for_update()
    row = rows.filter(number=number).first()
    if row is None:
        raise TicketNotFound
    return row


def require_step(actor: Actor, move: Move, row: Ticket) -> None:
    """这个人能不能对这张工单做这一步。

    异常：
        NotAllowed: 角色或部门不符。
        OwnRating: 评的是他本人。
        SamePerson: 申诉与复核、整改与回访不能是同一个人。
    """
    require(actor, *move.roles, department=None if Role.BUREAU in move.roles else row.department)
    if row.staff_id is not None and row.staff_id == actor.account_id:
        raise OwnRating
    if move.apart and getattr(row, move.apart) == actor.account_id:
        raise SamePerson(step=STEP_NAMES[move.step])
