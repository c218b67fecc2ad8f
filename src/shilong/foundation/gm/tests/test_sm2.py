"""SM2 运算：标准向量、改动必被发现、坏输入有名字、多线程结果正确。"""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shilong.foundation.gm import encoding, selftest, sm3
from shilong.foundation.gm.errors import BadCiphertext, BadKey, BadUserId, EmptyPlaintext, NotExportable
from shilong.foundation.gm.provider import DEFAULT_ID, export_key, provider

pytestmark = [pytest.mark.req("P05"), pytest.mark.req("P06"), pytest.mark.req("P29")]
KEY = provider().generate()
OFF_CURVE = b"\x04" + b"\1" * 64


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def reassembled(c1: bytes, c3: bytes, c2: bytes) -> bytes:
    return encoding.cipher_from_raw(encoding.POINT + c1 + c3 + c2)


def test_gbt_32918_5_signature_vector_verifies():
    signature = encoding.signature_from_raw(selftest.SM2_SIGNATURE)
    assert provider().verify(selftest.SM2_PUBLIC, selftest.SM2_MESSAGE, signature)
    assert not provider().verify(selftest.SM2_PUBLIC, selftest.SM2_MESSAGE, signature, uid=b"ALICE123@YAHOO.COM")


def test_gbt_32918_5_encryption_vector_decrypts():
    key = provider().import_key(selftest.SM2_D)
    assert key.public == selftest.SM2_PUBLIC
    assert provider().decrypt(key, encoding.cipher_from_raw(selftest.SM2_CIPHER)) == selftest.SM2_PLAIN


def test_start_up_is_refused_when_a_vector_does_not_match(monkeypatch):
    monkeypatch.setattr(selftest, "SM2_SIGNATURE", flipped(selftest.SM2_SIGNATURE, 5))
    with pytest.raises(RuntimeError, match="SM2 自检不通过"):
        selftest.run()


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_signature_verifies_only_for_the_same_message_and_id(message, uid):
    signature = provider().sign(KEY, message, uid=uid)
    assert provider().verify(KEY.public, message, signature, uid=uid)
    assert not provider().verify(KEY.public, message + b"!", signature, uid=uid)
    assert not provider().verify(KEY.public, message, signature, uid=uid + b"!")


def test_default_id_is_really_used():
    signature = provider().sign(KEY, b"m")
    assert provider().verify(KEY.public, b"m", signature, uid=DEFAULT_ID)
    assert not provider().verify(KEY.public, b"m", signature, uid=b"")


def test_another_key_does_not_verify():
    assert not provider().verify(provider().generate().public, b"m", provider().sign(KEY, b"m"))


@pytest.mark.parametrize(
    "public",
    [b"", b"\x04", OFF_CURVE, KEY.public[1:], KEY.public + b"\0", b"\x03" + KEY.public[1:], b"\0" * 65, b"\x04" + b"\xff" * 64],
    ids=["empty", "prefix", "off-curve", "no-prefix", "too-long", "compressed", "zero", "out-of-field"],  # 公钥是随机的，不能进用例名
)
def test_malformed_public_key_verifies_nothing_and_encrypts_nothing(public):
    assert provider().verify(public, b"m", provider().sign(KEY, b"m")) is False
    with pytest.raises(BadKey):
        provider().encrypt(public, b"m")


@given(st.binary(max_size=90))
def test_random_bytes_are_never_a_signature(noise):
    assert provider().verify(KEY.public, b"m", noise) is False


@given(st.integers(0, 69), st.binary(max_size=3))
def test_mangled_signature_is_refused(cut, tail):
    signature = provider().sign(KEY, b"m")
    assert not provider().verify(KEY.public, b"m", signature[:cut] + tail)
    assert not provider().verify(KEY.public, b"m", signature + tail + b"\0")


def test_too_long_id_cannot_be_signed_or_verified():
    with pytest.raises(BadUserId):
        provider().sign(KEY, b"m", uid=b"x" * 8191)
    assert not provider().verify(KEY.public, b"m", provider().sign(KEY, b"m"), uid=b"x" * 8191)
    assert provider().verify(KEY.public, b"m", provider().sign(KEY, b"m", uid=b"x" * 8190), uid=b"x" * 8190)


@given(st.binary(min_size=1, max_size=2000))
def test_encryption_round_trips(plain):
    cipher = provider().encrypt(KEY.public, plain)
    assert provider().decrypt(KEY, cipher) == plain
    assert cipher != provider().encrypt(KEY.public, plain)


def test_one_byte_is_never_encrypted_with_an_all_zero_stream():
    ciphers = [provider().encrypt(KEY.public, b"A") for _ in range(600)]
    assert not [cipher for cipher in ciphers if cipher.endswith(b"A")]


def test_empty_plaintext_is_refused():
    with pytest.raises(EmptyPlaintext, match="不能加密空内容"):
        provider().encrypt(KEY.public, b"")


def test_another_key_cannot_decrypt():
    with pytest.raises(BadCiphertext):
        provider().decrypt(provider().generate(), provider().encrypt(KEY.public, b"secret"))


@pytest.mark.parametrize("part", ["C1", "C3", "C2"])
def test_tampering_with_any_part_is_noticed(part):
    c1, c3, c2 = encoding.split(provider().encrypt(KEY.public, b"secret"))
    parts = {"C1": c1, "C3": c3, "C2": c2}
    parts[part] = flipped(parts[part], 3)
    with pytest.raises(BadCiphertext):
        provider().decrypt(KEY, reassembled(*parts.values()))


def test_point_off_the_curve_is_refused():
    _, c3, c2 = encoding.split(provider().encrypt(KEY.public, b"secret"))
    with pytest.raises(BadCiphertext):
        provider().decrypt(KEY, reassembled(OFF_CURVE[1:], c3, c2))


def test_point_of_another_valid_key_is_refused():
    _, c3, c2 = encoding.split(provider().encrypt(KEY.public, b"secret"))
    with pytest.raises(BadCiphertext):
        provider().decrypt(KEY, reassembled(provider().generate().public[1:], c3, c2))


def test_every_truncation_is_refused():
    cipher = provider().encrypt(KEY.public, b"secret")
    for size in range(len(cipher)):
        with pytest.raises(BadCiphertext):
            provider().decrypt(KEY, cipher[:size])


@given(st.binary(max_size=200))
def test_random_bytes_are_never_a_ciphertext(noise):
    with pytest.raises(BadCiphertext):
        provider().decrypt(KEY, noise)


@pytest.mark.parametrize("d", [0, encoding.N - 1, encoding.N, 2**256 - 1])
def test_private_key_out_of_range_is_refused(d):
    with pytest.raises(BadKey):
        provider().import_key(d.to_bytes(32))


@pytest.mark.parametrize("d", [1, 2, encoding.N - 2])
def test_extreme_private_keys_work(d):
    key = provider().import_key(d.to_bytes(32))
    assert provider().verify(key.public, b"m", provider().sign(key, b"m"))
    assert export_key(key) == d.to_bytes(32)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_private_key_of_wrong_size_is_refused(size):
    with pytest.raises(BadKey):
        provider().import_key(b"\1" * size)


def test_exported_key_comes_back_the_same():
    again = provider().import_key(export_key(KEY))
    assert again.public == KEY.public
    assert provider().verify(KEY.public, b"m", provider().sign(again, b"m"))


def test_private_key_cannot_leak_through_printing_or_copying():
    assert export_key(KEY).hex()[:8] not in repr(KEY)
    for duplicate in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            duplicate(KEY)


def test_many_threads_share_one_key():
    def work(n: int) -> bool:
        message = str(n).encode()
        signature = provider().sign(KEY, message)
        cipher = provider().encrypt(KEY.public, message)
        return provider().verify(KEY.public, message, signature) and provider().decrypt(KEY, cipher) == message

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(400)))


def test_many_threads_generate_and_drop_their_own_keys():
    def work(n: int) -> bool:
        key = provider().generate()
        return provider().verify(key.public, b"m", provider().sign(key, b"m")) and not provider().verify(key.public, b"n", b"")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))


class HardwareKey:
    public = KEY.public


class Hardware:
    """假的密码机：只有接口，没有导出。"""

    def sign(self, key, data, *, uid=DEFAULT_ID):
        return b"hardware"


def test_settings_can_switch_to_a_hardware_module(settings):
    settings.GM_PROVIDER = f"{__name__}.Hardware"
    assert provider().sign(HardwareKey(), b"m") == b"hardware"
    with pytest.raises(NotExportable):
        export_key(HardwareKey())


def test_software_refuses_a_key_of_another_implementation():
    with pytest.raises(BadKey):
        provider().sign(HardwareKey(), b"m")


def test_digest_is_sm3():
    assert provider().digest(b"abc") == sm3(b"abc")


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_sm4_modes_round_trip(plain, aad):
    key = b"k" * 16
    assert provider().sm4_gcm_decrypt(key, provider().sm4_gcm_encrypt(key, plain, aad=aad), aad=aad) == plain
    assert provider().sm4_cbc_decrypt(key, provider().sm4_cbc_encrypt(key, plain)) == plain


def test_rfc_8998_vector_opens_and_its_changed_tag_does_not():
    cipher = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    sealed = selftest.NONCE + cipher + bytes.fromhex(selftest.TAG)
    assert provider().sm4_gcm_decrypt(selftest.KEY, sealed, aad=selftest.AAD) == selftest.PLAIN
    with pytest.raises(BadCiphertext):
        provider().sm4_gcm_decrypt(selftest.KEY, flipped(sealed, len(sealed) - 1), aad=selftest.AAD)


def test_sm4_gcm_notices_changed_data_key_or_context():
    sealed = provider().sm4_gcm_encrypt(b"k" * 16, b"plain", aad=b"a")
    for key, data, aad in ((b"k" * 16, flipped(sealed, 14), b"a"), (b"j" * 16, sealed, b"a"), (b"k" * 16, sealed, b"b")):
        with pytest.raises(BadCiphertext):
            provider().sm4_gcm_decrypt(key, data, aad=aad)


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 27])
def test_sm4_truncated_data_is_refused(data):
    for decrypt in (provider().sm4_gcm_decrypt, provider().sm4_cbc_decrypt):
        with pytest.raises(BadCiphertext):
            decrypt(b"k" * 16, data)


def test_sm4_cbc_bad_padding_and_bad_key_size_are_refused():
    with pytest.raises(BadCiphertext):
        provider().sm4_cbc_decrypt(b"j" * 16, provider().sm4_cbc_encrypt(b"k" * 16, b"plain")[:-16] + b"\0" * 16)
    with pytest.raises(BadKey):
        provider().sm4_gcm_encrypt(b"short", b"plain")
