"""首次启动要做的事：迁移、基础数据、静态资源、演示数据。全部可重复执行，做过的跳过。"""

import hashlib
import shutil
import socket
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection

Progress = Callable[[str], None]
PROVISIONAL_YEARS = 2  # 日历播种到后年：跨年的承诺期限要算得出来


class NotReady(Exception):
    """环境不满足，消息是一句能照做的话。"""


def everything(progress: Progress, *, demo: bool) -> None:
    """把数据目录准备到可以对外服务。

    异常：
        NotReady: 缺前端资源、数据库连不上。
    """
    require_frontend()
    require_database()
    progress("更新数据库结构")
    call_command("migrate", interactive=False, verbosity=0)
    seed(progress)
    collect_static(progress)
    if demo:
        install_demo(progress)


def require_frontend() -> None:
    if not (settings.FRONTEND_BUILD / "site.css").exists():
        raise NotReady("前端资源还没有打包；请用 make run 启动，或先执行 npm ci && node frontend/build.mjs。")


def require_database() -> None:
    """数据库连得上；连不上时说清是哪个库、怎样检查。"""
    try:
        connection.ensure_connection()
    except (OperationalError, OSError) as error:
        options = connection.settings_dict
        if connection.vendor == "sqlite":
            raise NotReady(f"数据库文件打不开：{options['NAME']}。请确认目录可写、磁盘有空间。") from error
        where = f"{options['HOST'] or '本机'}:{options['PORT'] or 5432}/{options['NAME']}"
        raise NotReady(
            f"连不上 PostgreSQL（{where}）：{str(error).splitlines()[0]}。请检查数据库已启动、SHILONG_DATABASE 填写正确。"
        ) from error


def seed(progress: Progress) -> None:
    """没有它系统算不出期限的基础数据：工作日历。"""
    from shilong.foundation.calendar import services as calendar

    progress("核对工作日历")
    calendar.seed(date.today().year - 3, date.today().year + PROVISIONAL_YEARS)


def collect_static(progress: Progress) -> None:
    """收集静态资源；源文件没变就跳过。"""
    root = Path(settings.STATIC_ROOT)
    stamp, mark = root / ".collected", _fingerprint()
    if stamp.exists() and stamp.read_text() == mark:
        return
    progress("收集静态资源")
    shutil.rmtree(root, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(mark)


def install_demo(progress: Progress) -> None:
    """演示数据只装一次；中途断了下次接着装。"""
    done = Path(settings.DATA) / ".demo-installed"
    if done.exists():
        return
    from shilong.config import demo

    progress("生成演示数据")
    demo.install(progress)
    done.touch()


def require_free_port(host: str, port: int) -> None:
    """端口可用；被占用时给出换端口的命令。"""
    if _free(host, port):
        return
    other = next((candidate for candidate in range(port + 1, min(port + 100, 65536)) if _free(host, candidate)), None)
    change = f"换一个端口启动：make run PORT={other}；" if other else ""
    raise NotReady(f"端口 {port} 已被占用。{change}或者先停掉占用它的程序（ss -ltnp | grep ':{port} ' 可以看到是谁）。")


def _free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # 刚停下的实例留有 TIME_WAIT，不算占用
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _fingerprint() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
