"""数字信封：随机 SM4 数据密钥加密内容（GCM），再用每个接收者的 SM2 公钥各包一份数据密钥。

格式（自有，版本在最前；接收者表作为附加数据受完整性保护）：

    "GME1" ‖ 接收者数（2 字节）‖ {SM3(公钥) 32 字节 ‖ 长度（2 字节）‖ SM2 密文 DER}… ‖ SM4-GCM 密文
"""

import os
from collections.abc import Sequence

from shilong.foundation.gm import sm3
from shilong.foundation.gm.errors import BadCiphertext, NoRecipient, NotRecipient
from shilong.foundation.gm.provider import KeyHandle, provider

MAGIC = b"GME1"
DATA_KEY = 16
_ID, _SIZE = 32, 2
MAX_RECIPIENTS = 0xFFFF


def seal(public_keys: Sequence[bytes], plain: bytes) -> bytes:
    """封给若干接收者，任何一个都能单独打开。内容可以为空。

    异常：
        NoRecipient: 没有接收者、重复或太多。
        BadKey: 某个公钥不在曲线上。
    """
    if not public_keys or len(set(public_keys)) != len(public_keys) or len(public_keys) > MAX_RECIPIENTS:
        raise NoRecipient
    data_key = os.urandom(DATA_KEY)
    header = MAGIC + len(public_keys).to_bytes(_SIZE) + b"".join(_wrapped(public, data_key) for public in public_keys)
    return header + provider().sm4_gcm_encrypt(data_key, plain, aad=header)


def open_(key: KeyHandle, sealed: bytes) -> bytes:
    """用一把私钥打开。

    异常：
        NotRecipient: 不是封给这把密钥的。
        BadCiphertext: 残缺或被改动。
    """
    recipients, at = _recipients(sealed)
    wrapped = recipients.get(sm3(key.public))
    if wrapped is None:
        raise NotRecipient
    data_key = provider().decrypt(key, wrapped)
    if len(data_key) != DATA_KEY:
        raise BadCiphertext
    return provider().sm4_gcm_decrypt(data_key, sealed[at:], aad=sealed[:at])


def _wrapped(public: bytes, data_key: bytes) -> bytes:
    cipher = provider().encrypt(public, data_key)
    return sm3(public) + len(cipher).to_bytes(_SIZE) + cipher


def _recipients(sealed: bytes) -> tuple[dict[bytes, bytes], int]:
    """接收者表与内容的起点。"""
    at = len(MAGIC) + _SIZE
    if not sealed.startswith(MAGIC) or len(sealed) < at:
        raise BadCiphertext
    found: dict[bytes, bytes] = {}
    for _ in range(int.from_bytes(sealed[len(MAGIC) : at])):
        start = at + _ID + _SIZE
        end = start + int.from_bytes(sealed[at + _ID : start])
        if end > len(sealed):
            raise BadCiphertext
        found[sealed[at : at + _ID]], at = sealed[start:end], end
    return found, at
