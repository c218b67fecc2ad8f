"""SM2 签名与密文的几种写法互转（GM/T 0009、GB/T 35276）。

对内一律 DER；裸格式只在对接只认它的对端时用。格式由调用方写明，不猜：X 坐标碰巧以 04 开头时一猜就错。
解析从严：多余字节、负数、非最短编码、超出 32 字节的数一律拒绝。
"""

from enum import Enum

from shilong.foundation.gm.errors import BadCiphertext, BadSignature

SIZE = 32  # 一个坐标、一个杂凑值、一个签名分量的字节数
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
POINT = b"\x04"  # 未压缩点的前缀
_INTEGER, _OCTETS, _SEQUENCE = 0x02, 0x04, 0x30


class Order(Enum):
    """裸密文各段的先后。新标准 C1C3C2；2010 年以前的旧系统是 C1C2C3。"""

    C1C3C2 = "C1C3C2"
    C1C2C3 = "C1C2C3"


class _Malformed(ValueError):
    """不是严格的 DER；只在本文件里流转。"""


def signature_to_raw(der: bytes) -> bytes:
    """DER SEQUENCE{r, s} → 64 字节 r‖s。

    异常：
        BadSignature: 编码不严格，或 r、s 不在 [1, n−1]。
    """
    try:
        start, end = _whole(der)
        r, at = _integer(der, start, end)
        s, at = _integer(der, at, end)
    except _Malformed as problem:
        raise BadSignature(detail=problem) from None
    if at != end or not (0 < r < N and 0 < s < N):
        raise BadSignature(detail="多余内容或数值超出范围")
    return r.to_bytes(SIZE) + s.to_bytes(SIZE)


def signature_from_raw(raw: bytes) -> bytes:
    """64 字节 r‖s → DER。

    异常：
        BadSignature: 长度不是 64 字节，或 r、s 不在 [1, n−1]。
    """
    if len(raw) != 2 * SIZE:
        raise BadSignature(detail="应是 64 字节")
    r, s = int.from_bytes(raw[:SIZE]), int.from_bytes(raw[SIZE:])
    if not (0 < r < N and 0 < s < N):
        raise BadSignature(detail="数值超出范围")
    return wrap(_SEQUENCE, _number(r) + _number(s))


def split(der: bytes) -> tuple[bytes, bytes, bytes]:
    """DER 密文 → (C1 的 64 字节 X‖Y, C3, C2)；不检查 C1 是否在曲线上。

    异常：
        BadCiphertext: 编码不严格、坐标不小于 p、C3 不是 32 字节或 C2 为空。
    """
    try:
        start, end = _whole(der)
        x, at = _integer(der, start, end)
        y, at = _integer(der, at, end)
        c3, at = _octets(der, at, end)
        c2, at = _octets(der, at, end)
    except _Malformed:
        raise BadCiphertext from None
    if at != end or x >= P or y >= P or len(c3) != SIZE or not c2:
        raise BadCiphertext
    return x.to_bytes(SIZE) + y.to_bytes(SIZE), c3, c2


def cipher_to_raw(der: bytes, *, order: Order = Order.C1C3C2, prefix: bytes = POINT) -> bytes:
    """DER 密文 → 裸密文。`prefix` 给 `b""` 时 C1 不带 04（sm-crypto 等前端库的写法）。

    异常：
        BadCiphertext: 同 `split`。
    """
    c1, c3, c2 = split(der)
    return prefix + c1 + (c3 + c2 if order is Order.C1C3C2 else c2 + c3)


def cipher_from_raw(raw: bytes, *, order: Order = Order.C1C3C2, prefix: bytes = POINT) -> bytes:
    """裸密文 → DER 密文；`order` 与 `prefix` 须与对端一致。

    异常：
        BadCiphertext: 前缀不符、太短或坐标不小于 p。
    """
    body = raw[len(prefix) :]
    x, y, rest = int.from_bytes(body[:SIZE]), int.from_bytes(body[SIZE : 2 * SIZE]), body[2 * SIZE :]
    if not raw.startswith(prefix) or len(rest) <= SIZE or x >= P or y >= P:
        raise BadCiphertext
    c3, c2 = (rest[:SIZE], rest[SIZE:]) if order is Order.C1C3C2 else (rest[-SIZE:], rest[:-SIZE])
    return wrap(_SEQUENCE, _number(x) + _number(y) + wrap(_OCTETS, c3) + wrap(_OCTETS, c2))


def _whole(data: bytes) -> tuple[int, int]:
    """整段必须恰好是一个 SEQUENCE；返回内容的起止。"""
    start, end = _header(data, 0, len(data), _SEQUENCE)
    if end != len(data):
        raise _Malformed("结尾有多余字节")
    return start, end


def _header(data: bytes, at: int, limit: int, tag: int) -> tuple[int, int]:
    """读一个标签与最短形式的长度，返回内容起止。"""
    if at + 2 > limit or data[at] != tag:
        raise _Malformed("类型不对或内容不完整")
    size, start = data[at + 1], at + 2
    if size >= 0x80:
        count = size & 0x7F
        size, start = int.from_bytes(data[start : start + count]), start + count
        if not 1 <= count <= 4 or size < 0x80 or size < 1 << 8 * (count - 1):
            raise _Malformed("长度不是最短形式")
    if start + size > limit:
        raise _Malformed("内容不完整")
    return start, start + size


def _integer(data: bytes, at: int, limit: int) -> tuple[int, int]:
    start, end = _header(data, at, limit, _INTEGER)
    size = end - start
    if not 1 <= size <= SIZE + 1 or data[start] >= 0x80:
        raise _Malformed("整数为负或太长")
    if data[start] == 0 and size > 1 and data[start + 1] < 0x80:
        raise _Malformed("整数不是最短形式")
    value = int.from_bytes(data[start:end])
    if value >> 8 * SIZE:
        raise _Malformed("整数太长")
    return value, end


def _octets(data: bytes, at: int, limit: int) -> tuple[bytes, int]:
    start, end = _header(data, at, limit, _OCTETS)
    return data[start:end], end


def _number(value: int) -> bytes:
    return wrap(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1))


def wrap(tag: int, content: bytes) -> bytes:
    """一个 DER 单元：标签、最短形式的长度、内容。"""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content
