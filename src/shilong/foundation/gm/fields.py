"""加密的模型字段与可检索的盲索引。"""

import base64
from typing import Any

from django.conf import settings
from django.db import models

from shilong.foundation.gm import hmac_sm3, secretbox

PREFIX = "s1:"


def encrypt_bytes(plain: bytes) -> str:
    """字节 → `s1:` 开头的密文；比先写成十六进制再加密短一半，放得进定长的列。"""
    return PREFIX + base64.b64encode(secretbox.seal(plain)).decode()


def decrypt_bytes(stored: str) -> bytes:
    """`encrypt_bytes` 的逆。"""
    return secretbox.open_(base64.b64decode(stored[len(PREFIX) :]))


def encrypt(text: str) -> str:
    """文本 → `s1:` 开头的密文；空串不加密（空不是秘密，且便于“未填”查询）。"""
    return encrypt_bytes(text.encode()) if text else ""


def decrypt(stored: str) -> str:
    """密文 → 文本。没有前缀的按原文返回：旧数据迁移期间可读。"""
    if not stored.startswith(PREFIX):
        return stored
    return decrypt_bytes(stored).decode()


def blind_index(value: str) -> str:
    """检索用的 SM3-HMAC，十六进制 64 字符；大小写与首尾空白不影响。空值得空串。"""
    value = value.strip().upper()
    return hmac_sm3(settings.INDEX_KEY, value.encode()).hex() if value else ""


class EncryptedTextField(models.TextField):
    """落库加密、取出解密的文本。不能用于过滤；要检索另存 `blind_index`。"""

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else encrypt(str(value))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(value)
