"""A status list keeps each bit in its place and refuses what is short, long or cut."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards.credentials.multibase import base64url, decode_base64url
from jinmai.standards.credentials.status_list import FEWEST_BITS, MOST_BYTES, Bits, StatusError


@given(places=st.sets(st.integers(0, FEWEST_BITS - 1), max_size=30))
def test_bits_survive_being_published(places: set[int]) -> None:
    bits = Bits()
    for place in places:
        bits.set(place)
    again = Bits.decoded(bits.encoded())
    assert all(again[place] for place in places)
    assert bits.encoded() == again.encoded()


def test_bit_zero_is_the_leftmost() -> None:
    bits = Bits()
    bits.set(0)
    assert gzip.decompress(decode_base64url(bits.encoded()))[:2] == b"\x80\x00"


def test_the_list_of_no_revocations_in_the_specification_is_read() -> None:
    published = (
        "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"  # its example of section 2.2
    )
    bits = Bits.decoded(published)
    assert (len(bits), any(bits[place] for place in range(len(bits)))) == (FEWEST_BITS, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zabc",
        "u!!!!",
        base64url(b"no gzip"),
        base64url(gzip.compress(bytes(FEWEST_BITS // 8 - 1), mtime=0)),
        base64url(gzip.compress(bytes(MOST_BYTES + 1), mtime=0)),
        base64url(gzip.compress(bytes(FEWEST_BITS // 8), mtime=0)[:-4]),
        base64url(gzip.compress(bytes(FEWEST_BITS // 8), mtime=0) + b"more"),
        Bits().encoded() + "=",
    ],
)
def test_a_damaged_list_is_refused(text: str) -> None:
    with pytest.raises(StatusError):
        Bits.decoded(text)


@pytest.mark.parametrize("length", [8, FEWEST_BITS - 8, FEWEST_BITS + 1])
def test_a_list_that_would_tell_too_much_is_not_made(length: int) -> None:
    with pytest.raises(StatusError):
        Bits(length)
