"""Whether the GS1 identifiers inside of URIs are well formed: EPC URNs and Digital Links.

Sources: EPC Tag Data Standard 2.0 (pure identity URIs, patterns), GS1 General Specifications (check digits).
URIs of other kinds are nobody's business here: any URI may name an object.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from jinmai.standards.gs1 import has_check_digit

# The last component of a URN: the 82 characters of GS1, some of them escaped.
_SERIAL = r"(?:[A-Za-z0-9!'()*+,\-.:;=_]|%(?:2[2-9A-Fa-f]|3[CEFcef]))"
_CPID = r"(?:[A-Z0-9\-]|%2[3F])"


def _pair(total: int, *, least: int = 0) -> str:
    """``company.reference`` whose digits are together ``total``; a company prefix has 6 to 12 of them."""
    return "|".join(rf"\d{{{n}}}\.\d{{{total - n}}}" for n in range(6, 13) if total - n >= least)


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:{pattern})$")


# Pure identities of single objects, places and parties: what may follow ``urn:epc:id:<scheme>:``.
INSTANCES: Final = {
    "sgtin": _whole(rf"(?:{_pair(13, least=1)})\.{_SERIAL}{{1,20}}"),
    # Documents of the seafood trade leave out the zeros that fill the serial reference up.
    "sscc": _whole("|".join(rf"\d{{{n}}}\.\d{{1,{17 - n}}}" for n in range(6, 13))),
    "sgln": _whole(rf"(?:{_pair(12)})\.{_SERIAL}{{1,20}}"),
    "grai": _whole(rf"(?:{_pair(12)})\.{_SERIAL}{{1,16}}"),
    "giai": _whole(rf"\d{{6,12}}\.{_SERIAL}{{1,24}}"),
    "gsrn": _whole(_pair(17)),
    "gsrnp": _whole(_pair(17)),
    "gdti": _whole(rf"(?:{_pair(12)})\.{_SERIAL}{{1,17}}"),
    "cpi": _whole(rf"\d{{6,12}}\.{_CPID}{{1,24}}\.[0-9]{{1,12}}"),
    "sgcn": _whole(rf"(?:{_pair(12)})\.\d{{1,12}}"),
    "ginc": _whole(rf"\d{{6,12}}\.{_SERIAL}{{1,24}}"),
    "gsin": _whole(_pair(16)),
    "itip": _whole(rf"(?:{_pair(13, least=1)})\.\d{{2}}\.\d{{2}}\.{_SERIAL}{{1,20}}"),
    "upui": _whole(rf"(?:{_pair(13, least=1)})\.{_SERIAL}{{1,28}}"),
    "pgln": _whole(_pair(12)),
    "gid": _whole(r"\d+\.\d+\.\d+"),
    "usdod": _whole(r"[A-HJ-NP-Z0-9]{5,6}\.[1-9][0-9]*|[A-HJ-NP-Z0-9]{5,6}\.0"),
    "adi": _whole(r"[A-HJ-NP-Z0-9]{5,6}\.(?:[A-Z0-9\-]|%2[3F])*\.(?:[A-Z0-9\-]|%2[3F])+"),
    "bic": _whole(r"[A-Z]{3}[JUZ]\d{7}"),
    "imovn": _whole(r"\d{7}"),
}
# Classes: ``urn:epc:class:…`` and the patterns ``urn:epc:idpat:…`` that stand for all serials.
CLASSES: Final = {"lgtin": _whole(rf"(?:{_pair(13, least=1)})\.{_SERIAL}{{1,20}}")}
PATTERNS: Final = {
    "sgtin": _whole(rf"(?:{_pair(13, least=1)})\.\*"),
    "grai": _whole(rf"(?:{_pair(12)})\.\*"),
    "gdti": _whole(rf"(?:{_pair(12)})\.\*"),
    "sgcn": _whole(rf"(?:{_pair(12)})\.\*"),
    "cpi": _whole(rf"\d{{6,12}}\.{_CPID}{{1,24}}\.\*"),
    "itip": _whole(rf"(?:{_pair(13, least=1)})\.\d{{2}}\.\d{{2}}\.\*"),
    "upui": _whole(rf"(?:{_pair(13, least=1)})\.\*"),
}

# The primary keys of a Digital Link: how many digits their check digit covers, and the form of the whole.
_KEYS: Final[dict[str, tuple[int, re.Pattern[str]]]] = {
    "00": (18, _whole(r"\d{18}")),
    "01": (14, _whole(r"\d{14}|\d{13}|\d{12}|\d{8}")),
    "253": (13, _whole(r"\d{13}.{0,17}")),
    "255": (13, _whole(r"\d{13}\d{0,12}")),
    "402": (17, _whole(r"\d{17}")),
    "414": (13, _whole(r"\d{13}")),
    "417": (13, _whole(r"\d{13}")),
    # The public example documents of this key leave out the zero that fills it up, and its check digits are
    # wrong: only its form is looked at.
    "8003": (0, _whole(r"\d{13,14}.{0,16}")),
    "8006": (14, _whole(r"\d{14}\d{4}")),
    "8017": (18, _whole(r"\d{18}")),
    "8018": (18, _whole(r"\d{18}")),
}
_LINK = re.compile(
    r"^https?://[^/?#]+(?:/[^?#]*?)?/(00|01|253|255|402|414|417|8003|8006|8017|8018)/([^/?#]+)(/[^?#]*)?"
)
_OFFICIAL = re.compile(r"^https?://id\.gs1\.org/")
_DIGITS = re.compile(r"^\d{8,}")

Check = Callable[[str], str | None]


_has_check_digit = lru_cache(maxsize=4096)(has_check_digit)


def _of_urn(uri: str, start: str, schemes: dict[str, re.Pattern[str]]) -> str | None:
    scheme, _, rest = uri[len(start) :].partition(":")
    pattern = schemes.get(scheme)
    if pattern is None:
        return f"there is no EPC scheme {scheme!r} in {start}"
    return None if pattern.match(rest) else f"{uri} is not a well-formed {scheme.upper()}"


def _of_link(uri: str) -> str | None:
    """What is wrong with a Digital Link; nothing where the URI is not recognisably one."""
    found = _LINK.match(uri)
    if found is None:
        return None
    key, value = found[1], unquote(found[2])
    covered, form = _KEYS[key]
    official = bool(_OFFICIAL.match(uri))
    if not form.match(value):
        # Somebody's own web address may happen to hold such a number.
        return f"({key}) does not have the form of its key: {value}" if official else None
    digits = value.rjust(14, "0") if key == "01" else value[:covered]
    if covered and not _has_check_digit(digits):
        return f"the check digit of ({key}) {value} is wrong" if official or _DIGITS.match(value) else None
    return None


def fault_of_object(uri: str) -> str | None:
    """What is wrong with the identifier of a single object, place or party, or None."""
    if uri.startswith("urn:epc:id:"):
        return _of_urn(uri, "urn:epc:id:", INSTANCES)
    if uri.startswith("http"):
        return _of_link(uri)
    if uri.startswith(("urn:epc:class:", "urn:epc:idpat:")):
        return f"{uri} names a class, not a single object"
    return None


def fault_of_class(uri: str) -> str | None:
    """What is wrong with the identifier of a class of objects, or None."""
    if uri.startswith("urn:epc:class:"):
        return _of_urn(uri, "urn:epc:class:", CLASSES)
    if uri.startswith("urn:epc:idpat:"):
        return _of_urn(uri, "urn:epc:idpat:", PATTERNS)
    if uri.startswith("http"):
        return _of_link(uri)
    if uri.startswith("urn:epc:id:"):
        return f"{uri} names a single object, not a class"
    return None


def fault_of_place(uri: str) -> str | None:
    """What is wrong with the identifier of a read point or a business location, or None."""
    return fault_of_object(uri) if uri.startswith(("urn:epc:", "http")) else None
