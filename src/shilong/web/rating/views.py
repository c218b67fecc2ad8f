"""评价器：凭终端令牌登录，轮询有没有要评的服务，收评价（含断网期间存下的）。

令牌放 HttpOnly 的 Cookie；页面由 Service Worker 存一份，断网也打得开。
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.codes import masks
from shilong.foundation.refusals import BadRequest
from shilong.service.ratings import selectors, services
from shilong.service.ratings.refusals import TerminalUnknown
from shilong.service.ratings.rules import scores
from shilong.service.ratings.selectors.rows import level_name
from shilong.service.ratings.services import Opinion, occasions, terminals
from shilong.web.common import parameters
from shilong.web.portal.ratings_views import FACES

COOKIE = "shilong_rating_terminal"
YEAR = 365 * 24 * 3600
BODY_LIMIT = 16 * 1024
WORKER = Path(__file__).parent / "static" / "rating" / "worker.js"


@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """输入登记时给的令牌；之后这台平板一直是这个窗口的评价器。"""
    error = ""
    if request.method == "POST":
        token = parameters.text(request.POST, "token", 80)
        try:
            terminals.recognise(token)
        except TerminalUnknown as refusal:
            error = refusal.text
        else:
            response = redirect("rating:screen")
            response.set_cookie(COOKIE, token, max_age=YEAR, httponly=True, samesite="Strict", secure=request.is_secure(), path="/rating/")
            return response
    return render(request, "rating/login.html", {"error": error}, status=422 if error else 200)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """这台平板不再当评价器。"""
    response = redirect("rating:login")
    response.delete_cookie(COOKIE, path="/rating/")
    return response


@ensure_csrf_cookie
@require_safe
def screen(request: HttpRequest) -> HttpResponse:
    """评价器主页：待机、评价、谢谢三个画面在同一页里，切换不用连网。"""
    try:
        terminal = terminals.recognise(request.COOKIES.get(COOKIE, ""))
    except TerminalUnknown:
        return redirect("rating:login")
    levels = [
        {"level": level, "name": level_name(level), "face": FACES[level], "bad": level in scores.BAD, "tags": scores.tags_of(level)}
        for level in scores.LEVELS
    ]
    response = render(request, "rating/screen.html", {"terminal": terminal, "levels": levels})
    response["Cache-Control"] = "no-cache"
    return response


@never_cache
@require_safe
def next_service(request: HttpRequest) -> JsonResponse:
    """现在要评的服务；没有为 null。评价器每不到一秒问一次。"""
    prompt = selectors.next_prompt(terminals.recognise(request.COOKIES.get(COOKIE, "")))
    if prompt is None:
        return JsonResponse({"service": None})
    shown = {"uid": str(prompt.uid), "title": prompt.title, "node": prompt.node, "signable": prompt.signable}
    return JsonResponse({"service": {**shown, "staff": masks.publish_name(prompt.staff)}})


@never_cache
@require_safe
def qr(request: HttpRequest, uid: UUID) -> HttpResponse:
    """用手机评：这次服务的一次性二维码。"""
    terminal = terminals.recognise(request.COOKIES.get(COOKIE, ""))
    address = occasions.link_on_screen(terminal.window, uid)
    return JsonResponse({"picture": segno.make(address, error="m", micro=False).svg_data_uri(scale=6, border=2)})


@require_POST
def submit(request: HttpRequest) -> JsonResponse:
    """收一条评价；同一客户端编号重交无害。规则不收的给 4xx，评价器据此丢弃，不再重试。"""
    terminal = terminals.recognise(request.COOKIES.get(COOKIE, ""))
    body = _body(request)
    opinion = Opinion(body.get("level"), _tags(body.get("tags")), "", body.get("named") is not True)
    services.rate_on_terminal(terminal, _uuid(body.get("client_id")), _optional(body.get("service")), opinion, _moment(body.get("at")))
    return JsonResponse({"ok": True}, status=201)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Service Worker 脚本；要放在 /rating/ 下才管得到这一片。"""
    response = HttpResponse(WORKER.read_text(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _body(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > BODY_LIMIT:
        raise BadRequest
    try:
        found = json.loads(request.body)
    except ValueError:
        raise BadRequest from None
    if not isinstance(found, dict):
        raise BadRequest
    return found


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise BadRequest from None


def _optional(value: object) -> UUID | None:
    return None if value in (None, "") else _uuid(value)


def _tags(value: object) -> list[str]:
    return [str(one)[:4] for one in value[:20]] if isinstance(value, list) else []


def _moment(value: object) -> datetime:
    try:
        found = parse_datetime(str(value))
    except ValueError:
        found = None
    return found if found is not None and timezone.is_aware(found) else timezone.now()
