"""A code carries one animal's identity and its signature, and is read in one way only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards import sm2
from jinmai.standards.credentials import ed25519, items, multikey, signers
from jinmai.standards.credentials.tests.samples import ADDRESS, GTIN, PLANT, SERIALS, code

serials = st.text(items.CROCKFORD, min_size=10, max_size=10)


@given(serial=serials, seed=st.binary(min_size=32, max_size=32))
def test_what_is_written_is_read_and_its_signature_holds(serial: str, seed: bytes) -> None:
    signer = signers.Ed25519Signer(seed)
    read = items.read_code(code(serial, signer=signer))
    assert read[:3] == (GTIN, serial, items.key_tag(signer.multikey))
    assert multikey.public_key(signer.multikey)[1].verify(read.signature, read.message)


@given(place=st.integers(min_value=0), letter=st.sampled_from(items.CROCKFORD))
def test_no_letter_of_identity_or_signature_may_change(place: int, letter: str) -> None:
    whole = code()
    places = [at for at, one in enumerate(whole) if at >= len(ADDRESS) + 4 and one in items.CROCKFORD]
    at = places[place % len(places)]
    changed = whole[:at] + letter + whole[at + 1 :]
    try:
        read = items.read_code(changed)
    except items.ItemCodeError:
        return
    holds = ed25519.PublicKey(multikey.read(PLANT.multikey)[1]).verify(read.signature, read.message)
    assert holds == (read == items.read_code(whole))


def test_the_code_stays_within_the_alphanumeric_letters_of_a_qr_code_but_for_two() -> None:
    alphanumeric = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert [letter for letter in code() if letter not in alphanumeric] == ["?", "="]


def test_a_code_is_read_in_lower_case_with_confused_letters_and_what_a_browser_adds() -> None:
    plain = items.read_code(code("0101010101"))
    assert items.read_code(code("0101010101").lower()) == plain
    assert items.read_code(code("0101010101").replace("0101010101", "OLOIOlo1oI")) == plain
    assert items.read_code(code("0101010101") + "&from=singlemessage&isappinstalled=0") == plain


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("", "address of the form"),
        ("6901234567892", "address of the form"),
        (lambda whole: whole * 20, "characters, at most"),
        (lambda whole: whole.replace(GTIN, "06901234567893"), "01: the check digit"),
        (lambda whole: whole.replace(SERIALS[0], "7K3M9QX2ZU"), "21: U"),
        (lambda whole: whole.split("?")[0] + "?", "S: the code carries no signature"),
        (lambda whole: whole + "&" + whole.split("?")[1], "S: the code carries 2 signatures"),
        (lambda whole: whole[:-1], "S: 108 characters instead of 109"),
        (lambda whole: whole[:-1] + "1", "S: the last letter"),
        (lambda whole: whole[:-9] + "U" + whole[-8:], "S: a letter"),
    ],
)
def test_anything_else_is_refused_with_its_part_named(change: Callable[[str], str] | str, place: str) -> None:
    with pytest.raises(items.ItemCodeError, match=place):
        items.read_code(change if isinstance(change, str) else change(code()))


def test_ed25519_signs_an_item_alike_each_time_so_that_signatures_need_not_be_stored() -> None:
    assert items.sign_items(PLANT, GTIN, SERIALS) == items.sign_items(PLANT, GTIN, SERIALS)


@pytest.mark.skipif(bool(sm2.absence()), reason=f"SM2 is absent: {sm2.absence()}")
def test_an_item_signed_with_sm2_has_a_code_of_the_same_length() -> None:
    signer = signers.Sm2Signer.generate()
    read = items.read_code(code(signer=signer))
    assert len(code(signer=signer)) == len(code())
    assert multikey.public_key(signer.multikey)[1].verify(read.signature, read.message)
    assert not multikey.public_key(signer.multikey)[1].verify(read.signature, read.message + b"x")


@given(number=st.integers(0, 2**50 - 1))
def test_a_serial_is_fifty_bits(number: int) -> None:
    serial = "".join(items.CROCKFORD[number >> shift & 31] for shift in range(45, -1, -5))
    assert items.serial_number(serial) == number
