"""对称加密小盒子：SM4-GCM，随机 12 字节初始向量在前，16 字节标签在后。"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

NONCE = 12
TAG = 16


class Unsealable(Exception):
    """密文被改动，或密钥不是加密时的那一把。"""


def seal(plain: bytes, *, key: bytes | None = None) -> bytes:
    """加密；同一明文每次密文不同。"""
    nonce = os.urandom(NONCE)
    encryptor = Cipher(algorithms.SM4(key or settings.FIELD_KEY), modes.GCM(nonce)).encryptor()
    return nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def open_(sealed: bytes, *, key: bytes | None = None) -> bytes:
    """解密。

    异常：
        Unsealable: 密文不完整、被改动或密钥不对。
    """
    if len(sealed) < NONCE + TAG:
        raise Unsealable("密文不完整")
    nonce, body, tag = sealed[:NONCE], sealed[NONCE:-TAG], sealed[-TAG:]
    decryptor = Cipher(algorithms.SM4(key or settings.FIELD_KEY), modes.GCM(nonce, tag)).decryptor()
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag:
        raise Unsealable("密文被改动，或密钥不对") from None
