"""坏字节：无论怎样改，验章只给出“不通过”的报告，读取只抛有名字的拒绝。"""

import os
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shilong.foundation.documents.ofd import package, preview, reader, seal
from shilong.foundation.documents.ofd.refusals import BadOfd, BadSeal
from shilong.foundation.documents.tests import ofd_world as world
from shilong.foundation.refusals import Refused

pytestmark = pytest.mark.req("P06")
QUICK = settings(
    deadline=None, max_examples=int(os.environ.get("FUZZ_EXAMPLES", "60")), suppress_health_check=list(HealthCheck), database=None
)
FLIPS = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 255)), min_size=1, max_size=8)


def mutated(data: bytes, flips: list[tuple[int, int]]) -> bytes:
    out = bytearray(data)
    for at, value in flips:
        if out:
            out[at % len(out)] = value
    return bytes(out)


@QUICK
@given(FLIPS)
def test_flipped_bytes_of_the_package(flips):
    """改一个字节多半通不过；改到不受保护的压缩包元数据时内容没变，才可能仍然通过。"""
    data = mutated(world.signed(), flips)
    report = world.check(data)
    if report.ok:
        intact, touched = package.unpack(world.signed()), package.unpack(data)
        listed = "Doc_0/Signs/Signatures.xml"
        assert {name: body for name, body in touched.items() if name != listed} == {
            name: body for name, body in intact.items() if name != listed
        }


@QUICK
@given(st.sampled_from(sorted(package.unpack(world.signed()))), FLIPS)
def test_flipped_bytes_inside_any_file(name, flips):
    files = package.unpack(world.signed())
    forged = {**files, name: mutated(files[name], flips)}
    report = world.check(package.pack(forged))
    if forged[name] != files[name] and name != "Doc_0/Signs/Signatures.xml":
        assert not report.ok
    for read in (reader.text, reader.seals, reader.attachments, reader.pages, preview.render_svg):
        with suppress(BadOfd, BadSeal):
            read(package.pack(forged))


@QUICK
@given(st.binary(max_size=600))
def test_random_bytes(data):
    assert not world.check(data).ok
    assert not world.check(b"PK\x03\x04" + data).ok
    for parse in (seal.parse_seal, seal.parse_signature):
        with pytest.raises(BadSeal):
            parse(data)


@QUICK
@given(FLIPS, st.integers(0, 4000))
def test_flipped_and_truncated_der(flips, cut):
    value = package.unpack(world.signed())["Doc_0/Signs/Sign_0/SignedValue.dat"]
    der = mutated(value, flips)[: max(len(value) - cut, 0)]
    try:
        seal.parse_signature(der)
    except Refused as error:
        assert isinstance(error, BadSeal)
