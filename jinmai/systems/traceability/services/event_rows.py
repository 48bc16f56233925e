"""From an event in its canonical form to the rows that are kept of it. Computing only: nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jinmai.standards.epcis import Document, Fault
from jinmai.standards.epcis.validation import event_faults
from jinmai.standards.epcis_query.values import instant_of
from jinmai.standards.event_hash import EventHasher, ignored_fields
from jinmai.standards.gs1 import canonical, canonical_gtins
from jinmai.systems.traceability.choices import MentionRole
from jinmai.systems.traceability.models.event_storage import name_hash, write_body
from jinmai.systems.traceability.models.repository import LONGEST_URI

_LISTS: Final = {
    MentionRole.EPC: "epcList",
    MentionRole.CHILD: "childEPCs",
    MentionRole.INPUT: "inputEPCList",
    MentionRole.OUTPUT: "outputEPCList",
}
_OBJECT_LISTS: Final = {
    MentionRole.CLASS: ("quantityList", "epcClass"),
    MentionRole.CHILD_CLASS: ("childQuantityList", "epcClass"),
    MentionRole.INPUT_CLASS: ("inputQuantityList", "epcClass"),
    MentionRole.OUTPUT_CLASS: ("outputQuantityList", "epcClass"),
    MentionRole.TRANSACTION: ("bizTransactionList", "bizTransaction"),
    MentionRole.SOURCE: ("sourceList", "source"),
    MentionRole.DESTINATION: ("destinationList", "destination"),
}
_MEMBERS: Final = {MentionRole.PARENT: "parentID", MentionRole.TRANSFORMATION: "transformationID"}
_MEMBERS_KEPT_APART: Final = ("recordTime",)


@dataclass(slots=True)
class EventRow:
    """What is kept of one event. ``place`` is where it stood in its document, a JSON pointer.

    ``mentions`` are (role, hash of the name), ``parties`` canonical URIs of sources and destinations.
    """

    place: str
    event_id: str
    hash: bytes
    columns: dict[str, Any]
    body: bytes
    mentions: list[tuple[int, int]]
    parties: frozenset[str]
    context: list[Any]


@dataclass(slots=True)
class Reading:
    """What a document comes to: rows of its good events in order, faults of the others as (place, message).

    ``around`` are faults of the document itself, ``count`` is how many events it has.
    """

    around: list[Fault] = field(default_factory=list)
    rows: list[EventRow] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0


def read_rows(document: Document, *, mention_items: bool = True) -> Reading:
    """Validate and hash every event of a document and make its rows.

    ``mention_items`` False leaves single objects out of the index (the animals of a box, which the item store
    finds). A faulty event gives its faults and no row.
    """
    around, inside = event_faults(document)
    reading = Reading(around=around)
    reading.count = len(document.events)
    hasher = EventHasher(document.context, ignored_fields(document))
    for index, event in enumerate(document.events):
        found = [(fault.place, fault.message) for fault in inside.get(index, ())]
        if not found:
            row = _row(document.place_of(index), event, hasher, document.context, mention_items=mention_items)
            found = _too_long(row)
            if not found:
                reading.rows.append(row)
        reading.faults += found
    return reading


def _row(
    place: str, event: Mapping[str, Any], hasher: EventHasher, context: list[Any], *, mention_items: bool
) -> EventRow:
    hashed = hasher.hash(event)
    kept = {name: value for name, value in event.items() if name not in _MEMBERS_KEPT_APART}
    event_id = kept.setdefault("eventID", hashed)
    own = kept.pop("@context", None)
    mentions, parties = _mentions(event, mention_items=mention_items)
    return EventRow(
        place=place,
        event_id=event_id,
        hash=bytes.fromhex(hashed[len("ni:///sha-256;") :][:64]),
        columns=columns_of(event),
        body=write_body(kept),
        mentions=mentions,
        parties=parties,
        context=context if own is None else [*context, *(own if isinstance(own, list) else [own])],
    )


def columns_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """What is sought of an event in its canonical form, as the columns keep it."""
    return {
        "type": event["type"],
        "action": event.get("action", ""),
        "event_time": instant_of(event.get("eventTime")),
        "biz_step": event.get("bizStep", ""),
        "disposition": event.get("disposition", ""),
        "read_point": _place(event, "readPoint"),
        "biz_location": _place(event, "bizLocation"),
        "declares_error": "errorDeclaration" in event,
    }


def _place(event: Mapping[str, Any], name: str) -> str:
    place = event.get(name)
    return canonical(place["id"]) if isinstance(place, dict) and isinstance(place.get("id"), str) else ""


def _mentions(
    event: Mapping[str, Any], *, mention_items: bool
) -> tuple[list[tuple[int, int]], frozenset[str]]:
    found: set[tuple[int, int]] = set()
    parties: set[str] = set()
    if mention_items:
        for role, member in _LISTS.items():
            uris = event.get(member) or ()
            names = uris if canonical_gtins(uris) else [canonical(uri) for uri in uris]
            number = int(role)
            found.update([(number, name_hash(name)) for name in names])
    for role, uri in _named(event):
        name = canonical(uri)
        found.add((int(role), name_hash(name)))
        if role in (MentionRole.SOURCE, MentionRole.DESTINATION):
            parties.add(name)
    return list(found), frozenset(parties)


def _named(event: Mapping[str, Any]) -> Iterator[tuple[MentionRole, str]]:
    for role, (name, member) in _OBJECT_LISTS.items():
        for one in event.get(name) or ():
            yield role, one[member]
    for role, name in _MEMBERS.items():
        if isinstance(event.get(name), str):
            yield role, event[name]


def _too_long(row: EventRow) -> list[tuple[str, str]]:
    """What the columns cannot hold: names longer than any real one, times outside of the calendar."""
    found = [
        (f"{row.place}/{name}", f"longer than {LONGEST_URI} characters")
        for name, value in (("eventID", row.event_id), *row.columns.items())
        if isinstance(value, str) and len(value) > LONGEST_URI
    ]
    if row.columns["event_time"] is None:
        found.append((f"{row.place}/eventTime", "not a time that can be kept"))
    return found
