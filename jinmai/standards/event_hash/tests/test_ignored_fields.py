"""Extensions that a document keeps out of the hash stay out of it in every form, under every prefix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from jinmai.standards import epcis
from jinmai.standards.epcis import Syntax
from jinmai.standards.epcis.tests.documents import document, event
from jinmai.standards.event_hash import document_hashes, event_hash

FORMS: tuple[Syntax, ...] = ("json-2.0", "xml-2.0", "xml-1.2")
EXAMPLE = "https://ns.example.com/epcis/"
VECTORS = (
    "epcisDocHavingEventWithIgnoreFields.jsonld",
    "epcisQueryDocHavingEventWithIgnoreFields.jsonld",
    "epcisXmlDocHavingEventWithIgnoreFields.xml",
    "epcisXmlQueryDocHavingEventWithIgnoreFields.xml",
)


def hashes(value: dict[str, Any]) -> list[str]:
    """The hashes of a document in JSON, which are the same in every form."""
    read = epcis.read(orjson.dumps(value))
    found = document_hashes(read)
    for form in FORMS:
        assert document_hashes(epcis.read(epcis.write(read, form))) == found, form
    return found


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("form", FORMS)
def test_the_vectors_keep_their_hashes_in_every_form(name: str, form: Syntax, shared_data: Path) -> None:
    path = shared_data / "epcis/ralphtro-event-hash/tests/examples" / name
    expected = path.with_suffix(".hashes").read_text().split()
    written = epcis.write(epcis.read(path.read_bytes()), form)
    assert document_hashes(epcis.read(written)) == expected
    again = epcis.write(epcis.read(written), "json-2.0")
    assert document_hashes(epcis.read(again)) == expected


@pytest.mark.parametrize("names", ["example:seen", ["example:seen"], ["example:seen", "example:seen"]])
def test_one_name_is_a_name_and_not_its_letters(names: Any) -> None:
    noted = event(**{"example:seen": "1"})
    assert hashes(document(noted, **{"example:ignoreFields": names})) == [event_hash(event())]


def test_an_empty_list_ignores_nothing() -> None:
    noted = event(**{"example:seen": "1"})
    plain = hashes(document(noted))
    assert hashes(document(noted, **{"example:ignoreFields": []})) == plain != [event_hash(event())]


def test_names_mean_their_namespace_and_not_their_prefix() -> None:
    two = [epcis_context(), {"a": EXAMPLE, "b": EXAMPLE, "c": "https://other.example.com/"}]
    ignoring = {"@context": two, "a:ignoreFields": ["a:seen"]}
    assert hashes(document(event(**{"b:seen": "1"}), **ignoring)) == [event_hash(event())]
    assert hashes(document(event(**{"c:seen": "1"}), **ignoring)) != [event_hash(event())]
    # An event that declares the document's prefix as something else.
    own = event(**{"@context": {"a": "https://other.example.com/"}, "a:seen": "1"})
    assert hashes(document(own, **ignoring)) != [event_hash(event())]


def test_a_comment_is_one_under_every_prefix() -> None:
    context = [epcis_context(), {"r": "http://www.w3.org/2000/01/rdf-schema#", "example": EXAMPLE}]
    said = event(**{"r:comment": "by hand", "example:in": {"r:comment": "too", "example:x": "1"}})
    plain = event(**{"example:in": {"example:x": "1"}})
    assert hashes(document(said, **{"@context": context})) == hashes(document(plain))


def epcis_context() -> str:
    """GS1's own."""
    return str(document()["@context"][0])


def test_a_name_without_a_namespace_cannot_be_said_in_xml() -> None:
    read = epcis.read(orjson.dumps(document(event(), **{"example:ignoreFields": ["nobody:knows"]})))
    with pytest.raises(epcis.CannotCarry) as refused:
        epcis.write(read, "xml-2.0")
    assert (refused.value.place, refused.value.element) == ("/example:ignoreFields", "nobody:knows")
