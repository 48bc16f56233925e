"""The faults of documents and events, each with its place."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from jinmai.standards.epcis import semantics
from jinmai.standards.epcis.contexts import as_list, has_unknown_context, prefixes_of
from jinmai.standards.epcis.document import Document, Event, Fault, pointer
from jinmai.standards.epcis.schema import EVENT_VALIDATORS, SHELL_VALIDATOR, VOCABULARY_VALIDATOR

# A document that is wrong throughout need not be described throughout.
MOST_FAULTS = 1000


def _known_prefixes(context: list[Any]) -> dict[str, str] | None:
    return None if has_unknown_context(context) else prefixes_of(context)


def _in_words(error: jsonschema_rs.ValidationError) -> list[tuple[str, str]]:
    """A schema's error as places and sentences: unknown members are named one by one."""
    place = pointer(*error.instance_path)
    kind = error.kind
    match kind:
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties():
            return [
                (
                    place + pointer(name),
                    "unknown field; an extension's name needs a prefix that @context declares",
                )
                for name in kind.unexpected
            ]
        case jsonschema_rs.ValidationErrorKind.Required():
            return [(place, f"{kind.property} is required")]
        case jsonschema_rs.ValidationErrorKind.Enum():
            return [(place, f"{_shown(error.instance)} is not a value of the standard here")]
        case jsonschema_rs.ValidationErrorKind.Pattern():
            return [(place, f"{_shown(error.instance)} does not have the form required here")]
        case jsonschema_rs.ValidationErrorKind.Not():
            return [(place, f"{_shown(error.instance)} is not a term of the Core Business Vocabulary")]
    return [(place, error.message[:200])]


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "…"


def faults_of_event(event: Any, prefixes: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """The faults of one event as (JSON pointer inside of the event, message), none where it is good."""
    if not isinstance(event, dict):
        return [("", "an event is an object")]
    kind = event.get("type")
    validator = EVENT_VALIDATORS.get(kind) if isinstance(kind, str) else None
    if validator is None:
        known = ", ".join(EVENT_VALIDATORS)
        return [("/type", f"{_shown(kind)} is not an event type ({known})")]
    if not validator.is_valid(event):
        return [fault for error in validator.iter_errors(event) for fault in _in_words(error)]
    return semantics.check(event, prefixes)


def _of_shell(document: Document) -> list[Fault]:
    """The faults of what stands around the events."""
    if document.kind == "event":
        return [] if document.context else [Fault("", "@context is required")]
    shell: dict[str, Any] = {**document.members}
    if document.schema_version is not None and document.syntax == "json-2.0":
        shell["schemaVersion"] = document.schema_version
    if document.creation_date is not None:
        shell["creationDate"] = document.creation_date
    if document.header is not None:
        shell["epcisHeader"] = document.header
    faults = _of_schema(SHELL_VALIDATOR, shell, "")
    if document.syntax == "json-2.0":
        faults += _missing_in_json(document)
    if document.vocabulary is not None:
        faults += _of_schema(VOCABULARY_VALIDATOR, document.vocabulary, "/vocabularyList")
    return faults


def _of_schema(validator: jsonschema_rs.Draft202012Validator, value: Any, place: str) -> list[Fault]:
    return [
        Fault(place + at, message)
        for error in validator.iter_errors(value)
        for at, message in _in_words(error)
    ]


def _missing_in_json(document: Document) -> list[Fault]:
    missing = [] if document.context else [Fault("", "@context is required")]
    if document.kind == "document":
        around = (("schemaVersion", document.schema_version), ("creationDate", document.creation_date))
        missing += [Fault("", f"{name} is required") for name, value in around if value is None]
    if document.kind == "query" and "queryName" not in document.results:
        missing.append(Fault("/epcisBody/queryResults", "queryName is required"))
    return missing


def faults(subject: Document | Event) -> list[Fault]:
    """Everything wrong with a document, or with one event as a dict; empty where it is good.

    Places are JSON pointers into the canonical JSON form. Where the document came as XML, the line of the
    element stands beside. At most ``MOST_FAULTS`` are given.
    """
    if not isinstance(subject, Document):
        context = as_list(subject.get("@context")) if isinstance(subject, dict) else []
        prefixes = _known_prefixes(context) if context else None
        return [Fault(place, message) for place, message in faults_of_event(subject, prefixes)]
    around, inside = event_faults(subject, most=MOST_FAULTS)
    found = [*around, *(fault for faults_inside in inside.values() for fault in faults_inside)]
    return found[:MOST_FAULTS]


def event_faults(document: Document, most: int | None = None) -> tuple[list[Fault], dict[int, list[Fault]]]:
    """The faults around the events of a document, and those of each faulty event by its index.

    Looks no further once ``most`` faults are found; with None at every event.
    """
    inside: dict[int, list[Fault]] = {}
    around = _sort_out(document, inside)
    around += _of_shell(document)
    count = len(around) + sum(map(len, inside.values()))
    own = _known_prefixes(document.context)
    for index, event in enumerate(document.events):
        found = faults_of_event(event, _prefixes_at(event, own))
        if not found and document.syntax == "json-2.0":
            found = [(at, f"{epc} stands twice in the list") for at, epc in semantics.repeated(event)]
        if found:
            inside.setdefault(index, []).extend(document.fault_in(index, *fault) for fault in found)
            count += len(found)
            if most is not None and count >= most:
                break
    return around, inside


def _sort_out(document: Document, inside: dict[int, list[Fault]]) -> list[Fault]:
    """Puts the reader's own faults to their events; gives those that belong to none."""
    if not document.found:
        return []
    places = {document.place_of(index): index for index in range(len(document.events))}
    around = []
    for fault in document.found:
        steps = fault.place.split("/")
        index = next(
            (places[at] for n in range(len(steps), 0, -1) if (at := "/".join(steps[:n])) in places), None
        )
        if index is None:
            around.append(fault)
        else:
            inside.setdefault(index, []).append(fault)
    return around


def _prefixes_at(event: Any, own: dict[str, str] | None) -> dict[str, str] | None:
    """The prefixes that an event may use: its document's and its own; None where they cannot be known."""
    if own is None or not isinstance(event, dict) or "@context" not in event:
        return own
    context = as_list(event["@context"])
    return None if has_unknown_context(context) else own | prefixes_of(context)
