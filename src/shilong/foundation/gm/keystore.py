"""私钥的存放：SM4-GCM 加密后写进 `$DATA/pki/keys/名字.json`，600 权限。

缺省用 `settings.FIELD_KEY` 保护；给口令则由口令派生（PBKDF2-HMAC-SM3）。
密文里含名字与公钥，把一把密钥的文件改名冒充另一把会被发现。
"""

import base64
import hashlib
import json
import os
import re
from pathlib import Path

from asn1crypto import core, keys, pem

from shilong.foundation.gm import secretbox, storage
from shilong.foundation.gm.errors import BadKey, BadKeyName, KeyExists, KeyMissing, KeyUnreadable
from shilong.foundation.gm.provider import KeyHandle, export_key, provider

ITERATIONS = 100_000  # 约 0.1 秒一次
MOST_ITERATIONS = 10_000_000  # 文件里写得再大也不照做，免得卡死
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_D = 32


def save(name: str, handle: KeyHandle, *, passphrase: str = "") -> None:
    """存一把私钥。

    异常：
        BadKeyName: 名字不合规。
        KeyExists: 已有同名密钥，不覆盖。
        NotExportable: 密钥在密码机里。
    """
    content = lock(name, handle, passphrase=passphrase)
    try:
        storage.create(_path(name), content)
    except FileExistsError:
        raise KeyExists(name=name) from None


def load(name: str, *, passphrase: str = "") -> KeyHandle:
    """取一把私钥。

    异常：
        BadKeyName、KeyMissing。
        KeyUnreadable: 文件损坏、被换过，或口令不对。
    """
    _require_name(name)
    try:
        content = _path(name).read_bytes()
    except FileNotFoundError:
        raise KeyMissing(name=name) from None
    return unlock(name, content, passphrase=passphrase)


def exists(name: str) -> bool:
    """有没有这个名字的密钥。"""
    _require_name(name)
    return _path(name).exists()


def names() -> list[str]:
    """存着哪些密钥。"""
    return sorted(path.stem for path in storage.folder("keys").glob("*.json"))


def lock(name: str, handle: KeyHandle, *, passphrase: str = "") -> bytes:
    """私钥 → 加密后的 JSON；要放进数据库时用它。"""
    _require_name(name)
    derivation = {"salt": os.urandom(16).hex(), "iterations": ITERATIONS} if passphrase else {}
    secret = export_key(handle) + handle.public + name.encode()
    content = {
        "version": 1,
        "name": name,
        "public": handle.public.hex(),
        "pbkdf2-sm3": derivation,
        "sealed": base64.b64encode(secretbox.seal(secret, key=_wrapping(passphrase, derivation))).decode(),
    }
    return json.dumps(content, indent=1).encode()


def unlock(name: str, content: bytes, *, passphrase: str = "") -> KeyHandle:
    """`lock` 的逆。

    异常：
        KeyUnreadable: 内容损坏、名字不符，或口令不对。
    """
    try:
        fields = json.loads(content)
        secret = secretbox.open_(base64.b64decode(fields["sealed"]), key=_wrapping(passphrase, fields["pbkdf2-sm3"]))
        handle = provider().import_key(secret[:_D])
    except (ValueError, KeyError, TypeError, secretbox.Unsealable, BadKey):
        raise KeyUnreadable(name=name) from None
    if secret[_D:] != handle.public + name.encode():
        raise KeyUnreadable(name=name)
    return handle


def read_pem(content: bytes) -> KeyHandle:
    """外来的未加密私钥，PEM 或 DER，PKCS#8 或 SEC1。

    异常：
        BadKey: 读不了、加了口令，或不是 SM2。
    """
    try:
        der = pem.unarmor(content)[2] if pem.detect(content) else content
        outer = core.Sequence.load(der, strict=True)
        inner = outer[2].native if isinstance(outer[1], core.Sequence) else der  # PKCS#8 的第二项是算法，SEC1 的是私钥
        info = keys.ECPrivateKey.load(inner, strict=True)
        d = info["private_key"].native.to_bytes(_D)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        raise BadKey(detail="读不了这个私钥文件，应是没有加口令的 PKCS#8 或 SEC1 格式") from None
    return provider().import_key(d)


def _wrapping(passphrase: str, derivation: dict) -> bytes | None:
    """保护用的 SM4 密钥；None 表示 FIELD_KEY。有没有口令必须与存的时候一致。"""
    if bool(passphrase) != bool(derivation):
        raise ValueError("口令的有无与保存时不同")
    if not passphrase:
        return None
    iterations = derivation["iterations"]
    if not 1 <= iterations <= MOST_ITERATIONS:
        raise ValueError("派生次数不合理")
    return hashlib.pbkdf2_hmac("sm3", passphrase.encode(), bytes.fromhex(derivation["salt"]), iterations, 16)


def _path(name: str) -> Path:
    return storage.folder("keys") / f"{name}.json"


def _require_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise BadKeyName
