"""Writing XML text: escaping, names with their namespaces, and what the text cannot hold.

Text is put together as it goes. Namespaces are declared on the root, which is written last, when it is known
which are in use.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from jinmai.standards.epcis.contexts import STANDARD_PREFIXES
from jinmai.standards.epcis.document import CannotCarry
from jinmai.standards.epcis.xml_names import OWN, XML, XSD, XSI
from jinmai.standards.epcis.xml_parsing import is_namespace

# Names and characters of XML 1.0, fifth edition.
_START: Final = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME: Final = re.compile(f"[{_START}][{_START}.0-9\\-\u00b7\u0300-\u036f\u203f-\u2040]*")
_NO_CHARACTER: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL: Final = re.compile("[&<>\r]")
_SPECIAL_IN_ATTRIBUTE: Final = re.compile('[&<>"\t\n\r]')
_WRITTEN: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}
_TAKEN: Final = ("xsi", "xsd", "xml", "xmlns", "epcis", "epcisq", "epcismd")
_ABSOLUTE: Final = re.compile(r"^((?:https?|urn|tag|ni|did):.*[/#:])([^/#:]+)$")


# How a term of the vocabulary is spelled: kind of term and word to URI.
Spelling = Callable[[str, str], str]


class Output:
    """XML in the making, with one ``spelling`` of the vocabulary's terms.

    ``prefixes`` are those that the context of what is being written declares; ``knows_all`` is False where a
    context is referred to that is not known here, so that a prefix which is not among them may be declared.
    """

    def __init__(self, spelling: Spelling) -> None:
        self.spelling = spelling
        self.prefixes: dict[str, str] = {}
        self.knows_all = True
        self._parts: list[str] = []
        self._declared: dict[str, str] = {}

    def raw(self, markup: str) -> None:
        """Adds markup."""
        self._parts.append(markup)

    def text(self, name: str, text: str, place: str, attributes: str = "") -> None:
        """Adds an element of the standard that holds text."""
        self._parts.append(f"<{name}{attributes}>{escaped(text, place, name)}</{name}>")

    def attribute(self, name: str, value: str, place: str) -> str:
        """The attribute as it stands in a tag."""
        _check(value, place, name)
        return f' {name}="{_SPECIAL_IN_ATTRIBUTE.sub(lambda sign: _WRITTEN[sign[0]], value)}"'

    def name(self, name: str, place: str) -> str:
        """The name in XML of a JSON-LD name; its namespace will be declared."""
        prefix, colon, local = name.partition(":")
        if not colon:
            return _checked_name(name, place, name)
        if name.startswith("xml:"):
            return "xml:" + _checked_name(local, place, name)
        namespace = self.prefixes.get(prefix) or STANDARD_PREFIXES.get(prefix)
        if namespace is None:
            namespace, local = self._absolute(name, place)
        if namespace in OWN or not is_namespace(namespace):
            raise CannotCarry(place, name, f"{namespace} cannot be the namespace of an extension in XML")
        return f"{self._prefix(prefix, namespace)}:{_checked_name(local, place, name)}"

    def _absolute(self, name: str, place: str) -> tuple[str, str]:
        """Namespace and local name of a whole IRI."""
        found = _ABSOLUTE.match(name) if self.knows_all else None
        if found is not None:
            return found[1], found[2]
        reason = "no context declares its prefix" if self.knows_all else "its context is not known here"
        raise CannotCarry(place, name, f"XML needs its namespace, and {reason}")

    def _prefix(self, wanted: str, namespace: str) -> str:
        if namespace == XML:
            return "xml"
        for prefix, declared in self._declared.items():
            if declared == namespace:
                return prefix
        prefix, number = wanted if _NAME.fullmatch(wanted) else "ns", 1
        while prefix in self._declared or prefix.lower() in _TAKEN:
            number += 1
            prefix = f"{wanted}{number}"
        self._declared[prefix] = namespace
        return prefix

    def declarations(self) -> str:
        """The declarations of every namespace in use, as they stand in the tag of the root."""
        return "".join(self.attribute(f"xmlns:{prefix}", uri, "") for prefix, uri in self._declared.items())

    def whole(self) -> str:
        """Everything written so far."""
        return "".join(self._parts)


def _checked_name(local: str, place: str, name: str) -> str:
    if not _NAME.fullmatch(local):
        raise CannotCarry(place, name, "it cannot be the name of an element of XML")
    return local


def _check(text: str, place: str, name: str) -> None:
    if found := _NO_CHARACTER.search(text):
        raise CannotCarry(place, name, f"XML has no place for the character U+{ord(found[0]):04X}")


def escaped(text: str, place: str, name: str) -> str:
    """The text as it stands between tags. Raises ``CannotCarry`` for characters that XML does not have."""
    _check(text, place, name)
    return _SPECIAL.sub(lambda sign: _WRITTEN[sign[0]], text)


def decimal(value: float) -> str:
    """The number without an exponent, as the schema's decimals are written."""
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)


def literal(value: Any) -> str:
    """A scalar of JSON as XML Schema spells it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else str(value)


def type_of(value: Any) -> str:
    """The attributes that keep the type of a scalar of JSON which is no string."""
    match value:
        case None:
            return ' xsi:nil="true"'
        case bool():
            return ' xsi:type="xsd:boolean"'
        case int():
            return ' xsi:type="xsd:integer"'
        case float():
            return ' xsi:type="xsd:double"'
    return ""


SCHEMA_NAMESPACES: Final = f' xmlns:xsi="{XSI}" xmlns:xsd="{XSD}"'
