"""唤醒：提交后让空闲的工作进程马上来取，而不是等下一次轮询。

同一进程用 `threading.Event`；PG 跨进程用 NOTIFY；SQLite 跨进程看 `PRAGMA data_version`（别的连接提交后会变，读一次几微秒）。
唤醒丢了也无害：最多晚一个轮询间隔。
"""

import logging
import threading
import time
from contextlib import suppress
from typing import Any

from django.db import DatabaseError, connection, transaction

log = logging.getLogger(__name__)
CHANNEL = "shilong_jobs"
LOCAL = threading.Event()
NOTIFY_GAP = 0.05  # 秒；NOTIFY 提交时要排全局队列，合并掉密集的，由工作进程的 LINGER 补上
LINGER = 0.1
POLL = 0.05
_last_notify = 0.0


def after_commit() -> None:
    """登记“提交后唤醒”；同一事务里多次登记只唤醒一次。"""
    if not any(entry[1] is signal for entry in connection.run_on_commit):
        transaction.on_commit(signal)


def signal() -> None:
    """唤醒本进程与（PG）其他进程的工作线程。"""
    global _last_notify
    LOCAL.set()
    if connection.vendor != "postgresql" or time.monotonic() - _last_notify < NOTIFY_GAP:
        return
    _last_notify = time.monotonic()
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


class Listener(threading.Thread):
    """PG：单独一个连接 LISTEN，收到就置位 `LOCAL`；断开后自己重连。"""

    def __init__(self, stop: Any) -> None:
        super().__init__(name="jobs-listen", daemon=True)
        self.stop = stop
        self.settings = {k: connection.settings_dict[k] for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}

    def run(self) -> None:
        import psycopg  # 只有 PostgreSQL 用得着，SQLite 的进程不必载入

        while not self.stop.is_set():
            try:
                self._listen()
            except psycopg.Error:
                time.sleep(1)

    def _listen(self) -> None:
        import psycopg

        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        params: dict[str, Any] = {names[key]: str(value) for key, value in self.settings.items() if value}
        with psycopg.connect(**params, autocommit=True, connect_timeout=5, application_name="shilong-listen") as link:
            link.execute(f"LISTEN {CHANNEL}")
            LOCAL.set()  # 断开期间可能漏了通知
            while not self.stop.is_set():
                for _ in link.notifies(timeout=0.5, stop_after=1):
                    LOCAL.set()


def mark() -> int:
    """查队列之前记下的位置：之后再有提交，`wait` 立刻返回，不会漏在“查完”与“睡下”之间。"""
    LOCAL.clear()
    return _data_version()


def wait(seconds: float, stop: Any, seen: int) -> None:
    """空闲时等待：自 `seen` 之后有新提交、被唤醒、要求停止或到时间就返回。"""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not stop.is_set():
        if LOCAL.wait(POLL) or _data_version() != seen:
            return


def _data_version() -> int:
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])
