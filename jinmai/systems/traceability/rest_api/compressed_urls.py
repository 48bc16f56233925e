"""Compressed Digital Links at the root: one segment in base64url, tried when no other address fits.

The converter recognises a segment by reading it: bits that are no identifiers with right check digits are no
Digital Link, and the address stays as unknown as it was.
"""

from __future__ import annotations

from django.urls import path, register_converter

from jinmai.standards.digital_link import CANONICAL_STEM, decompress, parse
from jinmai.standards.gs1 import Gs1Error
from jinmai.systems.traceability.rest_api import resolver

# Keys that the resolver has a door for.
_RESOLVED = frozenset({"00", "01", "414"})


class CompressedLink:
    """A segment that reads as a Digital Link whose key is resolved here; its value is the plain link."""

    regex = r"[A-Za-z0-9_-]{8,400}"

    def to_python(self, value: str) -> str:
        """The plain link under GS1's own stem. Raises ``ValueError``: the pattern does not fit."""
        plain = decompress(f"{CANONICAL_STEM}/{value}")
        key = parse(plain).key
        if key not in _RESOLVED:
            raise Gs1Error(f"({key})", "not resolved here")
        return plain

    def to_url(self, value: str) -> str:
        """A segment stands in an address as it is."""
        return value


register_converter(CompressedLink, "compressed_link")
urlpatterns = [
    path("<compressed_link:plain>", resolver.decompressed, name="traceability.compressed_link"),
]
