"""启动自检：算法实现不对时宁可不启动。"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from shilong.foundation.gm import sm3

SM3_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905 附录 A.1
KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")  # RFC 8998 附录 A.1
NONCE = bytes.fromhex("00001234567800000000abcd")
AAD = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
PLAIN = bytes.fromhex(
    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
)
TAG = "83de3541e4c2b58177e065a9bf7b62ec"


def run() -> None:
    """核对 SM3 与 SM4-GCM 标准向量。

    异常：
        RuntimeError: 任何一个不符。
    """
    if sm3(b"abc").hex() != SM3_ABC:
        raise RuntimeError("SM3 自检不通过：系统 OpenSSL 不支持或已损坏，请安装 OpenSSL 3.0 以上版本。")
    encryptor = Cipher(algorithms.SM4(KEY), modes.GCM(NONCE)).encryptor()
    encryptor.authenticate_additional_data(AAD)
    encryptor.update(PLAIN)
    encryptor.finalize()
    if encryptor.tag.hex() != TAG:
        raise RuntimeError("SM4-GCM 自检不通过：cryptography 库损坏，请重新安装锁定版本。")
