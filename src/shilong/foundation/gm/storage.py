"""`$DATA/pki` 里的文件：只有本系统的账号能读（目录 700、文件 600），写入要么完整要么没有。"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

DIRECTORY_MODE = 0o700


def folder(*parts: str) -> Path:
    """`$DATA/pki/…`，没有就建。"""
    path = Path(settings.DATA) / "pki"
    path.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    for part in parts:
        path /= part
        path.mkdir(mode=DIRECTORY_MODE, exist_ok=True)
    return path


Print = tuple[int, int, int]


def fingerprint(path: Path) -> Print | None:
    """文件此刻的指纹，没有返回 None。本模块每次写入都换一个新文件，所以内容一变指纹必变；缓存凭它知道该不该重读。"""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def create(path: Path, content: bytes) -> None:
    """新文件；已存在抛 FileExistsError，两个进程同时写只有一个成功。"""
    temporary = _temporary(path, content)
    try:
        os.link(temporary, path)
    finally:
        os.unlink(temporary)


def replace(path: Path, content: bytes) -> None:
    """整个换掉；中途断电留下的是旧文件。"""
    os.replace(_temporary(path, content), path)


@contextmanager
def locked() -> Iterator[None]:
    """跨进程、跨线程的互斥：同一时刻只有一个在改 `$DATA/pki`。"""
    descriptor = os.open(folder() / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _temporary(path: Path, content: bytes) -> str:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # mkstemp 建的文件就是 600
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return name
