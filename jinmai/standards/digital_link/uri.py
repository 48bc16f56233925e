"""GS1 Digital Link URIs: read, write, bring into one form.

    parse("https://id.example.cn/01/06901234567892/21/7F?17=270101").elements
        == {"01": "06901234567892", "21": "7F", "17": "270101"}
    build({"01": "06901234567892", "21": "7F"}) == "https://id.gs1.org/01/06901234567892/21/7F"

Reading is as strict as GS1's own engine is by default: no shortened GTINs, no words in place of identifiers.
Source: GS1 Digital Link Standard, URI Syntax 1.5; its predecessors for what may be allowed on demand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from jinmai.standards.gs1 import Gs1Error, identifier
from jinmai.standards.gs1.escaping import (
    escape_in_link,
    escape_in_query,
    unescape,
    unescape_query,
)
from jinmai.standards.gs1.key_paths import KEYS, WORDS, find_key, in_order

CANONICAL_STEM: Final = "https://id.gs1.org"
LONGEST: Final = 8192
_URI = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_AUTHORITY = re.compile(r"[A-Za-z0-9\-._~:\[\]]+")
_SHORT_GTINS: Final = (8, 12, 13)


@dataclass(frozen=True, slots=True)
class DigitalLink:
    """What a Digital Link says.

    ``elements`` are the primary key, its qualifiers and the attributes in the order of the URI. ``stem`` is
    what stands before the key; ``parameters`` are those of the query which are no GS1 data, such as
    ``linkType``.
    """

    key: str
    elements: dict[str, str]
    stem: str
    parameters: list[tuple[str, str]] = field(default_factory=list)

    @property
    def path(self) -> dict[str, str]:
        """The key and its qualifiers: what is identified, without attributes."""
        allowed = {code for alternative in KEYS[self.key] for code in alternative}
        return {code: one for code, one in self.elements.items() if code == self.key or code in allowed}


def parse(uri: str, *, words: bool = False, short_gtins: bool = False) -> DigitalLink:
    """Read a Digital Link that is not compressed.

    ``words`` allows ``gtin``, ``lot``, ``ser`` and the like in the path, ``short_gtins`` GTINs of 8, 12 and
    13 digits. Raises :class:`Gs1Error`; ``/01`` and ``?17`` as place are a part of the path or of the query.
    """
    if len(uri) > LONGEST:
        raise Gs1Error("", f"longer than {LONGEST} characters")
    strange = _CHARACTERS.match(uri)
    if strange is not None and strange.end() != len(uri):
        raise Gs1Error(f"character {strange.end() + 1}", f"{uri[strange.end()]!r} may not stand in a URI")
    found = _URI.fullmatch(uri)
    if found is None:
        raise Gs1Error("", "no URI that starts with http:// or https://")
    scheme, authority, path, query, _ = found.groups()
    if not _AUTHORITY.fullmatch(authority):
        raise Gs1Error("", f"{authority!r} is no host")
    key, elements, before = _read_path(path, words=words, short_gtins=short_gtins)
    parameters = _read_query(query or "", elements, short_gtins=short_gtins)
    return DigitalLink(key, elements, f"{scheme.lower()}://{authority}{before}", parameters)


def _read_path(path: str, *, words: bool, short_gtins: bool) -> tuple[str, dict[str, str], str]:
    segments = path.split("/")
    place = find_key(segments, words=words)
    if place is None:
        raise _no_key(segments, words=words)
    elements: dict[str, str] = {}
    for at in range(place, len(segments), 2):
        code = WORDS.get(segments[at], segments[at]) if words else segments[at]
        value = _value(code, unescape(segments[at + 1]), short_gtins=short_gtins)
        identifier(code).check(value, f"/{code}")
        elements[code] = value
    return next(iter(elements)), elements, "/".join(segments[:place])


def _no_key(segments: list[str], *, words: bool) -> Gs1Error:
    """Says which part of the path keeps it from being a key with its qualifiers."""
    codes = [WORDS.get(one, one) if words else one for one in segments]
    for place in range(len(codes) - 2, -1, -1):
        alternatives = KEYS.get(codes[place])
        if alternatives is None or place + 1 >= len(codes):
            continue
        tail = codes[place + 2 :: 2]
        for count in range(1, len(tail) + 1):
            if not in_order(tail[:count], alternatives):
                reason = f"no qualifier of ({codes[place]}) or not in its order"
                return Gs1Error(f"/{tail[count - 1][:20]}", reason)
    return Gs1Error("", "the path holds no primary key of GS1")


def _value(code: str, value: str, *, short_gtins: bool) -> str:
    if short_gtins and code == "01" and len(value) in _SHORT_GTINS:
        return value.rjust(14, "0")
    return value


def _read_query(query: str, elements: dict[str, str], *, short_gtins: bool) -> list[tuple[str, str]]:
    parameters = []
    for part in re.split("[&;]", query):
        name, equals, text = part.partition("=")
        if not equals or not (name.isascii() and name.isdecimal()):
            if part:
                parameters.append((unescape_query(name), unescape_query(text)))
            continue
        place = f"?{name[:20]}"
        described = identifier(name, place)
        if not described.link:
            raise Gs1Error(place, "may not be an attribute of a Digital Link")
        value = _value(name, unescape_query(text), short_gtins=short_gtins)
        described.check(value, place)
        if name in elements:
            raise Gs1Error(place, "stands twice")
        elements[name] = value
    return parameters


def build(
    elements: Mapping[str, str], *, stem: str = CANONICAL_STEM, parameters: Mapping[str, str] | None = None
) -> str:
    """The Digital Link of these elements: the first that is a primary key, its qualifiers, the rest as query.

    ``parameters`` that are no GS1 data follow at the end. Raises :class:`Gs1Error` where there is no primary
    key, an identifier does not exist or may not stand in a Digital Link, or data is wrong.
    """
    for code, value in elements.items():
        identifier(code).check(value)
    key = next((code for code in elements if code in KEYS), None)
    if key is None:
        raise Gs1Error("", "no primary key among the elements")
    found = _URI.fullmatch(stem)
    if found is None or not _AUTHORITY.fullmatch(found[2]) or found[4] is not None or found[5] is not None:
        raise Gs1Error("stem", f"{stem[:80]!r} is no address to start from")
    chosen = max(KEYS[key], key=lambda alternative: sum(code in elements for code in alternative))
    path = [key, *(code for code in chosen if code in elements)]
    query = []
    for code, value in elements.items():
        if code in path:
            continue
        if not identifier(code).link:
            raise Gs1Error(f"({code})", f"may not stand in a Digital Link of ({key})")
        query.append(f"{code}={escape_in_query(value)}")
    query += parameters_in_query(parameters or {})
    written = stem.rstrip("/") + "".join(f"/{code}/{escape_in_link(elements[code])}" for code in path)
    return written + ("?" + "&".join(query) if query else "")


def parameters_in_query(parameters: Mapping[str, str]) -> list[str]:
    """Parameters that are no GS1 data as parts of a query."""
    return [f"{escape_in_query(name)}={escape_in_query(value)}" for name, value in parameters.items()]


def normalise(uri: str) -> str:
    """The one form of a Digital Link: GS1's own domain, identifiers, full GTINs, attributes in order.

    All GS1 data is kept, other parameters are not. Raises :class:`Gs1Error`.
    """
    link = parse(uri, words=True, short_gtins=True)
    path = link.path
    attributes = {code: value for code, value in sorted(link.elements.items()) if code not in path}
    return build(path | attributes)
