"""一体机上的现场取号与预约签到。取号的规则在 service.queueing 与 service.booking，这里只替这台终端去取。"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import NotFound, Refused
from shilong.hall.terminals import services as terminal_services
from shilong.hall.terminals.selectors import TerminalView
from shilong.identity.accounts.network import client_ip
from shilong.identity.roles.actor import Actor, Role
from shilong.service.booking import services as bookings
from shilong.service.queueing import selectors, services
from shilong.web.common import parameters
from shilong.web.kiosk import middleware
from shilong.web.kiosk.guards import at_kiosk


class NoTickets(NotFound):
    code = "kiosk_no_tickets"
    message = "这台终端没有设置取号大厅，请到取号机或咨询台取号。"


@require_safe
@at_kiosk
def tickets(request: HttpRequest) -> HttpResponse:
    """选业务取号；有预约的签到。"""
    return _page(request)


@require_POST
@at_kiosk
def take(request: HttpRequest, group: str) -> HttpResponse:
    """现场取一个号；姓名证件到窗口再登记。"""
    place = selectors.group(group)
    if place.hall.key != _hall(request) or not place.is_active:
        raise NotFound
    try:
        ticket = services.take_on_site(credential(request), group, visitor=services.Visitor(), priority="")
    except Refused as refusal:  # 站在机器前的人：留在原页，说清怎么办
        return _page(request, error=refusal.text, status=refusal.status)
    terminal_services.count(request.kiosk.terminal, "ticket")  # type: ignore[attr-defined]
    return _given(request, ticket.uid)


@sensitive_post_parameters("code", "tail")
@require_http_methods(["POST"])
@at_kiosk
def check_in(request: HttpRequest) -> HttpResponse:
    """凭预约码，或预约编号加手机后四位签到。"""
    text, tail = parameters.text(request.POST, "code", 60), parameters.text(request.POST, "tail", 4)
    try:
        uid = arrive(request, text, tail)
    except Refused as refusal:
        return _page(request, error=refusal.text, status=refusal.status)
    return _given(request, uid)


@require_safe
@at_kiosk
def slip(request: HttpRequest) -> HttpResponse:
    """取到的号；只在这一轮里看得到。"""
    uid = middleware.notes(request).get("ticket")
    if not uid:
        return redirect("selfservice:tickets")
    return render(request, "selfservice/slip.html", {"title": "您的号码", "ticket": selectors.ticket(uid), "private": True})


def arrive(request: HttpRequest, text: str, tail: str = "") -> UUID:
    """签到并取号，返回号的编号；`text` 是预约码、预约编号或身份证号。异常：`bookings.check_in` 的各种拒绝。"""
    uid = bookings.check_in(credential(request), text, tail=tail).uid
    terminal_services.count(request.kiosk.terminal, "checkin")  # type: ignore[attr-defined]
    middleware.keep(request, ticket=str(uid))
    return uid


def credential(request: HttpRequest) -> str:
    """这台终端在它那个大厅的取号凭证；一轮取一次，终端吊销后这里到不了。异常：NoTickets。"""
    known = middleware.notes(request).get("taker")
    if known:
        return str(known)
    terminal: TerminalView = request.kiosk.terminal  # type: ignore[attr-defined]
    machine = Actor(account_id=None, name=f"终端 {terminal.number}", ip=client_ip(request), roles=frozenset({Role.SYSTEM}))
    token = services.authorise_device(_hall(request), actor=machine)
    middleware.keep(request, taker=token)
    return token


def offered(terminal: TerminalView) -> bool:
    """这台终端能不能取号。"""
    return any(row.key == terminal.queue for row in selectors.halls()) if terminal.queue else False


def _hall(request: HttpRequest) -> str:
    terminal: TerminalView = request.kiosk.terminal  # type: ignore[attr-defined]
    if not offered(terminal):
        raise NoTickets
    return terminal.queue


def _given(request: HttpRequest, uid: UUID) -> HttpResponse:
    middleware.keep(request, ticket=str(uid))
    return redirect("selfservice:slip")


def _page(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    hall = _hall(request)
    waiting = {name: count for name, count, _ in selectors.board(hall).queues}
    groups: list[tuple[Any, int]] = [(row, waiting.get(row.name, 0)) for row in selectors.groups(hall)]
    return render(request, "selfservice/tickets.html", {"title": "取号与签到", "groups": groups, "error": error}, status=status)
