"""谁能叫号、谁能设置大厅、哪台机器能取号。"""

from django.core import signing

from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor, Role, require
from shilong.service.queueing.models import Hall, Ticket, Window
from shilong.service.queueing.refusals import DeviceNotAllowed, NotYourTicket, NoWindow

CALLERS = (Role.WINDOW,)
MANAGERS = (Role.BUREAU,)
WATCHERS = (Role.WINDOW, Role.BUREAU)  # 看统计、授权取号机
SALT = "queueing.device"


def window_name(actor: Actor) -> str:
    """这个人坐在哪个窗口；没有登记为空串。"""
    known = organizations.staff(actor.account_id) if actor.account_id else None
    return known.window if known else ""


def my_window(actor: Actor) -> Window:
    """这个人的窗口。异常：NoWindow；不是窗口人员时 NotAllowed。"""
    require(actor, *CALLERS)
    name = window_name(actor)
    row = Window.objects.select_related("hall").filter(name=name).first() if name else None
    if row is None:
        raise NoWindow
    return row


def require_mine(ticket: Ticket, window: Window) -> None:
    """号在不在我的窗口。异常：NotYourTicket。"""
    if ticket.window_id != window.pk:
        raise NotYourTicket(number=ticket.number)


def device_token(hall: Hall) -> str:
    """取号机的凭证，存在它的浏览器里。"""
    return signing.dumps([hall.key, hall.devices], salt=SALT)


def device_hall(token: str) -> Hall:
    """凭证属于哪个大厅。异常：DeviceNotAllowed（没有授权、被收回、被改动）。"""
    try:
        key, batch = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise DeviceNotAllowed from None
    hall = Hall.objects.filter(key=key, devices=batch, is_active=True).first()
    if hall is None:
        raise DeviceNotAllowed
    return hall
