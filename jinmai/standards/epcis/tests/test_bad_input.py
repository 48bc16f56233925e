"""Whatever the bytes are, reading ends soon, with a refusal that says where."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from jinmai.standards.epcis import Limits, Refused, faults, read
from jinmai.standards.epcis.tests.documents import event, in_bytes, xml


def _refusal(data: bytes, **options: object) -> str:
    with pytest.raises(Refused) as refused:
        read(data, **options)  # type: ignore[arg-type]
    return str(refused.value)


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<EPCISDocument>&b;</EPCISDocument>"""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (BOMB, "line 2 : the document type declares entities"),
        (
            b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
            "line 1 : the document type points to something outside",
        ),
        (b"<!DOCTYPE x [<!ATTLIST x a CDATA 'b'>]><x/>", "line 1 : the document type declares"),
        (b'<?xml version="1.0" encoding="UTF-7"?>\n<x/>', "line 1 : the encoding utf-7 is not taken"),
        (b'<?xml version="1.0" encoding="UTF-16"?>\n<x/>', "line 1 : the encoding utf-16 is not taken"),
        (b"<x>\n\xff</x>", "line 2 : not well-formed XML"),
        (b"<x>\n<y></x>", "line 2 : not well-formed XML"),
        (b"<x>\n&nothing;</x>", "line 2 : not well-formed XML"),
        (b"<x>" * 100 + b"</x>" * 100, "line 1 : elements nest deeper than 64 levels"),
        (b"<html/>", "line 1 : html is not an EPCIS document"),
        (b"", "the document is empty"),
        (b"  \n", "the document is empty"),
        (b"[]", "an EPCIS document is an object"),
        (b"{}", "type has to be"),
        (b'{"type":\n nonsense}', "line 2 : not JSON"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "the value nests deeper than 64 levels"),
        ("{}".encode("utf-16"), "JSON is exchanged in UTF-8"),
        (b'{"type": "EPCISDocument", "type": "EPCISDocument"}', "/type: this name stands twice"),
        (b'{"type": "\\u0041", "ty\\u0070e": "EPCISDocument"}', "/type: this name stands twice"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(data: bytes, said: str) -> None:
    assert said.replace(" :", ":") in _refusal(data)


def test_a_document_larger_than_the_limit_is_refused_before_it_is_looked_at() -> None:
    assert _refusal(b"{" * 11, limits=Limits(largest=10)) == "/: the document is larger than 10 bytes"


def test_two_hundred_megabytes_are_refused() -> None:
    assert "larger than" in _refusal(b" " * 200_000_000)


def test_more_events_than_the_limit_are_refused_in_both_forms() -> None:
    few = Limits(most_events=1)
    inside = "<ObjectEvent/>\n<ObjectEvent/>"
    assert "more than 1 events" in _refusal(in_bytes(event(), event()), limits=few)
    assert "line 3: the document has more than 1 events" in _refusal(xml(inside), limits=few)


@pytest.mark.parametrize("media_type", ["application/xml", "text/plain", ""])
def test_a_media_type_that_the_bytes_contradict_is_refused(media_type: str) -> None:
    assert "is not" in _refusal(in_bytes(event()), media_type=media_type)


@pytest.mark.parametrize("media_type", ["application/json", "application/ld+json; charset=utf-8", None])
def test_a_media_type_that_the_bytes_agree_with_is_taken(media_type: str | None) -> None:
    assert len(read(in_bytes(event()), media_type).events) == 1


def test_a_document_type_that_declares_nothing_is_harmless() -> None:
    assert read(b"<!DOCTYPE project>\n" + xml()).events == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_of_unicode_are_taken_for_xml(encoding: str) -> None:
    assert read(xml().decode().encode(encoding)).events == []


def test_an_extension_that_nests_without_end_is_a_fault() -> None:
    value: object = 1
    for _ in range(40):
        value = {"example:in": value}
    found = faults(read(in_bytes(event(**{"example:deep": value}))))
    assert [fault.place for fault in found] == ["/epcisBody/eventList/0/example:deep"]


def test_an_identifier_that_stands_twice_in_an_event_is_read_like_everywhere_else() -> None:
    data = in_bytes(event(eventID="urn:uuid:1")).replace(b'"eventID"', b'"eventID":"urn:uuid:0","eventID"')
    assert read(data).events[0]["eventID"] == "urn:uuid:1"


def test_no_text_of_the_json_test_suite_is_read_as_a_document(shared_data: Path) -> None:
    paths = sorted((shared_data / "bad_input/json_test_suite").rglob("*.json"))
    assert len(paths) > 100
    for path in paths:
        data = path.read_bytes()
        assert _refusal(data)
        wrapped = b'{"@context":[],"type":"EPCISDocument","schemaVersion":"2.0","x:y":' + data + b"}"
        assert _refusal(wrapped)


def test_naughty_strings_are_carried_or_refused_but_never_crash(shared_data: Path) -> None:
    for text in orjson.loads((shared_data / "bad_input/blns/blns.json").read_bytes()):
        document = read(in_bytes(event(**{"example:note": text, "bizStep": text or None})))
        assert document.events[0]["example:note"] == text
        assert [fault.place for fault in faults(document)] in ([], ["/epcisBody/eventList/0/bizStep"])
