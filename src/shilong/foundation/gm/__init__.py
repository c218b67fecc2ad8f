"""国密（P05 P06 P29 的地基）：SM2 签名加密与证书、SM3、SM4。只有这里碰密码学。

`provider` 是运算接口与默认实现，`certificates` 是证书与吊销，`authority` 是签发机构，`keystore` 存私钥，
`envelope` 是数字信封，`encoding` 转换对端的格式，`fields` 是加密的模型字段。

SM2 用系统 OpenSSL（ctypes），SM3 取自 `hashlib`，SM4 取自 `cryptography`；纯 Python 的国密库有可利用的缺陷，不引入。
启动时自检 GB/T 32905、GB/T 32918.5 与 RFC 8998 向量，不过就拒绝启动。
"""

import hashlib
import hmac


def sm3(data: bytes) -> bytes:
    """SM3 摘要，32 字节（GB/T 32905）。"""
    return hashlib.new("sm3", data).digest()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """SM3-HMAC，32 字节。"""
    return hmac.digest(key, data, "sm3")
