"""Table 1 (code letters by lot size and level) and the sample sizes that the letters stand for."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

# The largest lot of each row of Table 1; the last row has no end.
_ROWS = (8, 15, 25, 50, 90, 150, 280, 500, 1_200, 3_200, 10_000, 35_000, 150_000, 500_000)
_LETTERS = {
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}
_SIZES = {
    "A": 2,
    "B": 3,
    "C": 5,
    "D": 8,
    "E": 13,
    "F": 20,
    "G": 32,
    "H": 50,
    "J": 80,
    "K": 125,
    "L": 200,
    "M": 315,
    "N": 500,
    "P": 800,
    "Q": 1_250,
    "R": 2_000,
}
LEVELS = tuple(_LETTERS)


class PlanError(ValueError):
    """A lot or a level that the table does not have."""


class Plan(NamedTuple):
    """The code letter and the units to take; at most the whole lot."""

    letter: str
    units: int


def plan(lot_size: int, level: str) -> Plan:
    """The plan for a lot of so many units; raises :class:`PlanError`."""
    if level not in _LETTERS:
        raise PlanError(f"level: {level!r} is not one of {', '.join(LEVELS)}")
    if lot_size < 1:
        raise PlanError(f"lot_size: {lot_size} units are no lot")
    letter = _LETTERS[level][bisect_left(_ROWS, lot_size)]
    return Plan(letter, min(_SIZES[letter], lot_size))
