"""等候屏：正在呼叫、各窗口、等候人数；姓名脱敏，不用登录。

屏每 0.7 秒问一次“有没有新动静”，没有就只是一条索引查询与空的 204。没有用 SSE：网页进程是 WSGI，长连接会占住
工作线程，另起 ASGI 进程只为一两块屏不划算；短轮询断网后自己接上，也没有代理缓冲的问题。
"""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shilong.service.queueing import selectors
from shilong.service.queueing import voice as speech
from shilong.web.common import parameters


@require_safe
def screen(request: HttpRequest, hall: str) -> HttpResponse:
    """大屏整页。"""
    return render(request, "kiosk/screen.html", {"board": selectors.board(hall)})


@never_cache
@require_safe
def now(request: HttpRequest, hall: str) -> HttpResponse:
    """有新动静时给出屏上的内容，没有时 204。`since` 是屏上现在的戳。"""
    since = parameters.whole(request.GET, "since", 0)
    if since and selectors.stamp(hall) == since:
        return HttpResponse(status=204)
    return render(request, "kiosk/_board.html", {"board": selectors.board(hall)})


@require_safe
def voice(request: HttpRequest, hall: str, uid: UUID) -> HttpResponse:
    """这个号的播报音频：浏览器不会念时用。只念正在叫的号。"""
    words = selectors.spoken(uid)
    if not words or selectors.ticket(uid).hall != hall:
        raise Http404
    response = HttpResponse(speech.audio(words), content_type="audio/wav")
    response["Cache-Control"] = "private, max-age=600"
    return response
