"""The XML forms of EPCIS, 2.0 and 1.2: reading documents."""

from __future__ import annotations

from typing import Final

from jinmai.standards.epcis.contexts import STANDARD_CONTEXT
from jinmai.standards.epcis.document import EVENT_TYPES, Document, Event, Fault, Kind, Limits, Refused
from jinmai.standards.epcis.ignore_lists import with_ignore_lists
from jinmai.standards.epcis.xml_events import read_event, read_quantity_event, text_of
from jinmai.standards.epcis.xml_extensions import extensions_of, members_of
from jinmai.standards.epcis.xml_lines import XmlLines
from jinmai.standards.epcis.xml_master_data import own_children, read_header, read_vocabularies
from jinmai.standards.epcis.xml_names import (
    EPCIS,
    MASTER_DATA,
    OWN,
    QUERY,
    Element,
    Reading,
    line_of,
    split,
)
from jinmai.standards.epcis.xml_parsing import parse

_KIND_OF: Final[dict[str, Kind]] = {
    "EPCISDocument": "document",
    "EPCISQueryDocument": "query",
    "EPCISMasterDataDocument": "master_data",
    **dict.fromkeys(EVENT_TYPES, "event"),
}
_OF_RESULTS: Final = frozenset({"queryName", "subscriptionID", "resultsBody"})
_VERSION_OF: Final = {names[version]: version for names in (EPCIS, QUERY, MASTER_DATA) for version in names}


def read_xml(data: bytes, limits: Limits) -> Document:
    """The document in these bytes. Raises ``Refused`` where they are not XML, or no EPCIS document at all."""
    root = parse(data, limits)
    namespace, local = split(str(root.tag))
    kind = _KIND_OF.get(local) if namespace in OWN else None
    if kind is None:
        raise Refused(Fault("", f"{local} is not an EPCIS document", line_of(root)))
    reading = Reading(limits)
    version = _version(root, namespace, reading)
    document = Document(
        kind=kind,
        syntax="xml-1.2" if version == "1.2" else "xml-2.0",
        schema_version=root.get("schemaVersion"),
        creation_date=root.get("creationDate"),
    )
    elements: list[Element] = []
    if kind == "event":
        elements = [root]
        document.events = [read_event(root, local, reading, version=version)]
    else:
        _read_around(root, document, reading)
        elements = _read_body(root, document, reading, version)
    document.lines = XmlLines(elements)
    document.context = reading.context(STANDARD_CONTEXT)
    document.found = reading.found
    return document


def _version(root: Element, namespace: str, reading: Reading) -> str:
    declared = root.get("schemaVersion", "")
    version = _VERSION_OF.get(namespace)
    if version is None:
        version = "1.2" if EPCIS["1.2"] in root.nsmap.values() else "2.0"
    if declared and declared.partition(".")[0] != version.partition(".")[0]:
        message = f"schemaVersion {declared} contradicts the namespace, which is that of {version}"
        reading.fault(root, message, "/schemaVersion")
        return "2.0"
    return version


def _read_around(root: Element, document: Document, reading: Reading) -> None:
    """What stands beside the body: header, extensions, attributes."""
    for name in ("schemaVersion", "creationDate"):
        if name not in root.attrib and document.kind in ("document", "master_data"):
            reading.fault(root, f"{name} is required", f"/{name}")
    if "id" in root.attrib:
        document.members["id"] = str(root.get("id"))
    foreign: list[tuple[str, Element]] = []
    for child in root:
        namespace, local = split(str(child.tag))
        if namespace in OWN and local == "EPCISHeader":
            header, members = read_header(child, reading, document.creation_date)
            document.header = header or None
            document.members |= members
        elif namespace in OWN and local in ("queryName", "resultsBody"):
            continue
        elif namespace in OWN and local not in ("EPCISBody", "extension"):
            reading.fault(child, f"{local} is not an element of the standard here")
        elif namespace not in OWN:
            foreign.append((reading.name(str(child.tag), child), child))
    document.members |= with_ignore_lists(members_of(foreign, reading))


def _only(parent: Element, name: str) -> Element:
    found = own_children(parent, name)
    if not found:
        local = split(str(parent.tag))[1]
        raise Refused(Fault("", f"{local} has to hold {name}", line_of(parent)))
    return found[0]


def _body_of(root: Element, kind: Kind, reading: Reading) -> Element:
    if kind == "query" and not own_children(root, "EPCISBody") and own_children(root, "resultsBody"):
        # Some repositories answer with the results right inside of the document.
        reading.fault(root, "the results have to stand in EPCISBody and QueryResults")
        return root
    return _only(root, "EPCISBody")


def _read_body(root: Element, document: Document, reading: Reading, version: str) -> list[Element]:
    body = _body_of(root, document.kind, reading)
    match document.kind:
        case "master_data":
            document.vocabulary = read_vocabularies(_only(body, "VocabularyList"), reading)
            return []
        case "query":
            results = body if own_children(body, "resultsBody") else _only(body, "QueryResults")
            for name in ("queryName", "subscriptionID"):
                for element in own_children(results, name):
                    document.results[name] = text_of(element, reading)
            if results is not body:
                foreign = extensions_of(results, _OF_RESULTS, reading)
                document.results |= with_ignore_lists(foreign)
            body = _only(results, "resultsBody")
            for element in own_children(body, "VocabularyList"):
                document.vocabulary = read_vocabularies(element, reading)
            lists = own_children(body, "EventList")
        case _:
            lists = [_only(body, "EventList")]
    elements: list[Element] = []
    for one in lists:
        _read_events(one, document.events, elements, reading, version)
    return elements


def _read_events(
    parent: Element, events: list[Event], elements: list[Element], reading: Reading, version: str
) -> None:
    for child in parent:
        namespace, local = split(str(child.tag))
        if namespace in OWN and local == "extension":
            _read_events(child, events, elements, reading, version)
            continue
        if namespace in OWN and local in EVENT_TYPES:
            event = read_event(child, local, reading, version=version)
        elif namespace in OWN and local == "QuantityEvent":
            event = read_quantity_event(child, reading)
        else:
            reading.fault(child, f"{local} is not an event of the standard")
            continue
        elements.append(child)
        events.append(event)
        if len(events) > reading.limits.most_events:
            message = f"the document has more than {reading.limits.most_events} events"
            raise Refused(Fault("", message, line_of(child)))
