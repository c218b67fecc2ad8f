"""国密：标准向量、加密字段往返、篡改必被发现。"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shilong.foundation.gm import fields, hmac_sm3, secretbox, selftest, sm3

pytestmark = pytest.mark.req("P29")


def test_standard_vectors_pass():
    selftest.run()
    assert len(hmac_sm3(b"k", b"m")) == 32
    assert sm3(b"") != sm3(b"\0")


@given(st.text())
def test_encrypted_text_round_trips_and_hides_itself(text):
    stored = fields.encrypt(text)
    assert fields.decrypt(stored) == text
    assert not text or text not in stored or len(text) < 3


def test_one_flipped_bit_is_noticed():
    sealed = bytearray(secretbox.seal(b"410404190001010010"))
    sealed[15] ^= 1
    with pytest.raises(secretbox.Unsealable):
        secretbox.open_(bytes(sealed))


def test_truncated_ciphertext_is_refused():
    with pytest.raises(secretbox.Unsealable):
        secretbox.open_(b"short")


def test_same_value_has_same_index_but_different_ciphertext():
    assert fields.blind_index(" 41040419000101001x") == fields.blind_index("41040419000101001X")
    assert fields.encrypt("甲") != fields.encrypt("甲")
    assert fields.blind_index("") == ""
