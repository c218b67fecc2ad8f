"""启动自检：算法实现不对时宁可不启动。"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from shilong.foundation.gm import encoding, sm3
from shilong.foundation.gm.errors import GmError
from shilong.foundation.gm.openssl import OpenSSLProvider

SM3_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905 附录 A.1
KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")  # RFC 8998 附录 A.1
NONCE = bytes.fromhex("00001234567800000000abcd")
AAD = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
PLAIN = bytes.fromhex(
    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
)
TAG = "83de3541e4c2b58177e065a9bf7b62ec"

# GB/T 32918.5 附录 A（签名）与附录 C（加密），推荐曲线
SM2_D = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
SM2_PUBLIC = bytes.fromhex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SM2_MESSAGE = b"message digest"
SM2_SIGNATURE = bytes.fromhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
SM2_PLAIN = b"encryption standard"
SM2_CIPHER = bytes.fromhex(
    "0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
    "21886ca989ca9c7d58087307ca93092d651efa"
)


def run() -> None:
    """核对 SM2、SM3 与 SM4-GCM 标准向量，约 10 毫秒。

    异常：
        RuntimeError: 任何一个不符。
    """
    if sm3(b"abc").hex() != SM3_ABC:
        raise RuntimeError("SM3 自检不通过：系统 OpenSSL 不支持或已损坏，请安装 OpenSSL 3.0 以上版本。")
    if _gcm_tag() != TAG:
        raise RuntimeError("SM4-GCM 自检不通过：cryptography 库损坏，请重新安装锁定版本。")
    if not _sm2_works():
        raise RuntimeError("SM2 自检不通过：系统 OpenSSL 不支持国密或已损坏，请安装 OpenSSL 3.0 以上版本。")


def _gcm_tag() -> str:
    encryptor = Cipher(algorithms.SM4(KEY), modes.GCM(NONCE)).encryptor()
    encryptor.authenticate_additional_data(AAD)
    encryptor.update(PLAIN)
    encryptor.finalize()
    return encryptor.tag.hex()


def _sm2_works() -> bool:
    """标准向量对得上，自己签的验得过、加的解得开，改动一个字节就不过。"""
    software = OpenSSLProvider()
    signature = encoding.signature_from_raw(SM2_SIGNATURE)
    try:
        key = software.import_key(SM2_D)
        return (
            key.public == SM2_PUBLIC
            and software.verify(SM2_PUBLIC, SM2_MESSAGE, signature)
            and not software.verify(SM2_PUBLIC, SM2_MESSAGE + b"!", signature)
            and software.decrypt(key, encoding.cipher_from_raw(SM2_CIPHER)) == SM2_PLAIN
            and software.verify(SM2_PUBLIC, b"", software.sign(key, b""))
            and software.decrypt(key, software.encrypt(SM2_PUBLIC, SM2_PLAIN)) == SM2_PLAIN
        )
    except GmError:
        return False
