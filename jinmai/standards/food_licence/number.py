"""A licence number taken apart; a wrong one is refused with the place of what is wrong."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from stdnum.iso7064 import mod_11_10

DIGITS = 14
KINDS = "12"  # food, food additive
_SHAPE = re.compile(r"SC([0-9]*)(.*)", re.ASCII | re.DOTALL)

Reason = Literal["prefix", "digit", "length", "kind", "check_digit"]


class LicenceError(ValueError):
    """No number of a licence. ``place`` counts characters from 1; ``expected`` is what should stand there."""

    def __init__(self, reason: Reason, place: int, expected: str) -> None:
        super().__init__(f"character {place}: expected {expected}")
        self.reason: Reason = reason
        self.place = place
        self.expected = expected


class FoodLicence(NamedTuple):
    """The parts of a number. ``category`` is what is made and its class: 122 is aquatic products."""

    category: str
    county: str
    sequence: str

    @property
    def number(self) -> str:
        """As printed."""
        digits = f"{self.category}{self.county}{self.sequence}"
        return f"SC{digits}{check_digit(digits)}"


def check_digit(digits: str) -> str:
    """The last digit for the thirteen before it."""
    return str(mod_11_10.calc_check_digit(digits))


def read_licence(text: str) -> FoodLicence:
    """Read a number exactly as printed: no spaces, no full-width digits. Raises :class:`LicenceError`."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise LicenceError("prefix", 1, "SC")
    digits, rest = found[1], found[2]
    if len(digits) < DIGITS:
        reason: Reason = "digit" if rest else "length"
        raise LicenceError(reason, 3 + len(digits), f"a digit, {DIGITS} in all")
    if len(digits) > DIGITS or rest:
        raise LicenceError("length", 3 + DIGITS, "the end")
    if digits[0] not in KINDS:
        raise LicenceError("kind", 3, "1 (food) or 2 (additive)")
    right = check_digit(digits[:-1])
    if digits[-1] != right:
        raise LicenceError("check_digit", 2 + DIGITS, right)
    return FoodLicence(digits[:3], digits[3:9], digits[9:13])
