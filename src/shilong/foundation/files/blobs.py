"""落盘：内容寻址，SM4-GCM 加密，写临时文件后改名。读出时先验标签再核对 SHA-256。"""

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from shilong.foundation.files.refusals import DiskFull, FileNotFound, Tampered
from shilong.foundation.gm import hmac_sm3, secretbox, sm3

MAGIC = b"SLF1"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def put(content: bytes) -> str:
    """存入内容，返回 SHA-256；已有同样内容则不再写。"""
    digest = hashlib.sha256(content).hexdigest()
    target = path(digest)
    if not target.exists():
        write(target, content)
    else:
        os.utime(target)  # 清理作业按时间判断，刚被引用的不能清
    return digest


def get(digest: str) -> bytes:
    """取出内容。

    异常：
        FileNotFound: 落盘文件不见了。
        Tampered: 内容与摘要不符。
    """
    content = read(path(digest))
    if content is None:
        raise FileNotFound
    if hashlib.sha256(content).hexdigest() != digest:
        raise Tampered
    return content


def path(digest: str) -> Path:
    """落盘位置。"""
    return Path(settings.FILES_DIR) / digest[:2] / digest[2:4] / digest


def write(target: Path, content: bytes) -> None:
    """加密写入，已有的被替换；写满磁盘时删掉半截文件并说清楚。"""
    with _sealed(target, content) as temporary:
        temporary.replace(target)


def write_once(target: Path, content: bytes) -> None:
    """加密写入，已有的不动：两个进程同时写同一份，先落盘的那份为准。"""
    with _sealed(target, content) as temporary, suppress(FileExistsError):
        os.link(temporary, target)


@contextmanager
def _sealed(target: Path, content: bytes) -> Iterator[Path]:
    """目标旁边的一份已加密、已落盘的临时文件；怎样变成目标由调用者定，用完不留。"""
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as stream:
            stream.write(MAGIC + secretbox.seal(content, key=_key()))
            stream.flush()
            os.fsync(stream.fileno())
        yield temporary
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def read(source: Path, *, plain: bytes | None = None) -> bytes | None:
    """解密读出；没有返回 None。

    参数：
        plain: 加密之前写下的旧文件以什么开头；以它开头的原样返回。

    异常：
        Tampered: 密文被改动，或密钥不是写入时的那一把。
    """
    try:
        raw = source.read_bytes()
    except FileNotFoundError:
        return None
    if plain is not None and raw.startswith(plain):
        return raw
    try:
        return secretbox.open_(raw.removeprefix(MAGIC), key=_key())
    except secretbox.Unsealable as error:
        raise Tampered from error


def read_exact(source: Path, digest: str) -> bytes:
    """解密读出，并核对 SM3 与登记的一致。

    异常：
        Tampered: 文件丢失、密文打不开，或内容被换过。
    """
    content = read(source)
    if content is None or sm3(content).hex() != digest:
        raise Tampered
    return content


def stale(older_than: float) -> Iterator[Path]:
    """很久没动过的落盘文件（含写了一半的），供清理作业逐个核对。参数单位：秒。"""
    horizon = time.time() - older_than
    for found in Path(settings.FILES_DIR).glob("??/??/*"):
        if found.stat().st_mtime < horizon:
            yield found


def _key() -> bytes:
    """与字段加密分开的密钥，由同一把主密钥派生。"""
    return hmac_sm3(settings.FIELD_KEY, b"files")[:16]
