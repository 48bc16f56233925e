"""The path of a Digital Link: a primary key, then its qualifiers, each as ``/identifier/value``.

What stands in the path before the key belongs to the owner of the address. The last key wins whose tail is
made of its own qualifiers in their order. Source: GS1 Digital Link 1.x, URI syntax, section 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jinmai.standards.gs1.application_identifiers import APPLICATION_IDENTIFIERS

# Words that version 1.0 allowed in place of identifiers; later versions dropped them.
WORDS: Final = {
    "sscc": "00",
    "gtin": "01",
    "lot": "10",
    "ser": "21",
    "cpv": "22",
    "gdti": "253",
    "gcn": "255",
    "ginc": "401",
    "gsin": "402",
    "gln": "414",
    "payto": "415",
    "glnx": "254",
    "party": "417",
    "refno": "8020",
    "grai": "8003",
    "giai": "8004",
    "itip": "8006",
    "cpid": "8010",
    "cpsn": "8011",
    "gmn": "8013",
    "gsrnp": "8017",
    "gsrn": "8018",
    "srin": "8019",
}
KEYS: Final = {code: one.key for code, one in APPLICATION_IDENTIFIERS.items() if one.key is not None}


def in_order(qualifiers: Sequence[str], alternatives: Sequence[Sequence[str]]) -> bool:
    """Whether the qualifiers are some of one alternative, in its order."""
    for alternative in alternatives:
        rest = iter(alternative)
        if all(one in rest for one in qualifiers):
            return True
    return False


def find_key(segments: Sequence[str], *, words: bool) -> int | None:
    """Where the primary key stands among the segments of a path, or None; ``words`` allows ``gtin``."""
    for place in range(len(segments) - 2, -1, -2):
        code = segments[place]
        code = WORDS.get(code, code) if words else code
        alternatives = KEYS.get(code)
        if alternatives is None:
            continue
        tail = segments[place + 2 :: 2]
        qualifiers = [WORDS.get(one, one) for one in tail] if words else tail
        if in_order(qualifiers, alternatives):
            return place
    return None
