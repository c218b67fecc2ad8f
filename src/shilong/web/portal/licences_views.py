"""我的证照：卡片、详情、亮证、下载、授权、谁用过。"""

from uuid import UUID

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shilong.foundation.refusals import Refused
from shilong.identity.organizations import selectors as organizations
from shilong.service.licences import permissions, selectors, services
from shilong.service.licences.selectors import holder
from shilong.service.licences.services.showing import SECONDS
from shilong.web.common import parameters
from shilong.web.common.downloads import attachment
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import page_number

TONES = ("blue", "gold", "teal")
MIMES = {"ofd": "application/ofd", "pdf": "application/pdf"}


@require_safe
@signed_in()
def cards(request: HttpRequest) -> HttpResponse:
    """全部证照。"""
    actor = request.actor  # type: ignore[attr-defined]
    rows = [(row, TONES[place % 3] if row.state == "01" else "grey") for place, row in enumerate(selectors.mine(actor))]
    used = selectors.uses(actor, size=5)
    usable = [row for row in selectors.grants(actor) if row.usable]
    verified = bool(permissions.holder_index(actor))
    return _page(request, "cards", "我的证照", verified=verified, rows=rows, uses=used, grants=usable)


@require_safe
@signed_in()
def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """一张证照。"""
    return _detail(request, uid, {})


@require_safe
@signed_in()
def face(request: HttpRequest, uid: UUID) -> HttpResponse:
    """证照的图。"""
    response = HttpResponse(holder.picture(uid, request.actor), content_type="image/png")  # type: ignore[attr-defined]
    response["Cache-Control"] = "private, max-age=300"
    return response


@require_safe
@signed_in()
def download(request: HttpRequest, uid: UUID, kind: str) -> HttpResponse:
    """下载 OFD 原件或 PDF 副本。"""
    if kind not in MIMES:
        raise Http404
    row, content = holder.file(uid, kind, request.actor)  # type: ignore[attr-defined]
    return attachment(content, f"{row.name}-{row.number}.{kind}", MIMES[kind])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """亮证：先写用途，再出 60 秒一次性的码。"""
    actor = request.actor  # type: ignore[attr-defined]
    view = selectors.licence(uid, actor)
    if request.method != "POST":
        return _page(request, "show", "亮证", view=view, purpose=parameters.text(request.GET, "purpose", 100))
    purpose = parameters.text(request.POST, "purpose", 200)
    try:
        token, until = services.show(uid, purpose, actor=actor)
    except Refused as refusal:  # 填错的人在原页上改
        return _page(request, "show", "亮证", view=view, purpose=purpose, error=refusal.fields.get("purpose") or refusal.text, status=422)
    address = request.build_absolute_uri(reverse("portal:licence-scan", args=[token]))
    picture = segno.make(address, error="m").svg_data_uri(scale=6, border=3)
    return _page(request, "show", "亮证", view=view, purpose=purpose, picture=picture, until=until, seconds=SECONDS)


@require_safe
@signed_in()
def uses(request: HttpRequest) -> HttpResponse:
    """谁用过我的证照。"""
    actor = request.actor  # type: ignore[attr-defined]
    found = selectors.uses(actor, page=page_number(request))
    return _page(request, "uses", "用证记录", page=found, calls=selectors.city_calls_about(actor))


@require_safe
@signed_in()
def grants(request: HttpRequest) -> HttpResponse:
    """给出的授权。"""
    return _page(request, "grants", "授权记录", rows=selectors.grants(request.actor))  # type: ignore[attr-defined]


@require_POST
@signed_in()
def grant(request: HttpRequest, uid: UUID) -> HttpResponse:
    """授权一个部门用这张证照。"""
    values = {name: parameters.text(request.POST, name, 300) for name in ("department", "purpose", "max_uses", "days")}
    try:
        services.grant(
            uid,
            department=values["department"],
            purpose=values["purpose"],
            max_uses=parameters.whole(request.POST, "max_uses", 0, digits=4),
            days=parameters.whole(request.POST, "days", 0, digits=4),
            keys=request.POST.getlist("keys"),
            actor=request.actor,  # type: ignore[attr-defined]
        )
    except Refused as refusal:
        return _detail(request, uid, values, error=next(iter(refusal.fields.values()), refusal.text), status=422)
    messages.success(request, "授权已给出，把授权编号告诉对方即可；随时可以撤回。")
    return redirect("portal:licence-grants")


@require_POST
@signed_in()
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """撤回授权。"""
    services.revoke_grant(uid, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, "授权已撤回，对方不能再用。")
    return redirect("portal:licence-grants")


@never_cache
@require_safe
@signed_in()
def offline(request: HttpRequest, uid: UUID) -> HttpResponse:
    """离线验证码：没网的场所也能核对。"""
    view, block = selectors.licence(uid, request.actor), services.offline_block(permissions.owned(uid, request.actor))  # type: ignore[attr-defined]
    picture = segno.make(block, error="m").svg_data_uri(scale=4, border=3)
    return _page(request, "offline", "离线验证码", view=view, proof=block, picture=picture)


def _detail(request: HttpRequest, uid: UUID, typed: dict[str, str], *, error: str = "", status: int = 200) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    view = selectors.licence(uid, actor)
    context = {"view": view, "uses": selectors.uses(actor, uid, size=10), "typed": typed, "error": error}
    departments = organizations.departments()
    return _page(request, "detail", view.row.name, departments=departments, status=status, **context)


def _page(request: HttpRequest, template: str, title: str, *, status: int = 200, **context: object) -> HttpResponse:
    shared = {"mtab": "我的", "mtitle": title, "tab": "licences"}
    return render(request, f"portal/licences/{template}.html", {**shared, **context}, status=status)
