"""手机端：不登录，凭扫到的码领取，之后凭这台手机的凭据（Cookie）。"""

import json
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.refusals import BadRequest, Invalid, NotFound
from shilong.identity.accounts.network import client_ip
from shilong.service.handoff import selectors, services
from shilong.service.handoff.rules import WORKING
from shilong.web.common import parameters
from shilong.web.common.downloads import picture


@never_cache
@ensure_csrf_cookie
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """扫码打开的第一页：码在网址 # 后面，由脚本送去领取。链接预览程序只取到这个空页，领不走码。"""
    return render(request, "handoff/landing.html")


@require_POST
def claim(request: HttpRequest) -> JsonResponse:
    """领取，给这台手机种下凭据。"""
    token = parameters.text(request.POST, "token", 100)
    known = request.COOKIES.get(_cookie(parameters.text(request.POST, "uid", 36)), "")
    agent = request.headers.get("User-Agent", "")
    uid, secret = services.claim(token, user_agent=agent, ip=client_ip(request), known=known)
    response = JsonResponse({"next": reverse("handoff:phone", args=[uid]), "uid": str(uid)})
    response.set_cookie(
        _cookie(str(uid)),
        secret,
        max_age=int(WORKING.total_seconds()),
        path="/h/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@never_cache
@ensure_csrf_cookie
@require_safe
def page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """拍照页或签名页。"""
    view = selectors.phone(uid, _secret(request, uid))
    return render(request, f"handoff/{view.kind}.html", {"view": view})


@require_POST
def shoot(request: HttpRequest, uid: UUID) -> HttpResponse:
    """收一张照片，返回各页的新样子。"""
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid("没有收到照片，请重新拍。")
    services.shoot(uid, _secret(request, uid), cast(BinaryIO, upload.file), ip=client_ip(request))
    return _shots(request, uid)


@require_POST
def adjust(request: HttpRequest, uid: UUID, shot_id: int) -> HttpResponse:
    """按拖的四角、转向重做一页。"""
    body = _json(request)
    turns = body.get("turns", 0)
    if not isinstance(turns, int):
        raise Invalid
    services.adjust(uid, _secret(request, uid), shot_id, body.get("corners"), turns, ip=client_ip(request))
    return _shots(request, uid)


@require_POST
def remove(request: HttpRequest, uid: UUID, shot_id: int) -> HttpResponse:
    """删掉一页。"""
    services.remove(uid, _secret(request, uid), shot_id, ip=client_ip(request))
    return _shots(request, uid)


@require_safe
def picture_of(request: HttpRequest, uid: UUID, shot_id: int, which: str) -> HttpResponse:
    """一页的图：sheet 成片，original 原片。"""
    shot = selectors.shot(uid, _secret(request, uid), shot_id)
    if which not in ("sheet", "original"):
        raise NotFound
    return picture(request, shot.file_id if which == "sheet" else shot.original_id)


@require_POST
def finish(request: HttpRequest, uid: UUID) -> HttpResponse:
    """拍完了。"""
    pages = services.finish(uid, _secret(request, uid), ip=client_ip(request))
    return render(request, "handoff/done.html", {"pages": pages})


@require_POST
def sign(request: HttpRequest, uid: UUID) -> HttpResponse:
    """收签名。"""
    body = _json(request)
    device = body.get("device")
    services.sign(uid, _secret(request, uid), body.get("strokes"), device if isinstance(device, dict) else {}, ip=client_ip(request))  # type: ignore[arg-type]
    return render(request, "handoff/done.html", {"signed": True})


def _shots(request: HttpRequest, uid: UUID) -> HttpResponse:
    view = selectors.phone(uid, _secret(request, uid))
    return render(request, "handoff/_shots.html", {"view": view})


def _cookie(uid: str) -> str:
    return f"handoff_{uid.replace('-', '')[:12]}"


def _secret(request: HttpRequest, uid: UUID) -> str:
    return request.COOKIES.get(_cookie(str(uid)), "")


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    if not isinstance(body, dict):
        raise BadRequest
    return body
