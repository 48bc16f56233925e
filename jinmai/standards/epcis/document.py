"""What reading an EPCIS document gives, and the three ways in which one can fall short."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

Event = dict[str, Any]
Syntax = Literal["json-2.0", "xml-2.0", "xml-1.2"]
Kind = Literal["document", "query", "master_data", "event"]

EVENT_TYPES: Final = (
    "ObjectEvent",
    "AggregationEvent",
    "TransactionEvent",
    "TransformationEvent",
    "AssociationEvent",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a foreign document is taken in: bytes, levels of nesting, events."""

    largest: int = 64 * 1024 * 1024
    deepest: int = 64
    most_events: int = 500_000


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: ``place`` is a JSON pointer, ``line`` the line of the XML or JSON text if known."""

    place: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.place if self.line is None else f"line {self.line} {self.place}".strip()
        return f"{where or '/'}: {self.message}"


class Refused(ValueError):  # noqa: N818 - what happens to a document, not a mistake of the program
    """The bytes cannot be read as EPCIS at all. ``faults`` says where and why; it is never empty."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = list(faults)


class CannotCarry(ValueError):  # noqa: N818 - says what the format does
    """The target format has no place for ``element``, which stands at ``place``, a JSON pointer."""

    def __init__(self, place: str, element: str, reason: str) -> None:
        super().__init__(f"{place or '/'}: {element}: {reason}")
        self.place = place
        self.element = element
        self.reason = reason


class Lines(Protocol):
    """Where the text keeps what stands at a JSON pointer inside of an event."""

    def line_of(self, index: int, place: str) -> int | None: ...


@dataclass
class Document:
    """An EPCIS document in its canonical form.

    ``events`` are the events as EPCIS 2.0 JSON-LD writes them: CBV terms as bare words, identifiers as they
    came. ``context`` is the ``@context`` as a list; prefixes of an XML document stand there as objects.
    ``header`` is the value of ``epcisHeader`` (master data and business header). ``results`` holds
    ``queryName`` and ``subscriptionID`` of a query document, ``vocabulary`` its vocabulary list or that of a
    master data document, ``members`` what else stands at the top (id, sender, extensions).
    ``found`` are faults of form which only the reader sees, such as elements in the wrong order.
    """

    kind: Kind
    syntax: Syntax
    schema_version: str | None = None
    creation_date: str | None = None
    context: list[Any] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    header: dict[str, Any] | None = None
    results: dict[str, Any] = field(default_factory=dict)
    vocabulary: list[Any] | None = None
    members: dict[str, Any] = field(default_factory=dict)
    found: list[Fault] = field(default_factory=list)
    lines: Lines | None = None

    def place_of(self, index: int) -> str:
        """The JSON pointer of the event of this index in the JSON form of the document."""
        match self.kind:
            case "event":
                return ""
            case "query":
                return f"/epcisBody/queryResults/resultsBody/eventList/{index}"
        return f"/epcisBody/eventList/{index}"

    def fault_in(self, index: int, place: str, message: str) -> Fault:
        """The fault at this place inside of an event, with the line of XML where the document came so."""
        line = self.lines.line_of(index, place) if self.lines else None
        return Fault(self.place_of(index) + place, message, line)


def pointer(*steps: str | int) -> str:
    """The JSON pointer (RFC 6901) of these steps."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
