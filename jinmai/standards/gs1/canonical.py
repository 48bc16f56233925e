"""One spelling for every identifier: the canonical Digital Link, used for each comparison and index.

    canonical("urn:epc:id:sgtin:6901234.056789.7F") == "https://id.gs1.org/01/06901234567892/21/7F"
    canonical("http://shop.example/gtin/6901234567892/lot/A1?17=270101") ends with "/01/06901234567892/10/A1"

It names the finest level only: a serial without its lot, no variant, no attributes. Check digits are not
looked at here, so that two spellings of a wrong number are equal too. Source: CBV 2.0, section 8.9.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from jinmai.standards.gs1.application_identifiers import APPLICATION_IDENTIFIERS
from jinmai.standards.gs1.check_digits import check_digit
from jinmai.standards.gs1.company_prefixes import PREFIXES
from jinmai.standards.gs1.epc import read_urn, write_urn
from jinmai.standards.gs1.errors import Gs1Error
from jinmai.standards.gs1.escaping import escape_canonically, unescape
from jinmai.standards.gs1.key_paths import WORDS, find_key

DOMAIN: Final = "https://id.gs1.org"
_GTIN = slice(len(DOMAIN + "/01/"), len(DOMAIN + "/01/") + 14)
# Animals, lots, boxes, places and parties as they mostly come, by the thousand: these are canonical already.
_CANONICAL = re.compile(
    r"https://id\.gs1\.org/(?:01/[0-9]{14}/(?:21|10)/[0-9A-Za-z]{1,20}|00/[0-9]{18}|41[47]/[0-9]{13})"
)
# The same as URNs without escapes: what :func:`read_urn` and :func:`_link` make of them, in one look.
_PLAIN_URN = re.compile(
    r"urn:epc:(?:(id:sgtin|class:lgtin):([0-9]{6,12})\.([0-9])([0-9]{0,6})\.([0-9A-Za-z]{1,20})"
    r"|id:(?:sgln:([0-9]{6,12})\.([0-9]{0,6})\.0|pgln:([0-9]{6,12})\.([0-9]{0,6})))"
)
# Without their check digit.
_GTIN_DIGITS, _GLN_DIGITS = 13, 12
_ITEMS = re.compile(r"(?:https://id\.gs1\.org/01/[0-9]{14}/21/[0-9A-Za-z]{1,20}\n)+")
_LINK = re.compile(r"https?://[^/?#]+(/[^?#]*)", re.IGNORECASE)
_FORMS: Final = {
    "00": re.compile(r"[0-9]{18}"),
    "01": re.compile(r"[0-9]{14}|[0-9]{13}|[0-9]{12}|[0-9]{8}"),
    "253": re.compile(r"[0-9]{13}.{0,17}"),
    "255": re.compile(r"[0-9]{13,25}"),
    "401": re.compile(r"[0-9]{4}.{1,26}"),
    "402": re.compile(r"[0-9]{17}"),
    "414": re.compile(r"[0-9]{13}"),
    "417": re.compile(r"[0-9]{13}"),
    "8003": re.compile(r"[0-9]{14}.{0,16}"),
    "8004": re.compile(r"[0-9]{4}.{1,26}"),
    "8006": re.compile(r"[0-9]{18}"),
    "8010": re.compile(r"[0-9]{4}.{1,26}"),
    "8017": re.compile(r"[0-9]{18}"),
    "8018": re.compile(r"[0-9]{18}"),
}
# Qualifiers from the finest to the coarsest; a variant (22) never names anything by itself.
_FINEST: Final = ("21", "235", "254", "8011", "8019", "7040", "10")


def elements_of(epc: str) -> dict[str, str] | None:
    """The key and its finest qualifier that a URN or a Digital Link on any domain names, or None."""
    if epc.startswith("urn:epc:"):
        try:
            return read_urn(epc)
        except Gs1Error:
            return None
    found = _LINK.match(epc)
    return _of_path(found[1]) if found else None


def _of_path(path: str) -> dict[str, str] | None:
    segments = path.rstrip("/").split("/")
    place = find_key(segments, words=True)
    if place is None:
        return None
    key = WORDS.get(segments[place], segments[place])
    form = _FORMS.get(key)
    value = unescape(segments[place + 1])
    if form is None or not form.fullmatch(value):
        return None
    elements = {key: value.rjust(14, "0") if key == "01" else value}
    tail = segments[place + 2 :]
    qualifiers = {WORDS.get(tail[at], tail[at]): unescape(tail[at + 1]) for at in range(0, len(tail), 2)}
    if any(not 0 < len(text) <= APPLICATION_IDENTIFIERS[code].most for code, text in qualifiers.items()):
        return None
    for code in _FINEST:
        if code in qualifiers:
            elements[code] = qualifiers[code]
            break
    return elements


def _link(elements: Mapping[str, str]) -> str:
    return DOMAIN + "".join(f"/{code}/{escape_canonically(value)}" for code, value in elements.items())


def canonical_or_none(epc: str) -> str | None:
    """The canonical Digital Link of an identifier, or None where it is none of GS1's keys."""
    return epc if _CANONICAL.fullmatch(epc) else _rewritten(epc)


def canonical_gtins(epcs: object) -> frozenset[str] | None:
    """The GTINs of a list in which every identifier is a canonical item already; None for any other list.

    One look at the whole list in place of one at each member: boxes name their animals by the hundred.
    """
    if not isinstance(epcs, list) or not epcs:
        return None
    try:
        joined = "\n".join(epcs) + "\n"
    except TypeError:
        return None
    # A member with a line break in it would pass for two.
    if joined.count("\n") != len(epcs) or _ITEMS.fullmatch(joined) is None:
        return None
    return frozenset([epc[_GTIN] for epc in epcs])


@lru_cache(maxsize=16384)
def _rewritten(epc: str) -> str | None:
    plain = _PLAIN_URN.fullmatch(epc)
    if plain is not None:
        return _of_plain_urn(plain)
    elements = elements_of(epc)
    return None if elements is None else _link(elements)


def _of_plain_urn(found: re.Match[str]) -> str | None:
    """The link of a plain URN; None where company prefix and reference have the wrong length."""
    kind, company, front, item, serial, *_ = found.groups("")
    digits = front + company + item if kind else "".join(found.groups("")[5:])
    if len(digits) != (_GTIN_DIGITS if kind else _GLN_DIGITS):
        return None
    digits += check_digit(digits)
    if kind:
        return f"{DOMAIN}/01/{digits}/{'21' if kind == 'id:sgtin' else '10'}/{serial}"
    return f"{DOMAIN}/{'414' if found[6] else '417'}/{digits}"


def canonical(epc: str) -> str:
    """The canonical Digital Link; any other identifier (``urn:uuid:…``, ``geo:…``) stays as it is."""
    return canonical_or_none(epc) or epc


def to_digital_link(epc: str) -> str:
    """The canonical Digital Link of an EPC URN or Digital Link, its check digit and characters checked.

    Raises :class:`Gs1Error` where it is no GS1 key or a wrong one.
    """
    elements = read_urn(epc) if epc.startswith("urn:epc:") else _checked_elements(epc)
    return _link(elements)


def to_urn(
    uri: str,
    *,
    company_prefix_length: int | None = None,
    prefixes: Mapping[str, int] = PREFIXES,
) -> str:
    """The EPC URN of a Digital Link; a URN stays as it is.

    Raises :class:`Gs1Error` for a wrong key, a key without a URN, or a company prefix of unknown length.
    """
    if uri.startswith("urn:epc:"):
        read_urn(uri)
        return uri
    elements = _checked_elements(uri)
    return write_urn(elements, company_prefix_length=company_prefix_length, prefixes=prefixes)


def _checked_elements(uri: str) -> dict[str, str]:
    elements = elements_of(uri)
    if elements is None:
        raise Gs1Error("", f"{uri[:80]!r} names no GS1 key")
    for code, value in elements.items():
        APPLICATION_IDENTIFIERS[code].check(value, f"/{code}")
    return elements
