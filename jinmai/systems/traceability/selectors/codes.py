"""What somebody scanned or typed, read as the code of an animal or of a lot."""

from __future__ import annotations

import re

from jinmai.standards.credentials.items import ItemCodeError, read_code
from jinmai.standards.gs1 import elements_of
from jinmai.systems.traceability.models import Lot

LONGEST = 300
_PLAIN_LOT = re.compile(r"\(?(?:01\)?)?\s*(\d{14})\s*(?:\(10\)|/10/|/|\s)\s*([A-Za-z0-9._-]{1,20})")
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


def lot_named(text: str) -> Lot | None:
    """The lot that a scanned code, an element string, or GTIN and lot beside each other names."""
    text = text.strip()[:LONGEST]
    found = elements_of(text.split("?", 1)[0])
    if found and {"01", "10"} <= found.keys():
        gtin, code = found["01"], found["10"]
    else:
        plain = _PLAIN_LOT.fullmatch(text)
        if plain is None:
            return None
        gtin, code = plain[1], plain[2]
    rows = Lot.objects.select_related("product__owner", "site__owner")
    return rows.filter(product__gtin=gtin, code=code).first()
