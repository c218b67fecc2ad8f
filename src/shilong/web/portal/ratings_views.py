"""群众评价：本人在网上评、凭短信链接评、看自己的评价；评价公开。"""

from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shilong.foundation.refusals import Refused
from shilong.identity.organizations import selectors as organizations
from shilong.service.catalog import selectors as catalog
from shilong.service.ratings import selectors, services
from shilong.service.ratings.rules import scores
from shilong.service.ratings.selectors import mine
from shilong.service.ratings.selectors.rows import level_name
from shilong.service.ratings.services import Opinion
from shilong.service.ratings.services.attachments import MAX_IMAGES, MAX_VIDEOS
from shilong.web.common import parameters
from shilong.web.common.downloads import inline
from shilong.web.common.guards import signed_in
from shilong.web.common.tables import paged

FACES = {5: "laugh", 4: "smile", 3: "meh", 2: "frown", 1: "angry"}
LEVELS = [(level, level_name(level), FACES[level], scores.tags_of(level)) for level in scores.LEVELS]
ONLINE_ERRORS = (409, 413, 422, 429)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def rate(request: HttpRequest, case_no: str) -> HttpResponse:
    """评自己的办件，看已评的。"""
    actor = request.actor  # type: ignore[attr-defined]
    found = selectors.case_ratings(case_no, actor)
    node = parameters.text(request.POST or request.GET, "node", 2)
    open_nodes = [one for one in found.nodes if one.left]
    chosen = next((one for one in open_nodes if one.node == node), open_nodes[0] if open_nodes else None)
    errors: dict[str, str] = {}
    if request.method == "POST":
        refusal = _submit(request, lambda opinion: services.rate_case(case_no, node, opinion, actor=actor, pf=_channel(request)))
        if refusal is None:
            messages.success(request, "谢谢您的评价。")
            return redirect("portal:rate", case_no=case_no)
        errors = {"": refusal.text, **refusal.fields}
    context = {"found": found, "chosen": chosen, "again": bool(chosen and chosen.again), "named": True, **_form(request)}
    return _page(request, "rate", "服务评价", errors=errors, **context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """凭短信、二维码里的一次性链接评，不用登录。"""
    actor = request.actor  # type: ignore[attr-defined]
    found = selectors.service_by_link(token, actor)
    errors: dict[str, str] = {}
    if request.method == "POST":
        refusal = _submit(request, lambda opinion: services.rate_by_link(token, opinion, actor=actor))
        if refusal is None:
            return _page(request, "thanks", "谢谢您的评价", found=found)
        errors = {"": refusal.text, **refusal.fields}
    response = _page(request, "link", "服务评价", errors=errors, found=found, again=found.again, named=True, **_form(request))
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@signed_in()
def media(request: HttpRequest, case_no: str, pk: int) -> HttpResponse:
    """我的评价里的图片、视频。"""
    row = mine.my_file(case_no, pk, request.actor)  # type: ignore[attr-defined]
    return inline(row.playable_id or row.file_id)


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """评价公开：按部门、事项、级别筛选。"""
    department = parameters.text(request.GET, "department", 32)
    item, level = parameters.text(request.GET, "item", 50), parameters.text(request.GET, "level", 1)
    page = paged(request, lambda number: selectors.public_page(department=department, item=item, level=level, page=number))
    every = catalog.published(department=department, size=1000).items
    context: dict[str, Any] = {
        "page": page,
        "summary": selectors.public_totals(department, item),
        "departments": organizations.departments(),
        "items": every,
        "levels": LEVELS,
        "department": department,
        "item": item,
        "level": level,
        "used": bool(department or item or level),
    }
    return _page(request, "public", "评价公开", nav="评价公开", mtab="", **context)


def _submit(request: HttpRequest, send: Any) -> Refused | None:
    """交一次评价；能在原页上改的拒绝返回给页面，其余照常抛出。"""
    uploads = [(cast(BinaryIO, one), one.name or "附件") for one in request.FILES.getlist("files")[: MAX_IMAGES + MAX_VIDEOS + 1]]
    tags = [parameters.clean(tag, 4) for tag in request.POST.getlist("tags")[:20]]
    level = parameters.text(request.POST, "level", 2)
    wanted = [tag for tag in tags if tag.startswith(level)] if level else []  # 换过级别、没有脚本的浏览器会把别级勾过的也带来
    opinion = Opinion(level, wanted, parameters.text(request.POST, "text", 2000), request.POST.get("anonymous") != "0", uploads)
    try:
        send(opinion)
    except Refused as refusal:
        if refusal.status not in ONLINE_ERRORS:
            raise
        return refusal
    return None


def _form(request: HttpRequest) -> dict[str, Any]:
    return {
        "levels": LEVELS,
        "level": parameters.text(request.POST, "level", 2),
        "tags": request.POST.getlist("tags"),
        "text": parameters.text(request.POST, "text", 2000),
        "anonymous": request.POST.get("anonymous", "0") != "0",
        "limit": scores.TEXT_LIMIT,
        "shown": scores.SHOWN_FIRST,
        "images": MAX_IMAGES,
        "videos": MAX_VIDEOS,
    }


def _channel(request: HttpRequest) -> str:
    """手机浏览器记移动端，其余电脑端。"""
    return "2" if "Mobi" in request.headers.get("User-Agent", "") else "1"


def _page(request: HttpRequest, template: str, title: str, *, errors: dict[str, str] | None = None, **context: Any) -> HttpResponse:
    data = {"mtab": "我的", "mtitle": title, "tab": "cases", "errors": errors or {}, **context}
    return render(request, f"portal/ratings/{template}.html", data, status=422 if errors else 200)
