"""Which object, class or place a URI names: EPC URNs and Digital Links of the same key are the same.

Patterns name many objects: ``urn:epc:idpat:sgtin:4012345.012345.*`` all serials of a trade item,
``urn:epc:idpat:sgtin:4012345.*.*`` all items of a company. GS1 EPCIS 2.0, section 8.2.7.1.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from jinmai.standards.gs1 import canonical

_URN = re.compile(r"urn:epc:(?:id|class|idpat):([a-z]+):(.+)", re.DOTALL)
_ROOT: Final = "https://id.gs1.org"


@dataclass(frozen=True, slots=True)
class Pattern:
    """URIs that a parameter names: one by its canonical form, or all that a pattern covers."""

    given: str
    exact: str = ""
    covers: re.Pattern[str] | None = None

    def matches(self, uri: str) -> bool:
        """Whether a canonical URI is meant."""
        return self.covers.fullmatch(uri) is not None if self.covers else uri == self.exact


def pattern_of(uri: str) -> Pattern | None:
    """What a URI in a ``MATCH_`` parameter means, or None where it is no URI or a pattern nobody defines."""
    if ":" not in uri or uri != uri.strip() or " " in uri:
        return None
    if uri.startswith("urn:epc:idpat:"):
        return _idpat(uri)
    if "*" in uri and uri.startswith("urn:epc:"):
        return None
    return Pattern(uri, canonical(uri))


# How the canonical form of a key begins before its company prefix, and what ends it.
_OF_COMPANY: Final = {
    "sgtin": r"/01/\d{company}\d+(?:/21/.+)?",
    "sscc": r"/00/\d{company}\d+",
    "sgln": r"/414/{company}\d+(?:/254/.+)?",
    "pgln": r"/417/{company}\d+",
    "gdti": r"/253/{company}\d+.*",
    "giai": r"/8004/{company}.+",
    "gsrn": r"/8018/{company}\d+",
    "gsrnp": r"/8017/{company}\d+",
    "lgtin": r"/01/\d{company}\d+/10/.+",
}

# An identifier that stands for the item where only its last component is left open, and what may follow it.
_OF_ITEM: Final = {
    "sgtin": ("idpat:sgtin:{}.*", "(?:/21/.+)?"),
    "lgtin": ("idpat:sgtin:{}.*", "/10/.+"),
    "sgln": ("id:sgln:{}.0", "(?:/254/.+)?"),
    "gdti": ("idpat:gdti:{}.*", ".*"),
}


def _idpat(uri: str) -> Pattern | None:
    found = _URN.fullmatch(uri)
    if found is None:
        return None
    scheme, parts = found[1], found[2].split(".")
    if "*" not in parts:
        return Pattern(uri, canonical(f"urn:epc:id:{scheme}:{found[2]}"))
    stars = parts.index("*")
    if stars == 0 or any(part != "*" for part in parts[stars:]) or not parts[0].isdecimal():
        return None
    if stars == 1 and scheme in _OF_COMPANY:
        ending = _OF_COMPANY[scheme].replace("{company}", parts[0])
        return Pattern(uri, "", re.compile(re.escape(_ROOT) + ending))
    if stars == 2 and scheme in _OF_ITEM:
        spelled, after = _OF_ITEM[scheme]
        base = canonical(f"urn:epc:{spelled.format(f'{parts[0]}.{parts[1]}')}")
        return Pattern(uri, "", re.compile(re.escape(base) + after))
    return None
