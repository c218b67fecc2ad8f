"""一体机会话：换人就清空，没人用就清空，终端被吊销就清空；在一体机上只能打开一体机用得着的页面。"""

import secrets
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from shilong.hall.terminals import services
from shilong.hall.terminals.refusals import NotActivated
from shilong.hall.terminals.selectors import TerminalView
from shilong.web.kiosk import release

COOKIE = "shilong_terminal"
KEY = "kiosk"
GRACE = 30  # 秒：页面脚本到点自己清；它没清成（断网、崩了），服务端过这么久也清
ALLOWED = ("/self/", "/apply/", "/static/", "/login/otp/")
HOME, MINE = "/self/", "/self/mine/"
Handler = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Round:
    """一个人从走上来到离开。`id` 变了，上一轮的页面就不再显示。"""

    id: str
    terminal: TerminalView

    @property
    def page_version(self) -> str:
        return release.version(self.terminal)


class KioskMiddleware:
    """会话里有一体机的记号才起作用，别的会话不多花一次查询。"""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.kiosk = None  # type: ignore[attr-defined]
        note = request.session.get(KEY)
        if note is None:
            return self.get_response(request)
        if (current := _alive(request, note)) is None:
            request.session.flush()
            if not request.path.startswith("/self/"):
                return redirect(HOME)
            return self.get_response(request)
        request.kiosk = current  # type: ignore[attr-defined]
        if not request.path.startswith(ALLOWED):
            return redirect(MINE if note.get("account") else HOME)
        response = self.get_response(request)
        if not request.path.startswith("/static/"):
            # no-store 的页面浏览器不留副本，也不进往返缓存：后退时一定回来问，而会话已经清空。
            response["Cache-Control"] = "private, no-store"
        return response


def begin(request: HttpRequest, terminal: TerminalView) -> Round:
    """开始新的一轮：旧会话整个丢掉，包括登录。"""
    request.session.flush()
    request.session[KEY] = {"terminal": terminal.pk, "round": secrets.token_hex(8), "seen": int(time.time())}
    current = Round(request.session[KEY]["round"], terminal)
    request.kiosk = current  # type: ignore[attr-defined]
    return current


def notes(request: HttpRequest) -> MutableMapping[str, Any]:
    """这一轮记着的东西：刷卡匹配到的账号、查到的办件号。改完须调 `keep`。"""
    found: MutableMapping[str, Any] = request.session[KEY]
    return found


def keep(request: HttpRequest, **values: Any) -> None:
    """在这一轮里记点东西；值为 None 的删掉。"""
    merged = {**request.session[KEY], **values}
    request.session[KEY] = {key: value for key, value in merged.items() if value is not None}


def touch(request: HttpRequest) -> None:
    """有人在操作。"""
    keep(request, seen=int(time.time()))


def _alive(request: HttpRequest, note: MutableMapping[str, Any]) -> Round | None:
    try:
        terminal = services.authenticate(request.COOKIES.get(COOKIE, ""))
    except NotActivated:
        return None
    if terminal.pk != note["terminal"] or time.time() - note["seen"] > terminal.idle + GRACE:
        return None
    return Round(note["round"], terminal)
