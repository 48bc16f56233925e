"""Personal data in the form for those who do not need them whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jinmai.core.web import masking


def test_names_keep_the_family_name_or_the_initials() -> None:
    assert masking.name("王小明") == "王**"
    assert masking.name("Anna Wang") == "A*** W***"


def test_numbers_keep_their_ends() -> None:
    assert masking.phone("13812341234") == "138****1234"
    assert masking.number("210702199001011234") == "210*************34"
    assert masking.email("wang@example.org") == "w***@example.org"


@given(st.text("0123456789", min_size=0, max_size=20))
def test_no_mask_shows_more_than_half_of_a_long_number(digits: str) -> None:
    shown = sum(letter != "*" for letter in masking.number(digits))
    assert shown <= max(0, 5 if len(digits) >= 8 else 0)
    assert len(masking.number(digits)) == len(digits)
