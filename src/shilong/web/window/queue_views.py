"""叫号台：呼叫下一位直接进入收件、重呼、过号、找回、转窗、弃号、办结、暂停（W01）。"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.refusals import NotFound
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Role
from shilong.service.booking import selectors as bookings
from shilong.service.booking import services as booking_services
from shilong.service.queueing import selectors, services
from shilong.service.queueing.refusals import NoWindow
from shilong.service.queueing.selectors import TicketView
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in
from shilong.web.window.views import side

SIMPLE = {
    "recall": (services.recall, "已重呼 {number} 号。"),
    "serve": (services.serve, "{number} 号开始办理。"),
    "finish": (services.finish, "{number} 号已办结。"),
    "miss": (services.miss, "{number} 号已过号，本人到取号机或窗口可以找回。"),
    "abandon": (services.abandon, "{number} 号已弃号。"),
}


@dataclass(frozen=True, slots=True)
class Arriving:
    """正要收件的人：叫到的号与他的档案（没登记的为空）。"""

    ticket: TicketView
    profile: ApplicantProfile | None


@never_cache
@require_safe
@signed_in(Role.WINDOW)
def bench(request: HttpRequest) -> HttpResponse:
    """叫号台；等候名单每 3 秒更新。"""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        view = selectors.bench(actor)
    except NoWindow as refusal:  # 还没配窗口的人：告诉他找谁，而不是一页报错
        return render(request, "window/queue/none.html", {**side(request, "queue"), "problem": refusal.text})
    if request.headers.get("HX-Request"):
        return render(request, "window/queue/_lists.html", {"view": view})
    today = bookings.bookings(actor=actor, day=timezone.localdate(), state="booked", size=50)
    windows = [row for row in selectors.windows(view.window.hall) if row.name != view.window.name]
    data = {**side(request, "queue"), "view": view, "call": view.current, "today": today, "windows": windows}
    return render(request, "window/queue/bench.html", data)


@require_POST
@signed_in(Role.WINDOW)
def call_next(request: HttpRequest) -> HttpResponse:
    """呼叫下一位：选好事项的直接到收件登记页，带上事项与申请人；没选的先选事项。"""
    ticket = services.call_next(actor=request.actor)  # type: ignore[attr-defined]
    if ticket.item_code:
        return redirect(f"{reverse('window:new-applicant', args=[ticket.item_code])}?ticket={ticket.uid}")
    return redirect("window:queue")


@require_POST
@signed_in(Role.WINDOW)
def act(request: HttpRequest, uid: UUID, action: str) -> HttpResponse:
    """对一个号做一步。"""
    actor = request.actor  # type: ignore[attr-defined]
    if action == "transfer":
        ticket = services.transfer(
            uid, parameters.text(request.POST, "group", 32), actor=actor, window=parameters.text(request.POST, "window", 20)
        )
        messages.success(request, f"{ticket.number} 号已转到“{ticket.group_name}”，排在最前。")
        return redirect("window:queue")
    if action == "return":
        ticket = services.give_back(selectors.ticket(uid).number, actor=actor)
        messages.success(request, f"{ticket.number} 号已找回，排到几位之后。")
        return redirect("window:queue")
    if action not in SIMPLE:
        raise NotFound
    do, text = SIMPLE[action]
    ticket = do(uid, actor=actor)
    messages.success(request, text.format(number=ticket.number))
    return _back(request, ticket)


@require_POST
@signed_in(Role.WINDOW)
def check_in(request: HttpRequest) -> HttpResponse:
    """替没带手机的人签到：核对证件后按预约编号。"""
    number = parameters.text(request.POST, "number", 32)
    ticket = booking_services.check_in_by_staff(number, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, f"已签到，取得 {ticket.number} 号。")
    return redirect("window:queue")


@require_POST
@signed_in(Role.WINDOW)
def pause(request: HttpRequest) -> HttpResponse:
    """暂停或恢复窗口。"""
    actor = request.actor  # type: ignore[attr-defined]
    if request.POST.get("resume"):
        services.resume(actor=actor)
        messages.success(request, "窗口已恢复，可以叫号。")
    else:
        services.pause(parameters.text(request.POST, "reason", 60), actor=actor)
        messages.success(request, "窗口已暂停，大屏上会显示原因。")
    return redirect("window:queue")


def arriving(request: HttpRequest) -> Arriving | None:
    """收件登记页带来的号；没带为空。看档案会留痕。异常：NotYourTicket 等。"""
    raw = parameters.text(request.POST if request.method == "POST" else request.GET, "ticket", 40)
    if not raw:
        return None
    try:
        uid = UUID(raw)
    except ValueError:
        raise NotFound from None
    return Arriving(*selectors.intake(uid, actor=request.actor))  # type: ignore[attr-defined]


def start(request: HttpRequest, call: Arriving | None) -> None:
    """登记好申请人就是人到了：还在呼叫中的转为办理中。"""
    if call and call.ticket.state == "called":
        services.serve(call.ticket.uid, actor=request.actor)  # type: ignore[attr-defined]


def serving(request: HttpRequest, case_no: str) -> TicketView | None:
    """这件办件是哪个正在办理的号收下的。"""
    return selectors.serving_case(case_no, request.actor)  # type: ignore[attr-defined]


def _back(request: HttpRequest, ticket: TicketView) -> HttpResponse:
    """重呼、开始办理之后留在收件页，其余回叫号台。"""
    data: dict[str, Any] = {"item_code": ticket.item_code}
    if request.POST.get("stay") and ticket.state in ("called", "serving") and ticket.item_code:
        return redirect(f"{reverse('window:new-applicant', kwargs=data)}?ticket={ticket.uid}")
    return redirect("window:queue")
