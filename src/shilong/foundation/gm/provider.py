"""国密运算的接口。软件实现在 `openssl`；换密码机（GM/T 0018）时写一个同样形状的类，用设置 `GM_PROVIDER` 指过去。"""

from functools import cache
from typing import Protocol, runtime_checkable

from django.conf import settings
from django.utils.module_loading import import_string

from shilong.foundation.gm.errors import NotExportable

DEFAULT_ID = b"1234567812345678"  # 签名者标识缺省值（GM/T 0009、GB/T 35276）
SOFTWARE = "shilong.foundation.gm.openssl.OpenSSLProvider"


class KeyHandle(Protocol):
    """一把 SM2 私钥的把手。私钥本身可能在密码机里，这里拿不到。"""

    @property
    def public(self) -> bytes:
        """公钥，65 字节 04‖X‖Y。"""


class GmProvider(Protocol):
    """SM2、SM3、SM4 运算。实现必须能被多个线程同时使用。"""

    def generate(self) -> KeyHandle:
        """新的 SM2 密钥对。"""

    def import_key(self, d: bytes) -> KeyHandle:
        """由 32 字节大端私钥得到把手；超出 [1, n−2] 抛 BadKey。"""

    def sign(self, key: KeyHandle, data: bytes, *, uid: bytes = DEFAULT_ID) -> bytes:
        """SM2 签名（GB/T 32918.2），内含 SM3 与签名者标识；得 DER SEQUENCE{r, s}。"""

    def verify(self, public: bytes, data: bytes, signature: bytes, *, uid: bytes = DEFAULT_ID) -> bool:
        """验签。公钥、签名畸形都返回 False，不抛。"""

    def encrypt(self, public: bytes, plain: bytes) -> bytes:
        """SM2 加密（GB/T 32918.4），得 DER SEQUENCE{x, y, C3, C2}。空明文抛 EmptyPlaintext，公钥不对抛 BadKey。"""

    def decrypt(self, key: KeyHandle, cipher: bytes) -> bytes:
        """SM2 解密；任何不对都抛 BadCiphertext。"""

    def digest(self, data: bytes) -> bytes:
        """SM3，32 字节。"""

    def sm4_gcm_encrypt(self, key: bytes, plain: bytes, *, aad: bytes = b"") -> bytes:
        """SM4-GCM，随机初始向量在前、标签在后；`aad` 受完整性保护但不加密。"""

    def sm4_gcm_decrypt(self, key: bytes, sealed: bytes, *, aad: bytes = b"") -> bytes:
        """解开 `sm4_gcm_encrypt` 的结果；改动、密钥或 `aad` 不符抛 BadCiphertext。"""

    def sm4_cbc_encrypt(self, key: bytes, plain: bytes) -> bytes:
        """SM4-CBC、PKCS#7 填充，随机初始向量在前。没有完整性保护，只用于对方协议要求 CBC 的场合。"""

    def sm4_cbc_decrypt(self, key: bytes, sealed: bytes) -> bytes:
        """解开 `sm4_cbc_encrypt` 的结果；长度或填充不对抛 BadCiphertext。"""


@runtime_checkable
class Exportable(Protocol):
    """能把私钥取出来的实现（软件实现）。"""

    def export_key(self, key: KeyHandle) -> bytes:
        """32 字节大端私钥。"""


@cache
def _named(dotted: str) -> GmProvider:
    implementation: GmProvider = import_string(dotted)()
    return implementation


def provider() -> GmProvider:
    """本进程的实现；设置 `GM_PROVIDER` 是类的点号路径，不设就是软件实现。"""
    return _named(getattr(settings, "GM_PROVIDER", SOFTWARE))


def export_key(key: KeyHandle) -> bytes:
    """取出私钥，32 字节大端。

    异常：
        NotExportable: 当前实现是密码机。
    """
    implementation = provider()
    if not isinstance(implementation, Exportable):
        raise NotExportable
    return implementation.export_key(key)
