"""GS1 Digital Link: identifiers of goods, places and documents as web addresses."""

from __future__ import annotations

from jinmai.standards.digital_link.compression import compress, decompress, read
from jinmai.standards.digital_link.uri import CANONICAL_STEM, DigitalLink, build, normalise, parse

__all__ = [
    "CANONICAL_STEM",
    "DigitalLink",
    "build",
    "compress",
    "decompress",
    "normalise",
    "parse",
    "read",
]
