"""软件实现：SM2 用系统 libcrypto 的 EVP 接口，SM3 用 `hashlib`，SM4 用 `cryptography`。

线程安全：每次运算用自己的上下文；密钥对象只读，可跨线程共享。运算期间释放全局解释器锁。
"""

from ctypes import byref, c_char_p, c_size_t, c_void_p, create_string_buffer, string_at
from functools import lru_cache
from typing import Any, NoReturn

from shilong.foundation.gm import encoding, sm3, sm4
from shilong.foundation.gm import libcrypto as lib
from shilong.foundation.gm.errors import BadCiphertext, BadKey, BadUserId, EmptyPlaintext, GmError
from shilong.foundation.gm.provider import DEFAULT_ID, KeyHandle

POINT = 65
MAX_ID = 8190  # OpenSSL 的上限；标识的比特数要放进两个字节（GB/T 32918.2 的 ENTL）
MAX_SIGNATURE = 72
CACHED_KEYS = 1024  # 验签、加密时解析与检查公钥的开销与一次验签相当，常用的记住
# SubjectPublicKeyInfo{ecPublicKey, sm2p256v1} 与 ECPrivateKey 的定长外壳
_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
_SEC1 = bytes.fromhex("30310201010420"), bytes.fromhex("a00a06082a811ccf5501822d")


class _PKey:
    """持有一个 EVP_PKEY，随对象释放。不可复制：两个对象释放同一块内存会崩溃。"""

    __slots__ = ("pointer",)

    def __init__(self, pointer: int) -> None:
        self.pointer = pointer

    def __del__(self, free: Any = lib.EVP_PKEY_free) -> None:
        free(self.pointer)

    def __reduce__(self) -> NoReturn:
        raise TypeError("密钥对象不能复制或序列化")


class SoftwareKey(_PKey):
    """内存里的 SM2 私钥。打印只见公钥前几个字节。"""

    __slots__ = ("public",)

    def __init__(self, pointer: int) -> None:
        super().__init__(pointer)
        self.public = _point(pointer)

    def __repr__(self) -> str:
        return f"<SM2 私钥，公钥 {self.public[1:5].hex()}…>"


class OpenSSLProvider:
    """`GmProvider` 的软件实现。"""

    def generate(self) -> SoftwareKey:
        context = lib.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
        pointer = c_void_p()
        try:
            if lib.EVP_PKEY_keygen_init(context) != 1 or lib.EVP_PKEY_generate(context, byref(pointer)) != 1:
                _failed("不能生成 SM2 密钥")
        finally:
            lib.EVP_PKEY_CTX_free(context)
        return SoftwareKey(pointer.value or 0)

    def import_key(self, d: bytes) -> SoftwareKey:
        if len(d) != encoding.SIZE or not 1 <= int.from_bytes(d) <= encoding.N - 2:
            raise BadKey(detail="私钥应是 32 字节，且在 1 到 n−2 之间")
        key = SoftwareKey(_loaded(lib.d2i_AutoPrivateKey, _SEC1[0] + d + _SEC1[1]))
        _check(key)
        return key

    def export_key(self, key: KeyHandle) -> bytes:
        number, d = c_void_p(), create_string_buffer(encoding.SIZE)
        if lib.EVP_PKEY_get_bn_param(_own(key), b"priv", byref(number)) != 1:
            _failed("不能取出私钥")
        try:
            lib.BN_bn2binpad(number, d, encoding.SIZE)
        finally:
            lib.BN_clear_free(number)
        return d.raw

    def sign(self, key: KeyHandle, data: bytes, *, uid: bytes = DEFAULT_ID) -> bytes:
        pointer = _own(key)
        if len(uid) > MAX_ID:
            raise BadUserId
        digest, context = lib.EVP_MD_CTX_new(), lib.EVP_PKEY_CTX_new_from_pkey(None, pointer, None)
        try:
            _begin(digest, context, pointer, uid, lib.EVP_DigestSignInit_ex)
            size, out = c_size_t(MAX_SIGNATURE), create_string_buffer(MAX_SIGNATURE)
            if lib.EVP_DigestSign(digest, out, byref(size), data, len(data)) != 1:
                _failed("签名失败")
            return string_at(out, size.value)
        finally:
            lib.EVP_MD_CTX_free(digest)
            lib.EVP_PKEY_CTX_free(context)

    def verify(self, public: bytes, data: bytes, signature: bytes, *, uid: bytes = DEFAULT_ID) -> bool:
        try:
            key = _public(public)
        except BadKey:
            return False
        if len(uid) > MAX_ID:
            return False
        digest, context = lib.EVP_MD_CTX_new(), lib.EVP_PKEY_CTX_new_from_pkey(None, key.pointer, None)
        try:
            _begin(digest, context, key.pointer, uid, lib.EVP_DigestVerifyInit_ex)
            if lib.EVP_DigestVerify(digest, signature, len(signature), data, len(data)) == 1:
                return True
            lib.ERR_clear_error()
            return False
        finally:
            lib.EVP_MD_CTX_free(digest)
            lib.EVP_PKEY_CTX_free(context)

    def encrypt(self, public: bytes, plain: bytes) -> bytes:
        if not plain:
            raise EmptyPlaintext
        key = _public(public)
        while True:
            cipher = _crypt(key.pointer, plain, lib.EVP_PKEY_encrypt_init, lib.EVP_PKEY_encrypt)
            if cipher is None:
                _failed("加密失败")
            # 密钥流全零时标准要求重来（GB/T 32918.4 第 6.1 节 A5），OpenSSL 3.0 没有做；一字节明文的概率是 1/256
            if not cipher.endswith(plain):
                return cipher

    def decrypt(self, key: KeyHandle, cipher: bytes) -> bytes:
        c2 = encoding.split(cipher)[2]
        plain = _crypt(_own(key), cipher, lib.EVP_PKEY_decrypt_init, lib.EVP_PKEY_decrypt)
        if plain is None or plain == c2:
            lib.ERR_clear_error()
            raise BadCiphertext
        return plain

    def digest(self, data: bytes) -> bytes:
        return sm3(data)

    sm4_gcm_encrypt = staticmethod(sm4.gcm_encrypt)
    sm4_gcm_decrypt = staticmethod(sm4.gcm_decrypt)
    sm4_cbc_encrypt = staticmethod(sm4.cbc_encrypt)
    sm4_cbc_decrypt = staticmethod(sm4.cbc_decrypt)


def _begin(digest: int, context: int, pointer: int, uid: bytes, init: Any) -> None:
    """总是设签名者标识：不设时 OpenSSL 3.0 悄悄用空标识，别家验不过。"""
    lib.EVP_MD_CTX_set_pkey_ctx(digest, context)
    if lib.EVP_PKEY_CTX_set1_id(context, uid, len(uid)) != 1 or init(digest, None, b"SM3", None, None, pointer, None) != 1:
        _failed("不能开始 SM2 签名或验签")


def _crypt(pointer: int, data: bytes, init: Any, run: Any) -> bytes | None:
    """加密或解密；不成返回 None。第一次调用给的只是上界，真正的长度看第二次。"""
    context = lib.EVP_PKEY_CTX_new_from_pkey(None, pointer, None)
    size = c_size_t(0)
    try:
        if init(context) != 1 or run(context, None, byref(size), data, len(data)) != 1:
            return None
        out = create_string_buffer(size.value or 1)
        return string_at(out, size.value) if run(context, out, byref(size), data, len(data)) == 1 else None
    finally:
        lib.EVP_PKEY_CTX_free(context)


@lru_cache(maxsize=CACHED_KEYS)
def _public(public: bytes) -> _PKey:
    """解析并检查公钥：65 字节、在曲线上。不合格的不进缓存。"""
    if len(public) != POINT or public[:1] != encoding.POINT:
        raise BadKey(detail="公钥应是 65 字节，以 04 开头")
    key = _PKey(_loaded(lib.d2i_PUBKEY, _SPKI + public))
    _check(key)
    return key


def check_public(public: bytes) -> None:
    """公钥不是曲线上的点就抛 BadKey。"""
    _public(public)


def _loaded(load: Any, der: bytes) -> int:
    pointer = load(None, byref(c_char_p(der)), len(der))
    lib.ERR_clear_error()
    if not pointer:
        raise BadKey(detail="不是 SM2 曲线上的密钥")
    return pointer


def _check(key: _PKey) -> None:
    context = lib.EVP_PKEY_CTX_new_from_pkey(None, key.pointer, None)
    try:
        if lib.EVP_PKEY_public_check(context) != 1:
            lib.ERR_clear_error()
            raise BadKey(detail="公钥不在 SM2 曲线上")
    finally:
        lib.EVP_PKEY_CTX_free(context)


def _point(pointer: int) -> bytes:
    size, out = c_size_t(0), create_string_buffer(POINT)
    if lib.EVP_PKEY_get_octet_string_param(pointer, b"pub", out, POINT, byref(size)) != 1 or size.value != POINT:
        _failed("不能取得公钥")
    return out.raw


def _own(key: KeyHandle) -> int:
    if not isinstance(key, SoftwareKey):
        raise BadKey(detail="这把密钥不属于当前的密码实现")
    return key.pointer


def _failed(what: str) -> NoReturn:
    lib.ERR_clear_error()
    raise GmError(f"{what}：密码库返回错误。")
