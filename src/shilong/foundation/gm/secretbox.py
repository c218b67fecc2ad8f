"""对称加密小盒子：用字段主密钥的 SM4-GCM，格式同 `sm4.gcm_encrypt`。"""

from django.conf import settings

from shilong.foundation.gm import sm4
from shilong.foundation.gm.errors import BadCiphertext


class Unsealable(Exception):
    """密文被改动，或密钥不是加密时的那一把。"""


def seal(plain: bytes, *, key: bytes | None = None) -> bytes:
    """加密；同一明文每次密文不同。`key` 不给就用 `settings.FIELD_KEY`。"""
    return sm4.gcm_encrypt(key or settings.FIELD_KEY, plain)


def open_(sealed: bytes, *, key: bytes | None = None) -> bytes:
    """解密。

    异常：
        Unsealable: 密文不完整、被改动或密钥不对。
    """
    try:
        return sm4.gcm_decrypt(key or settings.FIELD_KEY, sealed)
    except BadCiphertext:
        raise Unsealable("密文不完整、被改动，或密钥不对") from None
