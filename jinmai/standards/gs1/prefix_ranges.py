"""To whom GS1 gave the range in which a key begins: a member organisation, a purpose of its own, or nobody.

A GTIN from a range that no member organisation gives out was invented by somebody. The table is dated data
with its source in its head; a range that is new since then is added there.
"""

from __future__ import annotations

from bisect import bisect_right
from csv import DictReader
from functools import cache
from importlib.resources import files
from typing import Final, Literal, NamedTuple

import msgspec

from jinmai.standards.gs1.errors import Gs1Error

Kind = Literal[
    "member",
    "restricted",
    "reserved",
    "collision",
    "demonstration",
    "gtin8",
    "serials",
    "books",
    "coupons",
]
_DIGITS: Final = 7
# Goods carry GTINs of members and GTIN-8s; books and serials are sold under theirs; 952 is for examples.
_ON_GOODS: Final = frozenset({"member", "demonstration", "gtin8", "serials", "books"})


class PrefixRange(NamedTuple):
    """Keys from ``first`` to ``last``, both by their first digits and of equal length."""

    first: str
    last: str
    kind: Kind
    name_en: str
    name_zh: str


@cache
def prefix_ranges() -> tuple[PrefixRange, ...]:
    """The table in the order of the digits; no two ranges share a key."""
    text = (files(__package__) / "prefix_ranges.csv").read_text(encoding="utf-8")
    rows = DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(sorted((msgspec.convert(list(row.values()), PrefixRange) for row in rows), key=_start))


def _start(one: PrefixRange) -> str:
    return one.first.ljust(_DIGITS, "0")


def prefix_range(digits: str) -> PrefixRange | None:
    """The range in which the first digits of a GTIN-13, GLN or SSCC (behind its extension digit) lie."""
    start = digits[:_DIGITS].ljust(_DIGITS, "0")
    place = bisect_right(prefix_ranges(), start, key=_start) - 1
    found = prefix_ranges()[place]
    return found if start[: len(found.last)] <= found.last else None


def check_prefix(gtin: str) -> PrefixRange:
    """The range of a GTIN of 14 digits that may stand on goods.

    A GTIN-8, filled up with zeros, has its prefix where it begins itself. Raises :class:`Gs1Error`: the range
    is given to nobody, or for something that is no trade item.
    """
    short = gtin.startswith("000000") and gtin[6:9] != "000"
    digits = gtin[6:] if short else gtin[1:]
    found = prefix_range(digits)
    if found is None:
        raise Gs1Error("gtin", f"GS1 has given the prefix {digits[:3]} to no member organisation")
    if found.kind not in _ON_GOODS:
        raise Gs1Error("gtin", f"the prefix {found.first} is for no trade item: {found.name_en}")
    return found
