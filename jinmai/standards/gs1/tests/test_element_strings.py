"""Element strings are read as GS1 writes them, and every refusal names the identifier it is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards import gs1
from jinmai.standards.gs1.check_digits import CHARACTER_SET_82

GTIN = "06901234567892"
SERIALS = st.text(CHARACTER_SET_82, min_size=1, max_size=20)


def test_brackets_and_a_scanners_string_say_the_same() -> None:
    bracketed = gs1.parse(f"(01){GTIN}(10)A1(21)7F")
    assert bracketed == {"01": GTIN, "10": "A1", "21": "7F"}
    assert gs1.parse(f"]d201{GTIN}10A1\x1d217F") == bracketed
    assert gs1.parse(gs1.format_scanned(bracketed)) == bracketed


@given(serial=SERIALS, lot=SERIALS)
def test_any_serial_and_lot_survive_both_notations(serial: str, lot: str) -> None:
    elements = {"01": GTIN, "10": lot, "21": serial}
    assert gs1.parse(gs1.format_bracketed(elements)) == elements
    assert gs1.parse(gs1.format_scanned(elements)) == elements


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("(01)06901234567893", "(01)", "wrong check digit"),
        ("(01)0690123456789A", "(01)", "'A' is outside of digits"),
        ("(01)6901234567892", "(01)", "13 characters, expected 14"),
        ("(89)1", "(89)", "there is no such application identifier"),
        ("(17)270230", "(17)", "there is no day 30 in that month"),
        ("(8006)069012345678920302", "(8006)", "piece 3 of 2"),
        ("(422)000", "(422)", "000 is no country of ISO 3166-1"),
        ("(10)A1(10)A2", "(10)", "stands twice with different values"),
        ("(10)A1(", "character 7", "no application identifier in brackets"),
        ("06901234567892", "", "no element string: neither brackets nor a leading FNC1"),
        ("(8007)DE89370400440532013001", "(8007)", "wrong check digits"),
        ("(8013)1987654Ad4X4bL5ttr2310c3K", "(8013)", "wrong check characters"),
        ("(00)106901234567890000", "(00)", "wrong check digit"),
    ],
)
def test_a_refusal_names_the_place_and_why(text: str, place: str, reason: str) -> None:
    with pytest.raises(gs1.Gs1Error) as caught:
        gs1.parse(text)
    assert (caught.value.place, caught.value.reason) == (place, reason)


def test_a_global_model_number_with_its_check_characters_is_read() -> None:
    assert gs1.parse("(8013)1987654Ad4X4bL5ttr2310c2K") == {"8013": "1987654Ad4X4bL5ttr2310c2K"}


def test_identifiers_that_need_or_exclude_another_are_named() -> None:
    lonely = gs1.pairing_faults({"21": "7F"})
    assert [(one.place, one.reason) for one in lonely] == [
        ("(21)", "has to stand beside one of 01, 03, 8006")
    ]
    assert gs1.pairing_faults({"01": GTIN, "21": "7F"}) == []
    assert gs1.pairing_faults({"01": GTIN, "3103": "000195", "3922": "0299"}) == []
    both = gs1.pairing_faults({"01": GTIN, "02": GTIN, "37": "5"})
    assert ("(01)", "may not stand beside (37)") in [(one.place, one.reason) for one in both]


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused_but_never_breaks(text: str) -> None:
    for start in ("", "^", "("):
        try:
            gs1.parse(start + text)
        except gs1.Gs1Error:
            continue
