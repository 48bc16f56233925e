"""The JSON-LD form of EPCIS 2.0: reading it strictly and writing it."""

from __future__ import annotations

from typing import Any, Final

import orjson

from jinmai.standards.epcis.contexts import STANDARD_CONTEXT, as_list
from jinmai.standards.epcis.document import (
    EVENT_TYPES,
    CannotCarry,
    Document,
    Event,
    Fault,
    Limits,
    Refused,
    pointer,
)
from jinmai.standards.epcis.json_parsing import parse
from jinmai.standards.epcis.semantics import repeated
from jinmai.standards.epcis.vocabulary import WORD_OF

_OWN_MEMBERS: Final = ("@context", "type", "schemaVersion", "creationDate", "epcisHeader", "epcisBody")


def _member(value: Any, place: str, kind: type, name: str) -> Any:
    if not isinstance(value, kind):
        wanted = "an object" if kind is dict else "a list"
        raise Refused(Fault(place, f"{name} has to be {wanted}"))
    return value


_ENTRIES: Final = (
    ("bizTransactionList", "bizTransactionType"),
    ("sourceList", "sourceDestType"),
    ("destinationList", "sourceDestType"),
)
_REPORT_TERMS: Final = (("type", "measurement"), ("exception", "alert"), ("component", "component"))


def normalise_terms(event: Event) -> None:
    """Brings an event to its canonical form, in place: bare words, and lists where the standard has lists."""
    for name in ("bizStep", "disposition"):
        value = event.get(name)
        if isinstance(value, str) and ":" in value:
            event[name] = WORD_OF[name].get(value, value)
    for name, kind in _ENTRIES:
        entries = event.get(name)
        if isinstance(entries, dict):
            # JSON-LD lets a set of one stand without its brackets.
            entries = event[name] = [entries]
        if isinstance(entries, list):
            _normalise_entries(entries, "type", kind)
    if "errorDeclaration" in event:
        _normalise_entries([event["errorDeclaration"]], "reason", "errorReason")
    if "persistentDisposition" in event:
        _normalise_persistent(event["persistentDisposition"])
    if "sensorElementList" in event:
        _normalise_sensors(event["sensorElementList"])
    certificates = event.get("certificationInfo")
    if isinstance(certificates, list) and len(certificates) == 1:
        event["certificationInfo"] = certificates[0]


def _normalise_persistent(persistent: Any) -> None:
    if isinstance(persistent, dict):
        words = WORD_OF["disposition"]
        for name, value in persistent.items():
            if isinstance(value, list):
                persistent[name] = [
                    words.get(term, term) if isinstance(term, str) else term for term in value
                ]


def _normalise_sensors(elements: Any) -> None:
    for element in elements if isinstance(elements, list) else ():
        if isinstance(element, dict) and isinstance(element.get("sensorReport"), list):
            for name, kind in _REPORT_TERMS:
                _normalise_entries(element["sensorReport"], name, kind)


def _normalise_entries(entries: list[Any], name: str, kind: str) -> None:
    for entry in entries:
        if isinstance(entry, dict):
            value = entry.get(name)
            if isinstance(value, str) and ":" in value:
                entry[name] = WORD_OF[kind].get(value, value)


def _events(value: Any, place: str) -> list[Event]:
    events = _member(value, place, list, "eventList")
    for event in events:
        if isinstance(event, dict):
            normalise_terms(event)
    return list(events)


def read_json(data: bytes, limits: Limits) -> Document:
    """The document in these bytes. Raises ``Refused`` where they are no JSON, or no EPCIS document."""
    document = _document(parse(data, limits))
    if len(document.events) > limits.most_events:
        raise Refused(Fault("/epcisBody", f"the document has more than {limits.most_events} events"))
    return document


def _document(value: Any) -> Document:
    if not isinstance(value, dict):
        raise Refused(Fault("", "an EPCIS document is an object"))
    kind = value.get("type")
    if kind == "EPCISDocument":
        return _epcis_document(value)
    if kind == "EPCISQueryDocument":
        return _query_document(value)
    if kind in EVENT_TYPES or ("epcisBody" not in value and "eventTime" in value):
        event = value
        normalise_terms(event)
        return Document(
            kind="event", syntax="json-2.0", context=as_list(value.get("@context")), events=[event]
        )
    raise Refused(Fault("/type", "type has to be EPCISDocument, EPCISQueryDocument or an event type"))


def _shell(value: dict[str, Any], kind: Any) -> Document:
    header = value.get("epcisHeader")
    if header is not None:
        _member(header, "/epcisHeader", dict, "epcisHeader")
    document = Document(
        kind=kind,
        syntax="json-2.0",
        context=as_list(value.get("@context")),
        header=header,
        members={name: member for name, member in value.items() if name not in _OWN_MEMBERS},
    )
    for name, attribute in (("schemaVersion", "schema_version"), ("creationDate", "creation_date")):
        if name in value:
            if not isinstance(value[name], str):
                raise Refused(Fault(f"/{name}", f"{name} has to be a string"))
            setattr(document, attribute, value[name])
    return document


def _epcis_document(value: dict[str, Any]) -> Document:
    document = _shell(value, "document")
    body = _member(value.get("epcisBody"), "/epcisBody", dict, "epcisBody")
    if "eventList" not in body and isinstance(body.get("event"), dict):
        body = {**body, "eventList": [body["event"]]}
        del body["event"]
    document.events = _events(body.get("eventList"), "/epcisBody/eventList")
    document.found += [
        Fault("/epcisBody" + pointer(name), "unknown field")
        for name in body
        if name != "eventList" and ":" not in name
    ]
    return document


def _query_document(value: dict[str, Any]) -> Document:
    document = _shell(value, "query")
    body = _member(value.get("epcisBody"), "/epcisBody", dict, "epcisBody")
    place = "/epcisBody/queryResults"
    results = _member(body.get("queryResults"), place, dict, "queryResults")
    inside = _member(results.get("resultsBody"), f"{place}/resultsBody", dict, "resultsBody")
    document.results = {name: member for name, member in results.items() if name != "resultsBody"}
    document.events = _events(inside.get("eventList", []), f"{place}/resultsBody/eventList")
    if "vocabularyList" in inside:
        document.vocabulary = _member(
            inside["vocabularyList"], f"{place}/resultsBody/vocabularyList", list, "vocabularyList"
        )
    return document


def to_value(document: Document) -> Any:
    """The document as the value that its JSON form spells out."""
    context = document.context or [STANDARD_CONTEXT]
    if document.kind == "event":
        return {"@context": context, **document.events[0]}
    value: dict[str, Any] = {"@context": context}
    value |= document.members
    value["type"] = "EPCISQueryDocument" if document.kind == "query" else "EPCISDocument"
    value["schemaVersion"] = "2.0"
    if document.creation_date is not None:
        value["creationDate"] = document.creation_date
    if document.header is not None:
        value["epcisHeader"] = document.header
    if document.kind == "query":
        inside: dict[str, Any] = {"eventList": document.events}
        if document.vocabulary is not None:
            inside["vocabularyList"] = document.vocabulary
        results = {"queryName": "SimpleEventQuery", **document.results, "resultsBody": inside}
        value["epcisBody"] = {"queryResults": results}
    else:
        if document.kind == "master_data" and document.vocabulary is not None:
            value["epcisHeader"] = {"epcisMasterData": {"vocabularyList": document.vocabulary}}
        value["epcisBody"] = {"eventList": document.events}
    return value


def write_json(document: Document) -> bytes:
    """The document in JSON-LD 2.0, UTF-8, without blanks.

    Raises ``CannotCarry`` where XML names an object twice in one list: the lists of JSON are sets.
    """
    if document.syntax != "json-2.0":
        for index, event in enumerate(document.events):
            for place, epc in repeated(event):
                at = document.place_of(index) + place
                raise CannotCarry(at, epc, "JSON names an object once in a list")
    return orjson.dumps(to_value(document))
