"""页面版本：前端打包内容的指纹加配置版本。终端每次心跳报自己的，和现在的不同就在没人用时刷新。"""

from functools import lru_cache

from django.conf import settings

from shilong.foundation.gm import sm3
from shilong.hall.terminals.selectors import TerminalView

FILES = ("kiosk.js", "kiosk.css", "site.css")


@lru_cache
def build() -> str:
    """前端指纹，进程启动后不变。"""
    content = b"".join((settings.FRONTEND_BUILD / name).read_bytes() for name in FILES if (settings.FRONTEND_BUILD / name).exists())
    return sm3(content).hex()[:8]


def version(terminal: TerminalView) -> str:
    """这台终端的页面现在应当是哪一版。"""
    return f"{build()}-{terminal.config_version}"
