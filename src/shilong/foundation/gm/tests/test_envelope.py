"""数字信封：每个接收者都能开，别人不能开，改一处就开不了。"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shilong.foundation.gm import envelope
from shilong.foundation.gm.errors import BadCiphertext, BadKey, NoRecipient, NotRecipient
from shilong.foundation.gm.provider import provider

pytestmark = pytest.mark.req("P29")
ANN, BOB, EVE = (provider().generate() for _ in range(3))


@given(st.binary(max_size=3000))
def test_every_recipient_can_open(plain):
    sealed = envelope.seal([ANN.public, BOB.public], plain)
    assert envelope.open_(ANN, sealed) == envelope.open_(BOB, sealed) == plain


def test_someone_else_cannot_open():
    with pytest.raises(NotRecipient):
        envelope.open_(EVE, envelope.seal([ANN.public], b"secret"))


def test_any_changed_byte_is_noticed():
    sealed = envelope.seal([ANN.public, BOB.public], b"secret")
    for at in range(len(sealed)):
        with pytest.raises((BadCiphertext, NotRecipient)):
            envelope.open_(ANN, sealed[:at] + bytes([sealed[at] ^ 0x55]) + sealed[at + 1 :])


def test_every_truncation_is_refused():
    sealed = envelope.seal([ANN.public], b"secret")
    for size in range(len(sealed)):
        with pytest.raises((BadCiphertext, NotRecipient)):
            envelope.open_(ANN, sealed[:size])


@given(st.binary(max_size=300))
def test_random_bytes_cannot_be_opened(noise):
    for content in (noise, envelope.MAGIC + noise):
        with pytest.raises((BadCiphertext, NotRecipient)):
            envelope.open_(ANN, content)


@pytest.mark.parametrize("recipients", [[], [ANN.public, ANN.public]])
def test_recipients_must_be_given_once_each(recipients):
    with pytest.raises(NoRecipient):
        envelope.seal(recipients, b"secret")


def test_bad_recipient_key_is_refused():
    with pytest.raises(BadKey):
        envelope.seal([ANN.public, b"\x04" + b"\1" * 64], b"secret")
