"""What a form has no place for is refused by name; what it spells differently is spelled as asked for."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from jinmai.standards.epcis import CannotCarry, Syntax, faults, read, write
from jinmai.standards.epcis.tests.documents import CONTEXT, GTIN, event, in_bytes, xml

AT = "/epcisBody/eventList/0"
OBSERVED = """<ObjectEvent><eventTime>2026-04-03T20:33:31Z</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
<epcList><epc>urn:epc:id:sgtin:0614141.107346.2018</epc></epcList><action>OBSERVE</action>"""


@pytest.mark.parametrize("form", ["xml-2.0", "xml-1.2"])
@pytest.mark.parametrize(
    ("place", "element", "changes"),
    [
        ("/example:list", "example:list", {"example:list": []}),
        ("/example:list/1", "example:list", {"example:list": [1, [2]]}),
        ("/example:thing", "example:thing", {"example:thing": {}}),
        ("/example:2nd", "example:2nd", {"example:2nd": 1}),
        ("/example:text", "example:text", {"example:text": "a\u0001b"}),
        ("/example:in/nobody:knows", "nobody:knows", {"example:in": {"nobody:knows": 1}}),
        ("/example:in/@unit", "@unit", {"example:in": {"@value": 1, "@unit": 2}}),
        ("/example:in/@value", "example:in", {"example:in": {"@value": 1, "example:x": 2}}),
        (
            "/certificationInfo",
            "certificationInfo",
            {"certificationInfo": ["https://example.com/1", "https://example.com/2"]},
        ),
        (
            "/sensorElementList/0/sensorReport/0/example:x",
            "example:x",
            {"sensorElementList": [{"sensorReport": [{"type": "Temperature", "example:x": {"a": 1}}]}]},
        ),
    ],
)
def test_what_xml_has_no_place_for_is_refused_by_name(
    form: Syntax, place: str, element: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(CannotCarry) as refused:
        write(read(in_bytes(event(**changes))), form)
    assert (refused.value.place, refused.value.element) == (AT + place, element)


def test_an_object_that_xml_names_twice_in_a_list_cannot_be_said_in_json() -> None:
    inside = OBSERVED.replace("</epcList>", "<epc>urn:epc:id:sgtin:0614141.107346.2018</epc></epcList>")
    document = read(xml(inside + "</ObjectEvent>"))
    assert faults(document) == []
    with pytest.raises(CannotCarry) as refused:
        write(document, "json-2.0")
    assert refused.value.place == f"{AT}/epcList/1"
    assert read(write(document, "xml-1.2")).events == document.events


def test_a_prefix_of_an_unknown_context_cannot_become_a_namespace() -> None:
    data = in_bytes(event(**{"their:field": 1}), **{"@context": ["https://example.com/context.jsonld"]})
    with pytest.raises(CannotCarry, match="its context is not known here"):
        write(read(data), "xml-2.0")


@pytest.mark.parametrize("namespace", ["http://,:x/", "urn:epcglobal:epcis:xsd:2", "urn:a b"])
def test_what_xml_does_not_take_as_a_namespace_is_refused(namespace: str) -> None:
    data = in_bytes(event(**{"their:field": 1}), **{"@context": [CONTEXT, {"their": namespace}]})
    with pytest.raises(CannotCarry, match="cannot be the namespace of an extension"):
        write(read(data), "xml-2.0")


@pytest.mark.parametrize(
    ("cbv_format", "start"),
    [
        ("No_Preference", "urn:epcglobal:cbv:bizstep:"),
        ("Always_URN", "urn:epcglobal:cbv:bizstep:"),
        ("Always_Web_URI", "https://ref.gs1.org/cbv/BizStep-"),
        ("Never_Translates", "urn:epcglobal:cbv:bizstep:"),
    ],
)
@pytest.mark.parametrize("form", ["xml-2.0", "xml-1.2"])
def test_terms_are_spelled_in_xml_as_asked_for(form: Syntax, cbv_format: Any, start: str) -> None:
    written = write(read(in_bytes(event())), form, cbv_format=cbv_format)
    assert f"<bizStep>{start}shipping</bizStep>".encode() in written


def test_terms_are_bare_words_in_json_whatever_is_asked_for() -> None:
    written = write(read(in_bytes(event())), "json-2.0", cbv_format="Always_Web_URI")
    assert orjson.loads(written)["epcisBody"]["eventList"][0]["bizStep"] == "shipping"


def test_one_event_may_declare_prefixes_of_its_own() -> None:
    one = event(**{"@context": {"mine": "https://one.example.com/"}, "mine:x": "1"})
    two = event(**{"@context": {"mine": "https://two.example.com/"}, "mine:x": "2"})
    again = read(write(read(in_bytes(one, two)), "xml-2.0"))
    names = {**again.context[1], **again.context[2]}
    assert [
        names[name.partition(":")[0]] for found in again.events for name in found if name.endswith(":x")
    ] == ["https://one.example.com/", "https://two.example.com/"]


def test_attributes_of_foreign_elements_are_kept() -> None:
    inside = f"""{OBSERVED}
    <example:weight unit="g" example:scale="7">12</example:weight>
    <example:tare unit="g"/></ObjectEvent>"""
    document = read(xml(inside))
    assert document.events[0]["example:weight"] == {"@value": "12", "@unit": "g", "@example:scale": "7"}
    assert document.events[0]["example:tare"] == {"@unit": "g"}
    assert read(write(document, "xml-2.0")).events == document.events
    assert read(write(document, "json-2.0")).events == document.events


def test_types_that_xml_names_become_those_of_json() -> None:
    inside = f"""{OBSERVED}
    <example:a xsi:type="xsd:integer">10</example:a><example:a xsi:type="xsd:double">20</example:a>
    <example:a xsi:type="xsd:boolean">true</example:a><example:a>10</example:a></ObjectEvent>"""
    assert read(xml(inside)).events[0]["example:a"] == [10, 20.0, True, "10"]


def test_version_1_2_keeps_later_fields_where_the_examples_of_gs1_keep_them() -> None:
    sensor = [{"sensorReport": [{"type": "Temperature", "value": 26.0}]}]
    quantity = [{"epcClass": f"{GTIN}/10/A", "quantity": 1}]
    document = read(in_bytes(event(eventID="urn:uuid:1", sensorElementList=sensor, quantityList=quantity)))
    written = write(document, "xml-1.2").decode()
    assert "<baseExtension><eventID>urn:uuid:1</eventID></baseExtension>" in written
    assert "<extension><quantityList>" in written
    assert "</quantityList><extension><sensorElementList>" in written
    assert 'xmlns:epcis="urn:epcglobal:epcis:xsd:1"' in written


def test_fields_of_later_versions_in_xml_survive_as_such() -> None:
    inside = f"""{OBSERVED}
    <extension><extension><later>1</later></extension></extension></ObjectEvent>"""
    document = read(xml(inside, version="1", schema_version="1.2"))
    assert document.events[0]["local:later"] == "1"
    written = write(document, "xml-1.2")
    assert b"<extension><extension><later>1</later></extension></extension>" in written
    assert read(write(document, "xml-2.0")).events == document.events


def test_the_parties_of_a_document_stand_in_the_business_header_of_xml() -> None:
    parties = {"sender": "urn:epc:id:sgln:0353579.00001.0", "instanceIdentifier": "12"}
    document = read(in_bytes(event(), **parties))
    for form in ("xml-2.0", "xml-1.2", "json-2.0"):
        again = read(write(document, form))
        assert (again.members, again.header) == (parties, None)


def test_a_quantity_event_of_version_1_0_observes_a_quantity() -> None:
    inside = """<QuantityEvent><eventTime>2026-04-03T20:33:31Z</eventTime>
    <eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcClass>urn:epc:idpat:sgtin:0614141.107346.*</epcClass>
    <quantity>20</quantity></QuantityEvent>"""
    (found,) = read(xml(inside, version="1", schema_version="1.2")).events
    assert (found["type"], found["action"]) == ("ObjectEvent", "OBSERVE")
    assert found["quantityList"] == [{"epcClass": "urn:epc:idpat:sgtin:0614141.107346.*", "quantity": 20}]
