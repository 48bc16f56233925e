"""Event hashes are those of the reference of the Core Business Vocabulary 2.0."""

from __future__ import annotations

from pathlib import Path

from jinmai.standards import epcis, event_hash


def _vectors(shared_data: Path, folder: str) -> list[Path]:
    place = shared_data / "epcis" / "ralphtro-event-hash" / "tests" / folder
    return sorted(one for one in place.iterdir() if one.suffix in (".json", ".jsonld", ".xml"))


def _hashes(path: Path) -> list[str]:
    return event_hash.document_hashes(epcis.read(path.read_bytes()))


def test_every_vector_has_the_hashes_of_the_reference_in_document_order(shared_data: Path) -> None:
    vectors = _vectors(shared_data, "examples")
    assert len(vectors) == 39
    assert {path.name: _hashes(path) for path in vectors} == {
        path.name: path.with_suffix(".hashes").read_text(encoding="utf-8").split() for path in vectors
    }


def test_documents_that_say_the_same_in_several_ways_have_one_hash(shared_data: Path) -> None:
    vectors = _vectors(shared_data, "expected_equal")
    assert len(vectors) == 11
    assert {path.name: len(set(_hashes(path))) for path in vectors} == {path.name: 1 for path in vectors}
