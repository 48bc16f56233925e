"""Element strings: application identifiers with their data, in brackets for people or as scanners send them.

    parse("(01)06901234567892(21)ABC") == {"01": "06901234567892", "21": "ABC"}
    parse("^010690123456789221ABC")     the same, ^ standing for FNC1 as GS1's own tools write it

A scanner's FNC1 is the group separator (U+001D), at the start also a symbology identifier such as ``]C1``.
Source: GS1 General Specifications, sections 7.8 and 4.14 (pairs of identifiers).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from jinmai.standards.gs1.application_identifiers import CODE_LENGTHS, identifier
from jinmai.standards.gs1.errors import Gs1Error

LONGEST: Final = 8192
GROUP_SEPARATOR: Final = "\x1d"
_SYMBOLOGIES: Final = ("]C1", "]e0", "]d2", "]Q3", "]J1")
_CONTENTS: Final = ("02", "8026")
_BRACKETED = re.compile(r"\(([0-9]{2,4})\)((?:\\\(|[^(])*)")

Elements = dict[str, str]


def parse(text: str) -> Elements:
    """The elements of a bracketed or a scanned element string, in its order.

    Raises :class:`Gs1Error`; a value that is repeated is one element, two different values are refused.
    """
    if len(text) > LONGEST:
        raise Gs1Error("", f"longer than {LONGEST} characters")
    if text.startswith("("):
        return _bracketed(text)
    for start in _SYMBOLOGIES:
        if text.startswith(start):
            return _scanned(text[len(start) :].lstrip("^" + GROUP_SEPARATOR))
    if text[:1] in ("^", GROUP_SEPARATOR):
        return _scanned(text[1:])
    raise Gs1Error("", "no element string: neither brackets nor a leading FNC1")


def _add(elements: Elements, code: str, value: str) -> None:
    identifier(code).check(value)
    if elements.setdefault(code, value) != value:
        raise Gs1Error(f"({code})", "stands twice with different values")


def _bracketed(text: str) -> Elements:
    elements: Elements = {}
    place = 0
    for found in _BRACKETED.finditer(text):
        if found.start() != place:
            break
        place = found.end()
        _add(elements, found[1], found[2].replace("\\(", "("))
    if place != len(text):
        raise Gs1Error(f"character {place + 1}", "no application identifier in brackets")
    return elements


def _scanned(text: str) -> Elements:
    separator = GROUP_SEPARATOR if GROUP_SEPARATOR in text else "^"
    elements: Elements = {}
    place = 0
    if not text:
        raise Gs1Error("", "no data behind the FNC1")
    while place < len(text):
        code = text[place : place + CODE_LENGTHS.get(text[place : place + 2], 2)]
        described = identifier(code, f"character {place + 1}")
        start = place + len(code)
        end = text.find(separator, start)
        end = len(text) if end < 0 else end
        if described.fixed:
            # Fixed data ends by itself; a separator behind it is harmless.
            end = min(end, start + described.most)
        _add(elements, code, text[start:end])
        place = end + 1 if text[end : end + 1] == separator else end
    return elements


def format_bracketed(elements: Mapping[str, str]) -> str:
    """The elements in brackets, an opening bracket inside of data escaped by a backslash."""
    return "".join("(" + code + ")" + value.replace("(", "\\(") for code, value in elements.items())


def format_scanned(elements: Mapping[str, str], separator: str = GROUP_SEPARATOR) -> str:
    """The elements as a scanner sends them: FNC1 first and behind data without a fixed length.

    Raises :class:`Gs1Error` for an identifier that does not exist.
    """
    parts = [separator]
    for place, (code, value) in enumerate(elements.items()):
        last = place == len(elements) - 1
        parts.append(code + value + ("" if last or identifier(code).fixed else separator))
    return "".join(parts)


def _matches(pattern: str, codes: Mapping[str, str]) -> list[str]:
    if "n" not in pattern:
        return [pattern] if pattern in codes else []
    form = re.compile(pattern.replace("n", "[0-9]"))
    return [code for code in codes if form.fullmatch(code)]


def pairing_faults(elements: Mapping[str, str]) -> list[Gs1Error]:
    """Which identifiers lack one that has to stand beside them, and which may not stand together.

    All carriers on one object count together, so a single carrier with such a fault may be in order.
    """
    return [fault for code in elements for fault in (*_lacking(code, elements), *_excluded(code, elements))]


def carrier_faults(elements: Mapping[str, str]) -> list[Gs1Error]:
    """Those pairing faults that no other carrier on the object can mend.

    What a logistic unit holds, (02) or (8026), is said in one carrier with its count (37), and identifiers
    that exclude each other may not stand in one. Source: GS1 General Specifications, section 4.14.
    """
    lacking = [fault for code in _CONTENTS if code in elements for fault in _lacking(code, elements)]
    return lacking + [fault for code in elements for fault in _excluded(code, elements)]


def _lacking(code: str, elements: Mapping[str, str]) -> list[Gs1Error]:
    alternatives = identifier(code).requires
    if not alternatives or any(all(_matches(one, elements) for one in group) for group in alternatives):
        return []
    wanted = ", ".join("+".join(group) for group in alternatives)
    return [Gs1Error(f"({code})", f"has to stand beside one of {wanted}")]


def _excluded(code: str, elements: Mapping[str, str]) -> list[Gs1Error]:
    return [
        Gs1Error(f"({code})", f"may not stand beside ({other})")
        for pattern in identifier(code).excludes
        for other in _matches(pattern, elements)
        if other != code
    ]
