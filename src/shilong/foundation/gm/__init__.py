"""国密（P05 P06 P29 的地基）：SM3、SM3-HMAC、SM4-GCM。只有这里碰密码学。

SM3 取自 `hashlib`（系统 OpenSSL），SM4 取自 `cryptography`；纯 Python 的国密库有可利用的缺陷，不引入。
启动时自检 GB/T 32905 与 RFC 8998 向量，不过就拒绝启动。
"""

import hashlib
import hmac


def sm3(data: bytes) -> bytes:
    """SM3 摘要，32 字节（GB/T 32905）。"""
    return hashlib.new("sm3", data).digest()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """SM3-HMAC，32 字节。"""
    return hmac.digest(key, data, "sm3")
