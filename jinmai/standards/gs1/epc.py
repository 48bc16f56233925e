"""EPC URNs and what they say as application identifiers, in both directions.

    read_urn("urn:epc:id:sgtin:6901234.056789.7F")  ->  {"01": "06901234567892", "21": "7F"}
    write_urn({"01": "06901234567892", "21": "7F"}) ->  "urn:epc:id:sgtin:6901234.056789.7F"

A URN separates the company prefix, a Digital Link does not: writing needs to know its length. Source: EPC Tag
Data Standard 2.0, sections 6 and 7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jinmai.standards.gs1.application_identifiers import APPLICATION_IDENTIFIERS
from jinmai.standards.gs1.check_digits import check_digit
from jinmai.standards.gs1.company_prefixes import PREFIXES, prefix_length
from jinmai.standards.gs1.errors import Gs1Error
from jinmai.standards.gs1.escaping import escape_in_urn, unescape

_SERIAL = re.compile(
    r"(?:[A-Za-z0-9!'()*+,\-.:;=_]|%(?:2[2-9A-Fa-f]|3[A-Fa-f]|[46][1-9A-Fa-f]|[57][0-9AaFf]))+"
)
_COMPONENT = re.compile(r"(?:[A-Z0-9\-]|%2[3DFdf]|%3[0-9]|%[45][0-9A-Fa-f])+")
_SHORTEST, _LONGEST = 6, 12


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one kind of EPC is made of parts between dots.

    ``digits`` is the length of company prefix and reference together, 0 where the reference is free text.
    The first digit of the reference stands ``in_front`` of the company prefix in the key. ``filler`` starts
    the key, ``extra`` parts of two digits (piece, total) end it. ``serial`` is the qualifier that carries the
    serial, ``""`` where the serial is the tail of the key itself, None where there is none.
    """

    key: str
    digits: int
    in_front: bool = False
    filler: str = ""
    checked: bool = True
    extra: int = 0
    serial: str | None = None

    @property
    def parts(self) -> int:
        """How many parts stand between dots."""
        return 2 + self.extra + (self.serial is not None)


SCHEMES: Final = {
    "sgtin": Scheme("01", 13, in_front=True, serial="21"),
    "sscc": Scheme("00", 17, in_front=True),
    "sgln": Scheme("414", 12, serial="254"),
    "grai": Scheme("8003", 12, filler="0", serial=""),
    "giai": Scheme("8004", 0, checked=False),
    "gsrn": Scheme("8018", 17),
    "gsrnp": Scheme("8017", 17),
    "gdti": Scheme("253", 12, serial=""),
    "cpi": Scheme("8010", 0, checked=False, serial="8011"),
    "sgcn": Scheme("255", 12, serial=""),
    "ginc": Scheme("401", 0, checked=False),
    "gsin": Scheme("402", 16),
    "itip": Scheme("8006", 13, in_front=True, extra=2, serial="21"),
    "upui": Scheme("01", 13, in_front=True, serial="235"),
    "pgln": Scheme("417", 12),
}
_LOT: Final = Scheme("01", 13, in_front=True, serial="10")
_PATTERNS: Final = ("sgtin", "grai", "gdti", "sgcn", "cpi", "itip", "upui")
_NO_EXTENSION: Final = "0"


def _scheme(kind: str, name: str) -> Scheme | None:
    if kind == "id":
        return SCHEMES.get(name)
    if kind == "idpat":
        return SCHEMES[name] if name in _PATTERNS else None
    return _LOT if (kind, name) == ("class", "lgtin") else None


def _key_value(name: str, scheme: Scheme, company: str, reference: str, extra: list[str]) -> str:
    if not (company.isdecimal() and company.isascii() and _SHORTEST <= len(company) <= _LONGEST):
        raise Gs1Error(name, f"{company[:20]!r} is no company prefix of 6 to 12 digits")
    if not scheme.digits:
        form = _COMPONENT if scheme.key == "8010" else _SERIAL
        if not form.fullmatch(reference):
            raise Gs1Error(name, f"{reference[:40]!r} is no reference")
        value = company + unescape(reference)
        if len(value) > APPLICATION_IDENTIFIERS[scheme.key].most:
            raise Gs1Error(name, f"longer than {APPLICATION_IDENTIFIERS[scheme.key].most} characters")
        return value
    least = 1 if scheme.in_front else 0
    if len(company) + len(reference) != scheme.digits or len(reference) < least:
        raise Gs1Error(name, f"company prefix and reference are together {scheme.digits} digits")
    if reference and not (reference.isdecimal() and reference.isascii()):
        raise Gs1Error(name, f"{reference[:20]!r} is no number")
    raw = reference[0] + company + reference[1:] if scheme.in_front else company + reference
    value = scheme.filler + raw
    value += check_digit(value)
    for part in extra:
        if not (len(part) == 2 and part.isdecimal() and part.isascii()):
            raise Gs1Error(name, f"{part[:20]!r} is not two digits")
        value += part
    return value


def read_urn(urn: str) -> dict[str, str]:
    """The primary key and, if the URN has a serial, lot or extension, its qualifier.

    ``urn:epc:id:…`` names objects, ``urn:epc:class:lgtin:…`` lots, ``urn:epc:idpat:…`` all of a class.
    Raises :class:`Gs1Error` with the name of the scheme as place.
    """
    steps = urn.split(":", 4)
    if len(steps) != 5 or steps[0] != "urn" or steps[1] != "epc":
        raise Gs1Error("", f"{urn[:80]!r} is no EPC URN")
    _, _, kind, name, rest = steps
    scheme = _scheme(kind, name)
    if scheme is None:
        raise Gs1Error(
            f"urn:epc:{kind[:20]}:{name[:20]}", "there is no such scheme, or it is none of GS1's keys"
        )
    parts = rest.split(".", scheme.parts - 1)
    if len(parts) != scheme.parts:
        raise Gs1Error(name, f"{len(parts)} parts between dots, expected {scheme.parts}")
    if scheme.key == "8010":
        # A serial is digits only, so the last dot separates it.
        parts = [parts[0], *".".join(parts[1:]).rsplit(".", 1)]
    value = _key_value(name, scheme, parts[0], parts[1], parts[2 : 2 + scheme.extra])
    if scheme.serial is None:
        return {scheme.key: value}
    serial = parts[-1]
    if kind == "idpat":
        if serial != "*":
            raise Gs1Error(name, "a pattern ends with .*")
        return {scheme.key: value}
    return _with_serial(name, scheme, value, serial)


def _with_serial(name: str, scheme: Scheme, value: str, serial: str) -> dict[str, str]:
    if not _SERIAL.fullmatch(serial):
        raise Gs1Error(name, f"{serial[:40]!r} is no serial")
    text = unescape(serial)
    described = APPLICATION_IDENTIFIERS[scheme.serial or scheme.key]
    if scheme.serial == "254" and text == _NO_EXTENSION:
        return {scheme.key: value}
    whole = text if scheme.serial else value + text
    if len(whole) > described.most:
        raise Gs1Error(name, f"the serial makes ({described.code}) longer than {described.most} characters")
    if described.components[-1].characters == "N" and not (text.isdecimal() and text.isascii()):
        raise Gs1Error(name, f"{text[:20]!r} is no number")
    return {scheme.key: value, scheme.serial: text} if scheme.serial else {scheme.key: whole}


# Which scheme says a key with its finest qualifier; the key alone is a pattern of all serials.
_BY_KEY: Final = {(one.key, one.serial or ""): ("id", name) for name, one in SCHEMES.items()} | {
    ("01", "10"): ("class", "lgtin"),
    ("01", ""): ("idpat", "sgtin"),
    ("414", ""): ("id", "sgln"),
    ("8006", ""): ("idpat", "itip"),
    ("8010", ""): ("idpat", "cpi"),
}


def write_urn(
    elements: Mapping[str, str],
    *,
    company_prefix_length: int | None = None,
    prefixes: Mapping[str, int] = PREFIXES,
) -> str:
    """The EPC URN of a primary key and its qualifier.

    Raises :class:`Gs1Error` where no scheme says these elements, or where neither ``prefixes`` nor
    ``company_prefix_length`` tells how long the company prefix is.
    """
    key, *qualifiers = elements
    value = elements[key]
    qualifier = qualifiers[0] if len(qualifiers) == 1 else "" if not qualifiers else "+"
    found = _BY_KEY.get((key, qualifier))
    if found is None:
        raise Gs1Error(f"({key})", "no EPC URN says this")
    kind, name = found
    scheme = _LOT if kind == "class" else SCHEMES[name]
    start = 1 if scheme.in_front or scheme.filler else 0
    length = company_prefix_length or prefix_length(value[start:], prefixes)
    if length is None:
        raise Gs1Error(
            f"({key})",
            f"it is not known how long the company prefix in {value} is, so it has no EPC URN here",
        )
    if not _SHORTEST <= length <= _LONGEST:
        raise Gs1Error(f"({key})", f"a URN has no room for a company prefix of {length} digits")
    company = value[start : start + length]
    if not scheme.digits:
        parts = [company, escape_in_urn(value[length:])]
        serial = elements.get(scheme.serial or "", "*" if scheme.serial else None)
    else:
        parts, tail = _numbers(scheme, value, company)
        serial = _serial_of(scheme, elements, tail)
        if scheme.serial == "" and not tail:
            kind = "idpat"
    if serial is not None:
        parts.append(serial if serial == "*" and kind == "idpat" else escape_in_urn(serial))
    return f"urn:epc:{kind}:{name}:" + ".".join(parts)


def _numbers(scheme: Scheme, value: str, company: str) -> tuple[list[str], str]:
    """Company prefix, reference and extra parts, and what follows them in the key."""
    front = value[0] if scheme.in_front else ""
    start = 1 if scheme.in_front or scheme.filler else 0
    end = start + scheme.digits - len(front)
    reference = front + value[start + len(company) : end]
    rest = value[end + 1 :]
    extra = [rest[place : place + 2] for place in range(0, 2 * scheme.extra, 2)]
    return [company, reference, *extra], rest[2 * scheme.extra :]


def _serial_of(scheme: Scheme, elements: Mapping[str, str], tail: str) -> str | None:
    if scheme.serial is None:
        return None
    if scheme.serial == "":
        return tail or "*"
    return elements.get(scheme.serial, _NO_EXTENSION if scheme.serial == "254" else "*")
