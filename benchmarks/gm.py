"""国密 SM2 与“最薄的裸调用”之比：同一进程、同一轮里交错着量，机器忙闲对两边一样。

裸调用是对 libcrypto 的直接 ctypes 调用，密钥早已载入，不查输入、不管异常；它是这台机器上 Python 能达到的上限。
"""

import gc
import os
import statistics
import time
from collections.abc import Callable
from ctypes import byref, c_size_t, create_string_buffer

from benchmarks.engine import BUDGET, ONLY, Report
from shilong.foundation.gm import libcrypto as lib
from shilong.foundation.gm.openssl import OpenSSLProvider, _public
from shilong.foundation.gm.provider import DEFAULT_ID

BATCH = 10  # 每轮每边连做几次；一次约 0.3 毫秒，太少会被计时误差淹没
LEAST = 90.0
Action = Callable[[], object]


def run(report: Report) -> None:
    software = OpenSSLProvider()
    key, message = software.generate(), os.urandom(1024)
    public, private = _public(key.public).pointer, key.pointer
    signature, cipher = software.sign(key, message), software.encrypt(key.public, message)
    for name, ours, bare in (
        ("签名", lambda: software.sign(key, message), lambda: bare_sign(private, message)),
        ("验签", lambda: software.verify(key.public, message, signature), lambda: bare_verify(public, message, signature)),
        ("加密 1 KB", lambda: software.encrypt(key.public, message), lambda: bare_encrypt(public, message)),
        ("解密 1 KB", lambda: software.decrypt(key, cipher), lambda: bare_decrypt(private, cipher)),
    ):
        title = f"国密 SM2 {name}"
        if ONLY in title:
            compared(report, title, ours, bare)


def compared(report: Report, title: str, ours: Action, bare: Action) -> None:
    """两边交替各做一批，取每批时间的中位数相比；处理器时间，不受别的进程影响。"""
    spent: dict[Action, list[float]] = {ours: [], bare: []}
    end = time.perf_counter() + 2 * BUDGET
    gc.disable()
    try:
        while time.perf_counter() < end or len(spent[ours]) < 20:
            for action in (ours, bare):
                spent[action].append(batch(action))
    finally:
        gc.enable()
    mine, floor = statistics.median(spent[ours]), statistics.median(spent[bare])
    report.add(title, BATCH / mine, "次/秒·核")
    report.add(f"{title}，与裸调用之比", 100 * floor / mine, "%", least=LEAST)


def batch(action: Action) -> float:
    begin = time.thread_time()
    for _ in range(BATCH):
        action()
    return time.thread_time() - begin


def bare_sign(key: int, data: bytes) -> bytes:
    digest, context = lib.EVP_MD_CTX_new(), lib.EVP_PKEY_CTX_new_from_pkey(None, key, None)
    lib.EVP_MD_CTX_set_pkey_ctx(digest, context)
    lib.EVP_PKEY_CTX_set1_id(context, DEFAULT_ID, 16)
    lib.EVP_DigestSignInit_ex(digest, None, b"SM3", None, None, key, None)
    size, out = c_size_t(72), create_string_buffer(72)
    lib.EVP_DigestSign(digest, out, byref(size), data, len(data))
    lib.EVP_MD_CTX_free(digest)
    lib.EVP_PKEY_CTX_free(context)
    return out.raw[: size.value]


def bare_verify(key: int, data: bytes, signature: bytes) -> bool:
    digest, context = lib.EVP_MD_CTX_new(), lib.EVP_PKEY_CTX_new_from_pkey(None, key, None)
    lib.EVP_MD_CTX_set_pkey_ctx(digest, context)
    lib.EVP_PKEY_CTX_set1_id(context, DEFAULT_ID, 16)
    lib.EVP_DigestVerifyInit_ex(digest, None, b"SM3", None, None, key, None)
    result: int = lib.EVP_DigestVerify(digest, signature, len(signature), data, len(data))
    lib.EVP_MD_CTX_free(digest)
    lib.EVP_PKEY_CTX_free(context)
    return result == 1


def bare_encrypt(key: int, data: bytes) -> bytes:
    context, size = lib.EVP_PKEY_CTX_new_from_pkey(None, key, None), c_size_t(0)
    lib.EVP_PKEY_encrypt_init(context)
    lib.EVP_PKEY_encrypt(context, None, byref(size), data, len(data))
    out = create_string_buffer(size.value)
    lib.EVP_PKEY_encrypt(context, out, byref(size), data, len(data))
    lib.EVP_PKEY_CTX_free(context)
    return out.raw[: size.value]


def bare_decrypt(key: int, data: bytes) -> bytes:
    context, size = lib.EVP_PKEY_CTX_new_from_pkey(None, key, None), c_size_t(0)
    lib.EVP_PKEY_decrypt_init(context)
    lib.EVP_PKEY_decrypt(context, None, byref(size), data, len(data))
    out = create_string_buffer(size.value)
    lib.EVP_PKEY_decrypt(context, out, byref(size), data, len(data))
    lib.EVP_PKEY_CTX_free(context)
    return out.raw[: size.value]
