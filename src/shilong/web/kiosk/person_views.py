"""刷身份证、短信确认、我的办件与证照、申报。号码只在这一次请求里用，不进日志、不进会话、不回页面。"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.codes import checks, masks
from shilong.foundation.refusals import NotFound, Refused
from shilong.hall.terminals import services as terminal_services
from shilong.hall.terminals.rules import Reader
from shilong.hall.terminals.selectors import TerminalView
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts import services as account_services
from shilong.identity.accounts import steps
from shilong.identity.accounts.network import client_ip
from shilong.identity.accounts.steps import Step
from shilong.service.cases import selectors as cases
from shilong.service.catalog import selectors as catalog
from shilong.service.licences import selectors as licences
from shilong.service.materials import services as drafts
from shilong.web.common import parameters
from shilong.web.kiosk import middleware, ticket_views
from shilong.web.kiosk.guards import at_kiosk, known

PURPOSES = {"checkin": "预约签到", "progress": "查我的办件进度", "mine": "打印我的证照和文书", "apply": "在线申报"}
SMS = "kiosk"  # 验证码的用途：登录用的码在这里不认，反过来也一样
CHANNEL = "4"  # 自助终端


class CardNotMatched(NotFound):
    """没注册、没实名核验、账号停用说同一句话。"""

    code = "card_not_matched"
    message = "没有找到与这张身份证对应的已实名账号。请先用手机注册并实名，或到窗口办理。"


class NoMobile(Refused):
    code = "kiosk_no_mobile"
    message = "您的账号没有登记手机号，不能用短信确认。请到窗口办理。"


@sensitive_post_parameters("id_no")
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
@at_kiosk
def card(request: HttpRequest, purpose: str) -> HttpResponse:
    """刷身份证。页面脚本按读卡格式取出号码，POST 过来只用一次；匹配到的账号记在这一轮里。"""
    if purpose not in PURPOSES:
        raise NotFound
    terminal: TerminalView = request.kiosk.terminal  # type: ignore[attr-defined]
    if request.method != "POST":
        context = {"title": "刷身份证", "purpose": PURPOSES[purpose], "terminal": terminal, "demo": _demo(terminal)}
        return render(request, "selfservice/card.html", context)
    number = _number(request, terminal)
    if purpose == "checkin":  # 预约签到不看有没有账号，也不记号码
        terminal_services.card_read(terminal, matched=False, ip=client_ip(request))
        ticket_views.arrive(request, number)
        return JsonResponse({"next": "/self/tickets/slip/"})
    account_id = _match(number)
    terminal_services.card_read(terminal, matched=account_id is not None, ip=client_ip(request))
    if account_id is None:
        raise CardNotMatched
    middleware.keep(request, card=account_id, purpose=purpose)
    return JsonResponse({"next": "/self/progress/card/" if purpose == "progress" else "/self/confirm/"})


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@at_kiosk
def confirm(request: HttpRequest) -> HttpResponse:
    """第二步：短信验证码发到账号登记的手机，输对才算本人。"""
    note = middleware.notes(request)
    if not note.get("card"):
        return redirect("selfservice:card", purpose="mine")
    mobile = _mobile(note["card"])
    context: dict[str, Any] = {"title": "短信确认", "mobile": masks.mask_mobile(mobile), "sent": note.get("sent"), "private": True}
    if request.method != "POST":
        return render(request, "selfservice/confirm.html", context)
    try:
        account_services.verify_code(mobile, parameters.text(request.POST, "code", 8), purpose=SMS)
    except Refused as refusal:
        return render(request, "selfservice/confirm.html", {**context, "error": refusal.text}, status=refusal.status)
    item = note.get("item")
    after = f"/self/apply/{item}/" if item and note.get("purpose") == "apply" else "/self/mine/"
    middleware.keep(request, account=note["card"], sent=None)
    step = steps.begin(request, accounts.account(note["card"]), method="一体机", after=after)
    return redirect(after if step is Step.DONE else "/login/otp/")


@require_POST
@at_kiosk
def send_code(request: HttpRequest) -> HttpResponse:
    """发验证码；号码由账号来，不由页面给。"""
    note = middleware.notes(request)
    if not note.get("card"):
        return redirect("selfservice:card", purpose="mine")
    try:
        account_services.send_code(_mobile(note["card"]), client_ip(request), purpose=SMS)
    except Refused as refusal:
        context = {"title": "短信确认", "mobile": masks.mask_mobile(_mobile(note["card"])), "sent": note.get("sent"), "error": refusal.text}
        return render(request, "selfservice/confirm.html", context | {"private": True}, status=refusal.status)
    middleware.keep(request, sent=True)
    return redirect("selfservice:confirm")


@require_safe
@at_kiosk
@known
def mine(request: HttpRequest) -> HttpResponse:
    """我的办件与证照，挑要打印的。"""
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "title": "我的办件和证照",
        "cases": list(cases.mine(actor, size=10)),
        "licences": [row for row in licences.mine(actor) if row.state == "01"],
        "private": True,
    }
    return render(request, "selfservice/mine.html", context)


@require_safe
@at_kiosk
@known
def case_page(request: HttpRequest, case_no: str) -> HttpResponse:
    """一件办件的凭证与文书。"""
    view = cases.case(case_no, actor=request.actor)  # type: ignore[attr-defined]
    return render(request, "selfservice/case.html", {"title": "办件文书", "case": view, "private": True})


@require_safe
@at_kiosk
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """申报：没确认身份的先去刷身份证，回来接着办；确认过的进申报页，渠道记自助终端。"""
    item = catalog.item(code)
    if request.actor.account_id is None:  # type: ignore[attr-defined]
        middleware.keep(request, item=item.code)
        return redirect("selfservice:card", purpose="apply")
    draft = drafts.open_draft(item.code, actor=request.actor, channel=CHANNEL)  # type: ignore[attr-defined]
    terminal_services.count(request.kiosk.terminal, "apply")  # type: ignore[attr-defined]
    return redirect(f"portal:apply-{draft.step}", draft_id=draft.id)


def _demo(terminal: TerminalView) -> bool:
    return terminal.reader == Reader.DEMO and settings.MODE != "production"


@sensitive_variables()
def _number(request: HttpRequest, terminal: TerminalView) -> str:
    """刷到的号码。异常：InvalidCode 号码不对。"""
    simulated = "demo" in request.POST and _demo(terminal)
    typed = str(terminal.config.get("demo_card") or "") if simulated else parameters.text(request.POST, "id_no", 18)
    return checks.check_idcard(typed)


@sensitive_variables()
def _match(number: str) -> int | None:
    """号码对应哪个已实名账号；没有、停用为 None。"""
    account_id = accounts.account_by_id_no("111", number)
    if account_id is None:
        return None
    try:
        accounts.actor_for(account_id)
    except NotFound:  # 停用的账号
        return None
    return account_id


def _mobile(account_id: int) -> str:
    mobile = accounts.applicant(account_id).mobile
    if not mobile:
        raise NoMobile
    return mobile
