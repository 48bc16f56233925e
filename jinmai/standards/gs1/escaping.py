"""Percent signs in identifiers: URNs, canonical links and Digital Links escape different characters."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

_IN_URN = re.compile(r'["%&/<>?#^`{|}~ ]')
# What EPC URNs leave as it is and canonical Digital Links of event hashes therefore do too.
_LITERAL_IN_CANONICAL: Final = "';="


def escape_in_urn(value: str) -> str:
    """The value as an EPC URN carries it: ``"%&/<>?`` escaped (EPC Tag Data Standard, annex A)."""
    return _IN_URN.sub(lambda found: f"%{ord(found[0]):02X}", value)


def escape_canonically(value: str) -> str:
    """The value as the canonical Digital Link of an event hash carries it (CBV 2.0, section 8.9)."""
    return value if value.isalnum() and value.isascii() else quote(value, safe=_LITERAL_IN_CANONICAL)


def escape_in_link(value: str) -> str:
    """The value as a Digital Link carries it: all but the unreserved characters of RFC 3986 escaped."""
    return value if value.isalnum() and value.isascii() else quote(value, safe="")


def escape_in_query(value: str) -> str:
    """The value as the query of a Digital Link carries it: as in a path, but a space is ``+``."""
    return escape_in_link(value).replace("%20", "+")


def unescape(text: str) -> str:
    """The text with its percent escapes undone; half an escape stays as it is."""
    return unquote(text, encoding="latin-1") if "%" in text else text


def unescape_query(text: str) -> str:
    """As :func:`unescape`, for a value in a query, where ``+`` is a space."""
    return unescape(text.replace("+", " "))
