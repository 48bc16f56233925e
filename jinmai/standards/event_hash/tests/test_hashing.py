"""What makes two records of one event equal, and what does not."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards import epcis
from jinmai.standards.event_hash import EventHasher, document_hashes, event_hash
from jinmai.standards.event_hash.values import time

CONTEXT = [{"example": "https://ns.example.com/epcis/"}]
EVENT: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventTime": "2026-11-20T10:00:00.5+08:00",
    "eventTimeZoneOffset": "+08:00",
    "epcList": ["urn:epc:id:sgtin:6901234.056789.7F", "urn:epc:id:sscc:6901234.1234567890"],
    "quantityList": [{"epcClass": "urn:epc:class:lgtin:6901234.056789.A1", "quantity": 12.50, "uom": "KGM"}],
    "action": "OBSERVE",
    "bizStep": "shipping",
    "readPoint": {"id": "urn:epc:id:sgln:6901234.00001.0", "example:gate": "3"},
    "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:6901234000009:17"}],
    "sensorElementList": [
        {
            "sensorMetadata": {"time": "2026-11-20T01:59:00Z"},
            "sensorReport": [
                {"type": "Temperature", "value": -18.0, "uom": "CEL"},
                {"type": "RelativeHumidity", "value": 71, "uom": "A93", "booleanValue": True},
            ],
        }
    ],
    "example:note": {"example:by": ["b", "a"], "example:empty": ""},
}


def _changed(**fields: Any) -> dict[str, Any]:
    return EVENT | fields


@pytest.mark.parametrize(
    "same",
    [
        _changed(eventTime="2026-11-20T02:00:00.500Z"),
        _changed(eventTime="2026-11-20T02:00:00.5003Z"),
        _changed(
            epcList=[
                "urn:epc:id:sscc:6901234.1234567890",
                "HTTPS://X.CN/01/6901234567892/10/A/21/7F?17=270101",
            ]
        ),
        _changed(bizStep="https://ref.gs1.org/cbv/BizStep-shipping"),
        _changed(bizStep="urn:epcglobal:cbv:bizstep:shipping"),
        _changed(eventID="urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8", recordTime="2026-11-21T00:00:00Z"),
        _changed(errorDeclaration={"declarationTime": "2026-11-22T00:00:00Z"}),
        _changed(childEPCs=[], quantityList=[EVENT["quantityList"][0] | {"quantity": "012.5"}]),
        _changed(**{"example:note": {"example:empty": "", "example:by": ["a", "b"]}}),
        _changed(**{"rdfs:comment": "not part of the fact"}),
    ],
)
def test_the_same_fact_written_differently_has_the_same_hash(same: dict[str, Any]) -> None:
    assert event_hash(same, CONTEXT) == event_hash(EVENT, CONTEXT)


@pytest.mark.parametrize(
    "other",
    [
        _changed(eventTime="2026-11-20T10:00:00.501+08:00"),
        _changed(eventTimeZoneOffset="+09:00"),
        _changed(action="ADD"),
        _changed(epcList=EVENT["epcList"][:1]),
        _changed(readPoint={"id": "urn:epc:id:sgln:6901234.00001.0"}),
        _changed(**{"example:note": {"example:by": ["a", "b"]}}),
        _changed(type="TransactionEvent"),
    ],
)
def test_another_fact_has_another_hash(other: dict[str, Any]) -> None:
    assert event_hash(other, CONTEXT) != event_hash(EVENT, CONTEXT)


def test_the_hashed_text_follows_the_standards_order() -> None:
    text = EventHasher(CONTEXT).text(EVENT)
    assert text == (
        "eventType=ObjectEventeventTime=2026-11-20T02:00:00.500ZeventTimeZoneOffset=+08:00"
        "epcListepc=https://id.gs1.org/00/169012342345678902epc=https://id.gs1.org/01/06901234567892/21/7F"
        "quantityListquantityElementepcClass=https://id.gs1.org/01/06901234567892/10/A1quantity=12.5uom=KGM"
        "action=OBSERVEbizStep=https://ref.gs1.org/cbv/BizStep-shipping"
        "readPointid=https://id.gs1.org/414/6901234000016{https://ns.example.com/epcis/}gate=3"
        "sensorElementListsensorElementsensorMetadatatime=2026-11-20T01:59:00.000Z"
        "sensorReporttype=https://gs1.org/voc/RelativeHumidityvalue=71booleanValue=trueuom=A93"
        "sensorReporttype=https://gs1.org/voc/Temperaturevalue=-18uom=CEL"
        "bizTransactionListtype=https://ref.gs1.org/cbv/BTT-po"
        "bizTransaction=urn:epcglobal:cbv:bt:6901234000009:17"
        "{https://ns.example.com/epcis/}note{https://ns.example.com/epcis/}by=a"
        "{https://ns.example.com/epcis/}by=b{https://ns.example.com/epcis/}empty"
    )


def test_fields_that_a_document_ignores_are_left_out() -> None:
    marked = EVENT | {"example:hash": "ni:///x"}
    assert EventHasher(CONTEXT, ["example:hash"]).hash(marked) == event_hash(EVENT, CONTEXT)
    assert event_hash(marked, CONTEXT) != event_hash(EVENT, CONTEXT)


def test_a_prefix_is_only_a_name_for_its_namespace() -> None:
    renamed = {"ns1" + name[7:] if name.startswith("example") else name: one for name, one in EVENT.items()}
    renamed["readPoint"] = {"id": "urn:epc:id:sgln:6901234.00001.0", "ns1:gate": "3"}
    renamed["ns1:note"] = {"ns1:by": ["b", "a"], "ns1:empty": ""}
    assert event_hash(renamed, [{"ns1": "https://ns.example.com/epcis/"}]) == event_hash(EVENT, CONTEXT)


def test_xml_and_json_of_one_event_have_one_hash() -> None:
    xml = b"""<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0"
     creationDate="2026-11-20T12:00:00Z" xmlns:e="https://ns.example.com/epcis/"><EPCISBody><EventList>
     <ObjectEvent><eventTime>2026-11-20T10:00:00.5+08:00</eventTime>
     <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
     <epcList><epc>urn:epc:id:sscc:6901234.1234567890</epc><epc>urn:epc:id:sgtin:6901234.056789.7F</epc></epcList>
     <action>OBSERVE</action><bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>
     <readPoint><id>urn:epc:id:sgln:6901234.00001.0</id><e:gate>3</e:gate></readPoint>
     <bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:po"
     >urn:epcglobal:cbv:bt:6901234000009:17</bizTransaction></bizTransactionList>
     <quantityList><quantityElement><epcClass>urn:epc:class:lgtin:6901234.056789.A1</epcClass>
     <quantity>12.5</quantity><uom>KGM</uom></quantityElement></quantityList>
     <sensorElementList><sensorElement><sensorMetadata time="2026-11-20T09:59:00+08:00"/>
     <sensorReport type="gs1:RelativeHumidity" value="71.0" uom="A93" booleanValue="true"/>
     <sensorReport type="gs1:Temperature" value="-18" uom="CEL"/></sensorElement></sensorElementList>
     <e:note><e:by>a</e:by><e:by>b</e:by><e:empty/></e:note></ObjectEvent>
     </EventList></EPCISBody></epcis:EPCISDocument>"""
    assert document_hashes(epcis.read(xml)) == [event_hash(EVENT, CONTEXT)]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(event=st.dictionaries(st.sampled_from([*EVENT, "example:a", "ilmd", "x"]), JSON_VALUES, max_size=8))
def test_the_order_of_members_never_matters_and_nothing_breaks_it(event: dict[str, Any]) -> None:
    items = list(event.items())
    random.Random(1).shuffle(items)
    assert event_hash(dict(items), CONTEXT) == event_hash(event, CONTEXT)


@given(
    st.datetimes(),
    st.sampled_from(("", ".5", ".1234", ".0005", ".0015", ".12349999", ".9999996")),
    st.sampled_from(("Z", "z", "+00:00", "+08:00", "-0330", "+23:59", "+24:00", "-99:99")),
)
def test_a_time_is_the_same_moment_in_utc_to_the_millisecond(
    moment: datetime, fraction: str, offset: str
) -> None:
    text = moment.replace(microsecond=0).isoformat() + fraction + offset
    shift = timedelta()
    if offset[0] in "+-":
        shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])) * (-1 if offset[0] == "-" else 1)
    micros = round(int(fraction[1:].ljust(6, "0")[:6]), -3) if fraction else 0
    try:
        expected = moment.replace(microsecond=0) + timedelta(microseconds=micros) - shift
    except OverflowError:
        assert time(text) == text
        return
    assert time(text) == expected.isoformat(timespec="milliseconds") + "Z"
