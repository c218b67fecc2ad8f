"""SM4 的两种模式（GB/T 32907、GB/T 17964）。自家数据一律 GCM；CBC 没有完整性保护，只为对接。"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from shilong.foundation.gm.errors import BadCiphertext, BadKey

NONCE = 12
TAG = 16
BLOCK = 16


def gcm_encrypt(key: bytes, plain: bytes, *, aad: bytes = b"") -> bytes:
    """12 字节随机初始向量‖密文‖16 字节标签。"""
    nonce = os.urandom(NONCE)
    encryptor = Cipher(_algorithm(key), modes.GCM(nonce)).encryptor()
    if aad:
        encryptor.authenticate_additional_data(aad)
    return nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def gcm_decrypt(key: bytes, sealed: bytes, *, aad: bytes = b"") -> bytes:
    """解开 `gcm_encrypt` 的结果。

    异常：
        BadCiphertext: 残缺、被改动，密钥或 `aad` 不符。
    """
    if len(sealed) < NONCE + TAG:
        raise BadCiphertext
    decryptor = Cipher(_algorithm(key), modes.GCM(sealed[:NONCE], sealed[-TAG:])).decryptor()
    if aad:
        decryptor.authenticate_additional_data(aad)
    try:
        return decryptor.update(sealed[NONCE:-TAG]) + decryptor.finalize()
    except InvalidTag:
        raise BadCiphertext from None


def cbc_encrypt(key: bytes, plain: bytes) -> bytes:
    """16 字节随机初始向量‖密文，PKCS#7 填充。"""
    vector = os.urandom(BLOCK)
    padder = PKCS7(8 * BLOCK).padder()
    encryptor = Cipher(_algorithm(key), modes.CBC(vector)).encryptor()
    return vector + encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()


def cbc_decrypt(key: bytes, sealed: bytes) -> bytes:
    """解开 `cbc_encrypt` 的结果。

    异常：
        BadCiphertext: 长度或填充不对。改动不一定能发现。
    """
    if len(sealed) < 2 * BLOCK or len(sealed) % BLOCK:
        raise BadCiphertext
    decryptor = Cipher(_algorithm(key), modes.CBC(sealed[:BLOCK])).decryptor()
    unpadder = PKCS7(8 * BLOCK).unpadder()
    try:
        return unpadder.update(decryptor.update(sealed[BLOCK:]) + decryptor.finalize()) + unpadder.finalize()
    except ValueError:
        raise BadCiphertext from None


def _algorithm(key: bytes) -> algorithms.SM4:
    if len(key) != BLOCK:
        raise BadKey(detail="SM4 密钥应是 16 字节")
    return algorithms.SM4(key)
