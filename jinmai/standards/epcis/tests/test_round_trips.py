"""What one form says, every other form says too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from lxml import etree

from jinmai.standards.epcis import CannotCarry, Document, Refused, Syntax, faults, read, write
from jinmai.standards.epcis.tests.documents import CONTEXT, in_bytes
from jinmai.standards.epcis.tests.generated import events
from jinmai.standards.event_hash import document_hashes

FORMS: tuple[Syntax, ...] = ("json-2.0", "xml-2.0", "xml-1.2")
NAMESPACES = [
    CONTEXT,
    {"example": "https://ns.example.com/epcis/", "other": "https://ns.example.org/other#"},
]


@settings(max_examples=80)
@given(event=events())
def test_every_event_survives_every_form(event: dict[str, Any]) -> None:
    document = read(in_bytes(event, **{"@context": NAMESPACES}))
    assert faults(document) == []
    hashes = document_hashes(document)
    for form in FORMS:
        again = read(write(document, form))
        assert (again.events, faults(again), again.syntax) == ([event], [], form)
        assert document_hashes(again) == hashes


@settings(max_examples=10)
@given(event=events())
def test_an_event_alone_survives_every_form(event: dict[str, Any]) -> None:
    document = Document("event", "json-2.0", context=NAMESPACES, events=[event])
    for form in FORMS:
        again = read(write(document, form))
        assert (again.kind, faults(again)) == ("event", [])
        assert {name: value for name, value in again.events[0].items() if name != "@context"} == event


def _good_documents(shared_data: Path) -> Iterator[tuple[str, Document]]:
    for folder in ("epcis/gs1-epcis/JSON", "epcis/gs1-epcis/XML", "epcis/openepcis-test-resources", "gdst"):
        for path in sorted((shared_data / folder).rglob("*")):
            if path.suffix in (".json", ".jsonld", ".xml"):
                try:
                    document = read(path.read_bytes())
                except Refused:
                    continue
                if not faults(document):
                    yield path.name, document


def _meaning(value: Any) -> Any:
    """The value as JSON-LD understands it: a set of one is its member, an empty set is nothing."""
    if isinstance(value, dict):
        members = {name: _meaning(member) for name, member in value.items() if member != []}
        return {name: member for name, member in members.items() if name != "@context"}
    if isinstance(value, list):
        return _meaning(value[0]) if len(value) == 1 else [_meaning(item) for item in value]
    return value


def test_every_example_keeps_its_meaning_in_every_form(shared_data: Path) -> None:
    seen, refused = 0, set()
    for name, document in _good_documents(shared_data):
        for form in FORMS:
            try:
                again = read(write(document, form))
            except CannotCarry as refusal:
                refused.add(refusal.element)
                continue
            assert faults(again) == [], (name, form)
            assert [_meaning(event) for event in again.events] == [
                _meaning(event) for event in document.events
            ], (name, form)
            assert _meaning(again.members) == _meaning(document.members), (name, form)
            assert document_hashes(again) == document_hashes(document), (name, form)
            seen += 1
    assert seen > 400
    # One answer to a query has no date, one document uses a prefix that it does not declare, one names a box
    # twice in a list.
    assert refused == {"creationDate", "gdst:certificationType", "urn:epc:id:sscc:4012345.0000000333"}


def test_what_is_written_as_xml_obeys_the_schemas_of_gs1(shared_data: Path) -> None:
    gs1 = shared_data / "epcis/gs1-epcis"
    schemas = {
        f"urn:epcglobal:epcis{part}:xsd:{major}": etree.XMLSchema(
            etree.parse(str(gs1 / folder / f"EPCglobal-epcis{part}-{major}_{minor}.xsd"))
        )
        for part in ("", "-query", "-masterdata")
        for folder, major, minor in (("XSD", 2, 0), ("XSL/1.2/XSD", 1, 2))
    }
    seen = 0
    for name, document in _good_documents(shared_data):
        if document.kind == "event" or name == "importer.xml":
            # Events alone have no schema; the header of that one is none by its own schema.
            continue
        for form in FORMS[1:]:
            try:
                root = etree.fromstring(write(document, form))
            except CannotCarry:
                continue
            schema = schemas[root.nsmap[root.prefix]]
            assert schema.validate(root), (name, form, schema.error_log)
            seen += 1
    assert seen > 250
