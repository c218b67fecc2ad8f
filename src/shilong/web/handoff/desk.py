"""电脑端：出码、看进展、作废；高拍仪找四角。"""

from typing import BinaryIO, cast
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from shilong.foundation.files import scans
from shilong.foundation.refusals import Invalid
from shilong.identity.roles.actor import Role
from shilong.service.handoff import selectors, services
from shilong.service.materials import selectors as drafts
from shilong.service.materials import services as materials
from shilong.web.common import parameters
from shilong.web.common.guards import signed_in

FRAME_LIMIT = 8 * 1024 * 1024


@require_POST
@signed_in()
def create(request: HttpRequest) -> JsonResponse:
    """出码。令牌放在网址的 # 后面，不进服务器日志。"""
    ticket = services.create(
        parameters.text(request.POST, "kind", 8),
        parameters.text(request.POST, "draft", 40),
        actor=request.actor,  # type: ignore[attr-defined]
        session_key=request.session.session_key or "",
        material_code=parameters.text(request.POST, "material", 20),
    )
    address = request.build_absolute_uri(reverse("handoff:landing")) + f"#{ticket.token}"
    return JsonResponse(
        {
            "uid": str(ticket.uid),
            "address": address,
            "picture": segno.make(address, error="m").svg_data_uri(scale=5, border=2),
            "seconds": int((ticket.expires_at - timezone.now()).total_seconds()),
            "progress": reverse("handoff:progress", args=[ticket.uid]),
            "revoke": reverse("handoff:revoke", args=[ticket.uid]),
        }
    )


@require_safe
@signed_in()
def progress(request: HttpRequest, uid: UUID) -> JsonResponse:
    """进展；`mark` 变了就刷新材料。"""
    found = selectors.progress(uid, request.actor)  # type: ignore[attr-defined]
    return JsonResponse({name: getattr(found, name) for name in ("kind", "state", "state_name", "pages", "mark", "seconds")})


@require_POST
@signed_in()
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """作废。"""
    services.revoke(uid, actor=request.actor)  # type: ignore[attr-defined]
    return HttpResponse(status=204)


@require_POST
@signed_in(Role.WINDOW)
def corners(request: HttpRequest) -> JsonResponse:
    """高拍仪拍的一幅：找四角。画面不保存。"""
    frame = request.FILES.get("frame")
    if frame is None or (frame.size or 0) > FRAME_LIMIT:
        raise Invalid("没有收到画面，请重新拍。")
    return JsonResponse({"corners": scans.detect(cast(BinaryIO, frame.file).read())})


@require_POST
@signed_in()
def unsign(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """删掉草稿上的签名，回到核对页（窗口回到代填页）。"""
    actor = request.actor  # type: ignore[attr-defined]
    materials.unsign(draft_id, actor=actor)
    window = drafts.draft(draft_id, actor).channel == materials.WINDOW_CHANNEL
    return redirect("window:new-fill" if window else "portal:apply-check", draft_id=draft_id)
