"""不用登录就能用的：查事项、看指南、查进度、看视频。查到的东西只在这一轮里。"""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from shilong.foundation.files import services as files
from shilong.foundation.refusals import Refused
from shilong.hall.terminals import selectors as terminals
from shilong.hall.terminals import services as terminal_services
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.network import client_ip
from shilong.service.cases import selectors as cases
from shilong.service.catalog import labels, rules, search, selectors, services
from shilong.web.common import parameters
from shilong.web.common.tables import paged
from shilong.web.kiosk import middleware
from shilong.web.kiosk.guards import at_kiosk
from shilong.web.portal.catalog_views import answers

SIZE = 8
SHOWN = 4  # 刷身份证查进度时只给编号末几位：键盘式读卡器分不出是不是真的刷了卡
_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})$")


@require_safe
@at_kiosk
def items(request: HttpRequest) -> HttpResponse:
    """搜事项，或按主题、部门翻。"""
    chosen = {key: parameters.text(request.GET, key, 20) for key in ("theme", "department")}
    q = parameters.text(request.GET, "q", search.QUERY_MAX)
    online = True if request.GET.get("online") == "1" else None
    title = "选要申报的事项" if online else "查事项"
    context: dict[str, Any] = {"title": title, "q": q, "chosen": chosen, "online": online, "facets": selectors.facets()}
    if q or online or any(chosen.values()):
        context["page"] = paged(request, lambda number: selectors.published(q=q, page=number, size=SIZE, online=online, **chosen))
        terminal_services.count(request.kiosk.terminal, "search")  # type: ignore[attr-defined]
    return render(request, "selfservice/items.html", context)


@require_safe
@at_kiosk
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """办事指南，大字版；选了情形只看自己要交的材料。"""
    item = selectors.item(code)
    terminal_services.count(request.kiosk.terminal, "guide")  # type: ignore[attr-defined]
    context = {
        "title": "办事指南",
        "item": item,
        "trimmed": rules.trim(item, answers(request)),
        "query": request.GET.urlencode(),
        "promise": labels.duration(item.promise_days, item.promise_unit),
    }
    return render(request, "selfservice/guide.html", context)


@require_safe
@at_kiosk
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """出一次性告知单（带编号与验真码），去打印。"""
    item = selectors.item(code)
    number = services.issue_notice(item, rules.trim(item, answers(request)), actor=request.actor)  # type: ignore[attr-defined]
    return redirect("selfservice:print", kind="notice", reference=number)


@sensitive_post_parameters("query_code")
@require_http_methods(["GET", "HEAD", "POST"])
@at_kiosk
def progress(request: HttpRequest) -> HttpResponse:
    """凭申请编号与查询码查进度。查到后另开一页：后退重放不了这次提交。"""
    context = {"title": "查进度", "case_no": parameters.text(request.POST, "case_no", 50).upper()}
    if request.method != "POST":
        return render(request, "selfservice/progress.html", context)
    code = parameters.text(request.POST, "query_code", 12)
    try:
        cases.progress(context["case_no"], code, client_ip(request))
    except Refused as refusal:
        return render(request, "selfservice/progress.html", {**context, "error": refusal.text}, status=refusal.status)
    middleware.keep(request, found=[context["case_no"], code])
    terminal_services.count(request.kiosk.terminal, "progress")  # type: ignore[attr-defined]
    return redirect("selfservice:result")


@require_safe
@at_kiosk
def result(request: HttpRequest) -> HttpResponse:
    """查到的进度。编号与查询码只记在这一轮的会话里。"""
    found = middleware.notes(request).get("found")
    if not found:
        return redirect("selfservice:progress")
    view = cases.progress(found[0], found[1], client_ip(request))
    return render(request, "selfservice/result.html", {"title": "办件进度", "view": view, "private": True})


@require_safe
@at_kiosk
def by_card(request: HttpRequest) -> HttpResponse:
    """刷身份证查进度：只列事项、状态与编号末四位；要看全的、要打印的须再用短信确认。"""
    account_id = middleware.notes(request).get("card")
    if not account_id:
        return redirect("selfservice:card", purpose="progress")
    rows = cases.mine(accounts.actor_for(account_id), size=10)
    listed = [(row.case_no[-SHOWN:], row.item_name, row.status_name, row.status_tone, row.submitted_at) for row in rows]
    terminal_services.count(request.kiosk.terminal, "progress")  # type: ignore[attr-defined]
    return render(request, "selfservice/by_card.html", {"title": "办件进度", "rows": listed, "private": True})


@require_safe
@at_kiosk
def videos(request: HttpRequest) -> HttpResponse:
    """使用指导：有视频放视频，没有就看图文步骤。"""
    return render(request, "selfservice/videos.html", {"title": "使用指导", "rows": terminals.videos()})


@require_safe
@at_kiosk
def video(request: HttpRequest, video_id: int) -> HttpResponse:
    """播放一段。"""
    row = terminals.video(video_id)
    terminal_services.count(request.kiosk.terminal, "video")  # type: ignore[attr-defined]
    return render(request, "selfservice/video.html", {"title": row.title, "row": row})


@require_safe
@at_kiosk
def video_file(request: HttpRequest, video_id: int) -> HttpResponse:
    """视频内容；支持拖动（一段一段取）。"""
    return ranged(request, files.open_file(terminals.video(video_id).file_id).read(), "video/mp4")


def ranged(request: HttpRequest, content: bytes, mime: str) -> HttpResponse:
    """整个，或请求要的那一段（RFC 9110 第 14 节，只认单段）。"""
    wanted = _RANGE.match(request.headers.get("Range", ""))
    if wanted is None:
        response = HttpResponse(content, content_type=mime)
    else:
        first = int(wanted[1])
        last = min(int(wanted[2]) if wanted[2] else len(content) - 1, len(content) - 1)
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
        response = HttpResponse(content[first : last + 1], status=206, content_type=mime)
        response["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    response["Accept-Ranges"] = "bytes"
    return response
