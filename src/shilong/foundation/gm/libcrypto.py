"""系统 OpenSSL 3 的 libcrypto：只登记本项目用到的 EVP 函数，不含任何业务。

与标准库 `ssl`、`hashlib` 用的是同一个库，随系统安全更新。Linux 的动态库名 `libcrypto.so.3` 保证主版本号。
"""

from ctypes import CDLL, POINTER, c_char_p, c_int, c_long, c_size_t, c_uint, c_void_p
from typing import Any

SONAME = "libcrypto.so.3"
_SIZE = POINTER(c_size_t)
_BYTES = POINTER(c_char_p)

try:
    _library = CDLL(SONAME)
except OSError:
    raise RuntimeError(f"找不到 {SONAME}：请安装 OpenSSL 3.0 以上版本（Debian 12：apt-get install libssl3）。") from None


def _function(name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(_library, name)
    function.restype, function.argtypes = result, arguments
    return function


OPENSSL_version_major = _function("OPENSSL_version_major", c_uint)
ERR_clear_error = _function("ERR_clear_error", None)

d2i_PUBKEY = _function("d2i_PUBKEY", c_void_p, c_void_p, _BYTES, c_long)
d2i_AutoPrivateKey = _function("d2i_AutoPrivateKey", c_void_p, c_void_p, _BYTES, c_long)
EVP_PKEY_free = _function("EVP_PKEY_free", None, c_void_p)
EVP_PKEY_public_check = _function("EVP_PKEY_public_check", c_int, c_void_p)
EVP_PKEY_get_octet_string_param = _function("EVP_PKEY_get_octet_string_param", c_int, c_void_p, c_char_p, c_char_p, c_size_t, _SIZE)
EVP_PKEY_get_bn_param = _function("EVP_PKEY_get_bn_param", c_int, c_void_p, c_char_p, POINTER(c_void_p))
BN_bn2binpad = _function("BN_bn2binpad", c_int, c_void_p, c_char_p, c_int)
BN_clear_free = _function("BN_clear_free", None, c_void_p)

EVP_PKEY_CTX_new_from_pkey = _function("EVP_PKEY_CTX_new_from_pkey", c_void_p, c_void_p, c_void_p, c_char_p)
EVP_PKEY_CTX_new_from_name = _function("EVP_PKEY_CTX_new_from_name", c_void_p, c_void_p, c_char_p, c_char_p)
EVP_PKEY_CTX_free = _function("EVP_PKEY_CTX_free", None, c_void_p)
EVP_PKEY_CTX_set1_id = _function("EVP_PKEY_CTX_set1_id", c_int, c_void_p, c_char_p, c_int)
EVP_PKEY_keygen_init = _function("EVP_PKEY_keygen_init", c_int, c_void_p)
EVP_PKEY_generate = _function("EVP_PKEY_generate", c_int, c_void_p, POINTER(c_void_p))

EVP_MD_CTX_new = _function("EVP_MD_CTX_new", c_void_p)
EVP_MD_CTX_free = _function("EVP_MD_CTX_free", None, c_void_p)
EVP_MD_CTX_set_pkey_ctx = _function("EVP_MD_CTX_set_pkey_ctx", None, c_void_p, c_void_p)
_INIT = (c_void_p, c_void_p, c_char_p, c_void_p, c_char_p, c_void_p, c_void_p)
EVP_DigestSignInit_ex = _function("EVP_DigestSignInit_ex", c_int, *_INIT)
EVP_DigestVerifyInit_ex = _function("EVP_DigestVerifyInit_ex", c_int, *_INIT)
EVP_DigestSign = _function("EVP_DigestSign", c_int, c_void_p, c_char_p, _SIZE, c_char_p, c_size_t)
EVP_DigestVerify = _function("EVP_DigestVerify", c_int, c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)

_CRYPT = (c_void_p, c_char_p, _SIZE, c_char_p, c_size_t)
EVP_PKEY_encrypt_init = _function("EVP_PKEY_encrypt_init", c_int, c_void_p)
EVP_PKEY_decrypt_init = _function("EVP_PKEY_decrypt_init", c_int, c_void_p)
EVP_PKEY_encrypt = _function("EVP_PKEY_encrypt", c_int, *_CRYPT)
EVP_PKEY_decrypt = _function("EVP_PKEY_decrypt", c_int, *_CRYPT)

if OPENSSL_version_major() < 3:
    raise RuntimeError("OpenSSL 版本太低：国密签名需要 3.0 以上。")
