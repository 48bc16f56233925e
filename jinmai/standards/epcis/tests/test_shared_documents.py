"""The documents that GS1, OpenEPCIS and GDST publish are judged as they are meant to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jinmai.standards.epcis import Refused, faults, read

OPENEPCIS = "epcis/openepcis-test-resources/core/src/main/resources"
GDST = "gdst/CSharp/OpenTraceability.Tests/Data"

# What the publishers' own schemas refuse: fields out of order, a header without its namespace, identifiers
# that are no URIs, documents of a draft of the standard.
_AGAINST_ITS_SCHEMA = (
    "JumbledFieldsOrder.xml",
    "JSON-simple-context/WithFullCombinationOfFields/object_event_all_possible_fields.jsonld",
    "JSON-simple-context/WithSensorData/SensorDataExample12.jsonld",
    "JSON-simple-context/WithSensorData/SensorDataExample17.jsonld",
    "EPCISQUERYDOCUMENT_",
    "EPCISQueryDocument_duplicate_eventIDs",
    "epcisquerydoc-example01",
)
# Neither events nor master data.
_OTHER_THINGS = ("CaptureJob", "/Queries/", "gs1-vocab", "context", "JSON-Schema", "/JSON-LD-Context/")
_MEANT_TO_FAIL = ("Invalid", "invalid", "missing", "malformed", "fail")


def _documents(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            name = str(path)
            if path.suffix in (".json", ".jsonld", ".xml") and "/Ontology/" not in name:
                yield path


def _judged(path: Path) -> list[str]:
    try:
        return [str(fault) for fault in faults(read(path.read_bytes()))]
    except Refused as refusal:
        return [str(fault) for fault in refusal.faults]


def _wrongly_refused(paths: Iterator[Path], *but: str) -> dict[str, list[str]]:
    skipped = (*_AGAINST_ITS_SCHEMA, *_OTHER_THINGS, *_MEANT_TO_FAIL, *but)
    judged = {path: _judged(path) for path in paths if not any(part in str(path) for part in skipped)}
    assert len(judged) > 5
    return {path.name: found[:2] for path, found in judged.items() if found}


def test_every_example_of_gs1_is_valid(shared_data: Path) -> None:
    gs1 = shared_data / "epcis/gs1-epcis"
    # The folder's own name has the word that marks contexts.
    folders = [gs1 / name for name in ("JSON", "XML", "XSL/1.2/XML")]
    assert _wrongly_refused(_documents(*folders)) == {}


def test_every_example_of_gs1_with_a_simple_context_is_valid(shared_data: Path) -> None:
    refused = {
        path.name: found
        for path in _documents(shared_data / "epcis/gs1-epcis/JSON-simple-context")
        if not any(part in str(path) for part in _AGAINST_ITS_SCHEMA) and (found := _judged(path))
    }
    assert refused == {}


def test_every_good_document_of_openepcis_is_valid(shared_data: Path) -> None:
    assert _wrongly_refused(_documents(shared_data / OPENEPCIS)) == {}


def test_every_good_document_of_the_seafood_trade_is_valid(shared_data: Path) -> None:
    assert _wrongly_refused(_documents(shared_data / GDST)) == {}


def test_every_event_with_a_reference_hash_can_be_read(shared_data: Path) -> None:
    folder = shared_data / "epcis/ralphtro-event-hash/tests"
    assert [path for path in _documents(folder) if not read(path.read_bytes()).events] == []


def test_every_document_that_openepcis_calls_invalid_is_refused_with_its_place(shared_data: Path) -> None:
    invalid = [path for path in _documents(shared_data / OPENEPCIS) if "Invalid" in str(path)]
    assert len(invalid) >= 9
    for path in invalid:
        found = _judged(path)
        assert found, path.name
        assert all(fault.startswith("line " if path.suffix == ".xml" else "/") for fault in found), found


def test_the_document_that_fails_its_schema_is_refused_on_its_line(shared_data: Path) -> None:
    found = _judged(shared_data / GDST / "querydoc_fail_schemacheck.xml")
    assert found == ["line 327: EPCIS 1.2 demands epcList, even where it is empty"]
