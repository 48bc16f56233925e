"""XML namespaces and the prefixes of JSON-LD: which element of a document is called how."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, cast

from lxml import etree

from jinmai.standards.epcis.contexts import STANDARD_PREFIXES
from jinmai.standards.epcis.document import Fault, Limits

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XSD: Final = "http://www.w3.org/2001/XMLSchema"
XML: Final = "http://www.w3.org/XML/1998/namespace"
SBDH: Final = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"

# Elements without a namespace inside of ``extension`` are those of a later version of the standard, or of
# nobody. JSON-LD has no names without meaning, so they are given this one.
LOCAL: Final = "urn:x-epcis-extension:"
LOCAL_PREFIX: Final = "local"

EPCIS: Final = {"2.0": "urn:epcglobal:epcis:xsd:2", "1.2": "urn:epcglobal:epcis:xsd:1"}
QUERY: Final = {"2.0": "urn:epcglobal:epcis-query:xsd:2", "1.2": "urn:epcglobal:epcis-query:xsd:1"}
MASTER_DATA: Final = {
    "2.0": "urn:epcglobal:epcis-masterdata:xsd:2",
    "1.2": "urn:epcglobal:epcis-masterdata:xsd:1",
}
# Elements of these are the standard's own. The schemas leave them without a namespace; many documents do not.
OWN: Final = frozenset({"", *EPCIS.values(), *QUERY.values(), *MASTER_DATA.values()})

_STANDARD_PREFIX_OF: Final = {address: prefix for prefix, address in STANDARD_PREFIXES.items()}


# lxml gives the type of its elements no public name.
Element = etree._Element  # noqa: SLF001


def line_of(element: Element) -> int | None:
    """The line on which an element begins."""
    return cast("int | None", element.sourceline)


# A document has a few dozen tags, and each of them in every event.
@lru_cache(maxsize=1024)
def split(tag: str) -> tuple[str, str]:
    """Namespace and local name of a tag as lxml writes it; an empty namespace where there is none."""
    if tag[:1] != "{":
        return "", tag
    namespace, _, local = tag[1:].partition("}")
    return namespace, local


class Reading:
    """What one reading of a document gathers: the prefixes that its names need, and faults of form."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.prefixes: dict[str, str] = {}
        self.found: list[Fault] = []
        self._prefix_of: dict[str, str] = {}

    def fault(self, element: Element, message: str, place: str = "") -> None:
        """Notes that something about this element is against the standard."""
        self.found.append(Fault(place, message, line_of(element)))

    def name(self, tag: str, element: Element) -> str:
        """The JSON-LD name of an element or attribute with this tag; bare where it has no namespace."""
        namespace, local = split(tag)
        return f"{self._prefix(namespace, element)}:{local}" if namespace else local

    def local_name(self, local: str) -> str:
        """The name of an element of the standard's own extension points."""
        self.prefixes[LOCAL_PREFIX] = LOCAL
        return f"{LOCAL_PREFIX}:{local}"

    def _prefix(self, namespace: str, element: Element) -> str:
        prefix = self._prefix_of.get(namespace)
        if prefix is None:
            prefix = _STANDARD_PREFIX_OF.get(namespace)
            if prefix is None or prefix in self.prefixes:
                wanted = next((p for p, uri in element.nsmap.items() if uri == namespace and p), "ns")
                prefix, number = wanted, 1
                while prefix in self.prefixes or (prefix == "ns" and number == 1):
                    number += 1
                    prefix = f"{wanted}{number}"
                self.prefixes[prefix] = namespace
            self._prefix_of[namespace] = prefix
        return prefix

    def context(self, standard: str) -> list[Any]:
        """The ``@context`` that declares every prefix in use."""
        return [standard, *({prefix: address} for prefix, address in self.prefixes.items())]
