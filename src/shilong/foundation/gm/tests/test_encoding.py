"""格式转换：往返不变，写错的一律拒绝，不猜格式。"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shilong.foundation.gm import encoding
from shilong.foundation.gm.encoding import Order
from shilong.foundation.gm.errors import BadCiphertext, BadSignature

pytestmark = [pytest.mark.req("P05"), pytest.mark.req("P06")]
scalars = st.integers(1, encoding.N - 1)
coordinates = st.integers(0, encoding.P - 1)
C3 = b"3" * 32


@given(scalars, scalars)
def test_signature_round_trips(r, s):
    raw = r.to_bytes(32) + s.to_bytes(32)
    assert encoding.signature_to_raw(encoding.signature_from_raw(raw)) == raw


@pytest.mark.parametrize(
    "der",
    [
        "",
        "30",
        "3000",
        "3006020101",
        "30060201010201",
        "300602010102010100",  # 多余字节
        "30070201010201010000",
        "3006020100020101",  # r = 0
        "3006020181020101",  # 负数
        "300702020001020101",  # 非最短整数
        "308106020101020101",  # 非最短长度
        "30820006020101020101",
        "30800201010201010000",  # 不定长
        "3106020101020101",  # 不是 SEQUENCE
        "3006040101020101",  # 不是 INTEGER
        "3005020002 0101".replace(" ", ""),  # 空整数
        "30270222" + "01" * 34 + "020101",  # 太长
        "302602210" + "1" + "00" * 32 + "020101",  # 33 字节的数
        "3026022100" + "ff" * 32 + "020101",  # 不小于 n
    ],
)
def test_loose_signature_encoding_is_refused(der):
    with pytest.raises(BadSignature):
        encoding.signature_to_raw(bytes.fromhex(der))


@pytest.mark.parametrize("raw", [b"", b"\1" * 63, b"\1" * 65, b"\0" * 64, b"\xff" * 64, b"\1" * 32 + b"\0" * 32])
def test_bad_raw_signature_is_refused(raw):
    with pytest.raises(BadSignature):
        encoding.signature_from_raw(raw)


@given(coordinates, coordinates, st.binary(min_size=1, max_size=400), st.sampled_from(Order), st.sampled_from([b"", b"\x04"]))
def test_ciphertext_round_trips_in_every_layout(x, y, c2, order, prefix):
    raw = prefix + x.to_bytes(32) + y.to_bytes(32) + (C3 + c2 if order is Order.C1C3C2 else c2 + C3)
    der = encoding.cipher_from_raw(raw, order=order, prefix=prefix)
    assert encoding.split(der) == (x.to_bytes(32) + y.to_bytes(32), C3, c2)
    assert encoding.cipher_to_raw(der, order=order, prefix=prefix) == raw


def test_coordinate_that_starts_with_04_is_not_taken_for_the_prefix():
    bare = b"\x04" + b"\1" * 63 + C3 + b"body"
    der = encoding.cipher_from_raw(bare, prefix=b"")
    assert encoding.split(der) == (bare[:64], C3, b"body")


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x04", b"\x04" + b"\1" * 96, b"\x03" + b"\1" * 100, b"\x04" + b"\xff" * 32 + b"\1" * 70, b"\x04" + b"\1" * 32 + b"\xff" * 100],
)
def test_bad_raw_ciphertext_is_refused(raw):
    with pytest.raises(BadCiphertext):
        encoding.cipher_from_raw(raw)


@given(st.binary(max_size=120))
def test_random_bytes_get_a_named_refusal(noise):
    with pytest.raises(BadSignature):
        encoding.signature_to_raw(noise + b"\0")
    with pytest.raises(BadCiphertext):
        encoding.split(noise + b"\0")


@given(st.data())
def test_any_accepted_ciphertext_is_the_only_spelling_of_itself(data):
    der = encoding.cipher_from_raw(b"\x04" + b"\x7f" * 64 + C3 + b"body")
    at = data.draw(st.integers(0, len(der) - 1))
    mutated = der[:at] + bytes([data.draw(st.integers(0, 255))]) + der[at + 1 :]
    try:
        raw = encoding.cipher_to_raw(mutated)
    except BadCiphertext:
        return
    assert encoding.cipher_from_raw(raw) == mutated
