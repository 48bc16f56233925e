"""Credit codes are those of GB 32100-2015; the fast path agrees with python-stdnum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from jinmai.core.register.choices import PartyKind
from jinmai.core.register.codes import ALPHABET, CodeError, kind_of, new_person_code, party_code
from jinmai.core.register.tests.factories import code_number

CODES = st.integers(0, 9_999_999).map(code_number)


@given(CODES)
def test_a_code_with_the_right_check_digit_is_accepted(code: str) -> None:
    assert party_code(code) == code == uscc.validate(code)


@given(CODES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_changed_character_is_always_noticed(code: str, place: int, letter: str) -> None:
    changed = code[:place] + letter + code[place + 1 :]
    if changed != code:
        with pytest.raises(CodeError):
            party_code(changed)


@given(st.text(alphabet=ALPHABET + "IOSVZ- ９", min_size=16, max_size=19))
def test_any_text_is_judged_as_the_library_judges_it(text: str) -> None:
    try:
        library = uscc.validate(text)
    except (ValidationError, ValueError):
        library = None
    try:
        ours = party_code(text)
    except CodeError:
        ours = None
    assert ours == library or "９" in text


def test_full_width_digits_and_small_letters_mean_the_same_code() -> None:
    assert party_code(" ９１１１００００６０００３７３４１l ") == "91110000600037341L"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("9111000060003734", "length"),
        ("91110000600037341M", "check_digit"),
        ("91110000600037341I", "letters"),
        ("A1110000600037341L", "letters"),
        ("", "length"),
    ],
)
def test_a_wrong_code_is_refused_with_the_reason(code: str, reason: str) -> None:
    with pytest.raises(CodeError) as refused:
        party_code(code)
    assert refused.value.reason == reason


def test_the_code_says_what_the_party_is() -> None:
    assert kind_of("92990102MA0AA0002L") is PartyKind.SOLE_TRADER
    with pytest.raises(CodeError, match="authority"):
        kind_of("99990102MA0AA0002L")


def test_a_persons_key_is_no_credit_code_and_says_nothing() -> None:
    keys = {new_person_code() for _ in range(50)}
    assert len(keys) == 50
    assert {len(key) for key in keys} == {18}
    for key in keys:
        with pytest.raises(CodeError):
            party_code(key)
