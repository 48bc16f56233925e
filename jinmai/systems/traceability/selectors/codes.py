"""What somebody scanned or typed, read as the code of an animal."""

from __future__ import annotations

import re

from jinmai.standards.credentials.items import ItemCodeError, read_code
from jinmai.standards.gs1 import elements_of

LONGEST = 300
_PLAIN = re.compile(r"\(?(?:01\)?)?\s*(\d{14})\s*(?:\(21\)|/21/|21|\s)\s*([0-9A-Za-z]{10})")


def read(text: str) -> tuple[str, str] | None:
    """GTIN and serial of a QR code's text, a Digital Link, an element string or the two beside each other."""
    text = text.strip()[:LONGEST]
    try:
        code = read_code(text)
    except ItemCodeError:
        pass
    else:
        return code.gtin, code.serial
    found = elements_of(text.split("?", 1)[0])
    if found and {"01", "21"} <= found.keys():
        return found["01"], found["21"].upper()
    plain = _PLAIN.fullmatch(text)
    return (plain[1], plain[2].upper()) if plain else None
