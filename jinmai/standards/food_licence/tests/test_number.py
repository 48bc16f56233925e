"""Licence numbers: taken apart, and refused with the place that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards.food_licence import FoodLicence, LicenceError, read_licence

GOOD = "SC12221078100015"


def test_a_number_names_what_is_made_and_where() -> None:
    assert read_licence(GOOD) == FoodLicence(category="122", county="210781", sequence="0001")
    assert read_licence(GOOD).number == GOOD


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ("", "prefix", 1),
        ("sc12221078100015", "prefix", 1),
        ("QS12221078100015", "prefix", 1),
        (" SC12221078100015", "prefix", 1),
        ("SC1222107810001", "length", 16),
        ("SC122210781000155", "length", 17),
        ("SC12221078100015 ", "length", 17),
        ("SC1222107810001５", "digit", 16),
        ("SC1222-1078100015", "digit", 7),
        ("SC32221078100015", "kind", 3),
        ("SC12221078100019", "check_digit", 16),
    ],
)
def test_a_wrong_number_is_refused_with_its_place(text: str, reason: str, place: int) -> None:
    with pytest.raises(LicenceError) as refused:
        read_licence(text)
    assert (refused.value.reason, refused.value.place) == (reason, place)


@given(
    st.sampled_from("12"),
    st.text("0123456789", min_size=12, max_size=12),
    st.integers(3, 15),
    st.integers(1, 9),
)
def test_one_wrong_digit_is_always_noticed(kind: str, rest: str, place: int, off: int) -> None:
    digits = kind + rest
    number = FoodLicence(digits[:3], digits[3:9], digits[9:]).number
    assert read_licence(number).number == number
    wrong = str((int(number[place]) + off) % 10)
    with pytest.raises(LicenceError):
        read_licence(number[:place] + wrong + number[place + 1 :])


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = read_licence(text).number
    except LicenceError as refused:
        place = refused.place
    else:
        place = 1
        assert read == text
    assert 1 <= place <= 17
