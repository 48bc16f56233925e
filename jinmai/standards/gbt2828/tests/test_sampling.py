"""Samples are as large as Table 1 of GB/T 2828.1 says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards.gbt2828 import LEVELS, PlanError, plan


@pytest.mark.parametrize(
    ("lot", "level", "letter", "units"),
    [
        (1, "II", "A", 1),
        (8, "II", "A", 2),
        (9, "II", "B", 3),
        (1_200, "II", "J", 80),
        (1_201, "II", "K", 125),
        (12_400, "S-2", "D", 8),
        (10_000, "S-1", "C", 5),
        (500_001, "III", "R", 2_000),
        (500_000, "I", "M", 315),
        (35_001, "S-4", "J", 80),
    ],
)
def test_a_lot_has_the_letter_and_the_sample_of_the_table(
    lot: int, level: str, letter: str, units: int
) -> None:
    assert plan(lot, level) == (letter, units)


@given(lot=st.integers(1, 2_000_000), more=st.integers(0, 2_000_000), level=st.sampled_from(LEVELS))
def test_a_larger_lot_never_has_a_smaller_sample_and_no_sample_exceeds_its_lot(
    lot: int, more: int, level: str
) -> None:
    assert plan(lot, level).units <= plan(lot + more, level).units
    assert plan(lot, level).units <= lot


@pytest.mark.parametrize(("lot", "level", "place"), [(0, "II", "lot_size"), (5, "IV", "level")])
def test_what_the_table_does_not_have_is_refused(lot: int, level: str, place: str) -> None:
    with pytest.raises(PlanError, match=place):
        plan(lot, level)
