"""进程树：一个父进程看着网页进程与作业进程；任何一个意外退出就处理，收到停止信号就从容地一起停。"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

STOP_SECONDS = 25  # systemd 默认 90 秒才强杀；留给正在写的请求与作业
RESTART_LIMIT = 5  # 十分钟内作业进程连着垮这么多次，说明重启也没用
RESTART_WINDOW = 600
PR_SET_PDEATHSIG = 1


class Child:
    """一个子进程及其重启记录。"""

    def __init__(self, name: str, command: list[str], *, restart: bool) -> None:
        self.name = name
        self.command = command
        self.restart = restart
        self.starts: list[float] = []
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts.append(time.monotonic())
        # 独立会话：终端的 Ctrl-C 只到父进程，由它按顺序停。
        return subprocess.Popen(self.command, start_new_session=True, preexec_fn=_die_with_parent)  # noqa: S603

    def revive(self) -> bool:
        """意外退出后重启；太频繁或不该重启时返回假。"""
        recent = [moment for moment in self.starts if time.monotonic() - moment < RESTART_WINDOW]
        if not self.restart or len(recent) > RESTART_LIMIT:
            return False
        time.sleep(min(2 ** len(recent), 30))
        self.process = self._start()
        return True

    def terminate(self) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def run(children: list[tuple[str, list[str], bool]], *, ready: Callable[[], None], health: str) -> int:
    """启动全部子进程直到收到停止信号。

    参数：
        children: (名称, 命令, 垮了是否重启)。
        ready: 网页可以访问时调用一次。
        health: 存活检查地址。
    返回：退出码；被要求停止为 0，子进程救不回来为 1。
    """
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    running = [Child(name, command, restart=restart) for name, command, restart in children]
    threading.Thread(target=_announce, args=(health, ready, stopping), daemon=True).start()
    code = _watch(running, stopping)
    _stop(running)
    return code


def _watch(running: list[Child], stopping: threading.Event) -> int:
    while not stopping.wait(0.5):
        for child in running:
            status = child.process.poll()
            if status is None:
                continue
            print(f"{child.name}进程意外退出（代码 {status}）", file=sys.stderr, flush=True)
            if stopping.is_set() or not child.revive():
                stopping.set()
                return 1
            print(f"{child.name}进程已重新启动", file=sys.stderr, flush=True)
    return 0


def _stop(running: list[Child]) -> None:
    for child in running:
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in running:
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"{child.name}进程没有在 {STOP_SECONDS} 秒内停下，强制结束", file=sys.stderr, flush=True)
            child.kill()
            child.process.wait()


def _announce(health: str, ready: Callable[[], None], stopping: threading.Event) -> None:
    while not stopping.wait(0.2):
        try:
            with urllib.request.urlopen(health, timeout=2):  # noqa: S310 地址由本进程拼成，只会是 http
                ready()
                return
        except urllib.error.HTTPError:
            ready()  # 已经在答话；主机名不符之类由日志去说
            return
        except OSError:
            continue


def _die_with_parent() -> None:
    """父进程被强杀时子进程跟着收到 SIGTERM，不留孤儿占着端口。只有 Linux 支持。"""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
