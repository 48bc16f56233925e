"""GS1 EPCIS 2.0: events of what happened to which objects, when, where and why.

    document = read(data)                # JSON-LD 2.0, XML 2.0 or XML 1.2
    for fault in faults(document): ...   # each with its place: a JSON pointer, and the line of XML
    write(document, "xml-2.0")           # or CannotCarry, with the element that has no place there

Events are plain dicts in the JSON-LD form of the standard; CBV terms are bare words. Sources: GS1 EPCIS 2.0.1
and CBV 2.0, both freely published at ref.gs1.org.
"""

from __future__ import annotations

from jinmai.standards.epcis import gdst
from jinmai.standards.epcis.document import (
    LIMITS,
    CannotCarry,
    Document,
    Event,
    Fault,
    Limits,
    Refused,
    Syntax,
)
from jinmai.standards.epcis.reading import read
from jinmai.standards.epcis.translation import EpcFormat
from jinmai.standards.epcis.validation import faults
from jinmai.standards.epcis.writing import CbvFormat, write

__all__ = [
    "LIMITS",
    "CannotCarry",
    "CbvFormat",
    "Document",
    "EpcFormat",
    "Event",
    "Fault",
    "Limits",
    "Refused",
    "Syntax",
    "faults",
    "gdst",
    "read",
    "write",
]
