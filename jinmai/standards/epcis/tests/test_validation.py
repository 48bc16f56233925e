"""A wrong document is refused with the place of every fault."""

from __future__ import annotations

from typing import Any

import pytest

from jinmai.standards.epcis import faults, read
from jinmai.standards.epcis.tests.documents import GTIN, event, in_bytes, xml

AT = "/epcisBody/eventList/0"
SENSOR = {"type": "Temperature", "value": 26.0, "uom": "CEL"}


def _faults(**changes: Any) -> list[tuple[str, str]]:
    return [
        (fault.place.removeprefix(AT), fault.message) for fault in faults(read(in_bytes(event(**changes))))
    ]


def test_a_good_event_has_no_faults() -> None:
    assert _faults() == []


@pytest.mark.parametrize(
    ("place", "changes"),
    [
        ("/action", {"action": "CREATE"}),
        ("/bizStep", {"bizStep": "transforming"}),
        ("/bizStep", {"bizStep": "urn:epcglobal:cbv:bizstep:transforming"}),
        ("/bizStep", {"bizStep": "https://ref.gs1.org/cbv/BizStep-transforming"}),
        ("/disposition", {"disposition": "in_transport"}),
        ("/eventTime", {"eventTime": "22-07-2026"}),
        ("/eventTime", {"eventTime": "2026-02-29T10:00:00Z"}),
        ("/eventTime", {"eventTime": "2026-02-28T10:00:00"}),
        ("/recordTime", {"recordTime": "2026-04-31T10:00:00Z"}),
        ("/eventTimeZoneOffset", {"eventTimeZoneOffset": "+14:30"}),
        ("/eventTimeZoneOffset", {"eventTimeZoneOffset": "8"}),
        ("/epcList/0", {"epcList": ["not a URI"]}),
        ("/epcList/0", {"epcList": ["urn:epc:id:sgtin:0614141.12345.400"]}),
        ("/epcList/0", {"epcList": ["urn:epc:id:sgtinn:0614141.112345.400"]}),
        ("/epcList/0", {"epcList": ["urn:epc:class:lgtin:4012345.012345.998877"]}),
        ("/epcList/1", {"epcList": [f"{GTIN}/21/1", "https://id.gs1.org/01/09521141012346/21/1"]}),
        ("/epcList/1", {"epcList": [f"{GTIN}/21/1", f"{GTIN}/21/1"]}),
        ("/quantityList/0/epcClass", {"quantityList": [{"epcClass": "urn:epc:id:sgtin:0614141.112345.400"}]}),
        ("/quantityList/0/uom", {"quantityList": [{"epcClass": f"{GTIN}/10/A", "uom": "KGM"}]}),
        ("/quantityList/0/quantity", {"quantityList": [{"epcClass": f"{GTIN}/10/A", "quantity": -1}]}),
        ("/readPoint/id", {"readPoint": {"id": "urn:epc:id:sgln:0614141.0734.1234"}}),
        (
            "/sourceList/0/type",
            {"sourceList": [{"type": "place", "source": "urn:epc:id:pgln:4012345.00225"}]},
        ),
        ("/madeUp", {"madeUp": 1}),
        ("/nobody:knows", {"nobody:knows": 1}),
        ("/ilmd/lot", {"action": "ADD", "ilmd": {"lot": 1}}),
        ("/ilmd", {"ilmd": {"example:lot": 1}}),
        ("/persistentDisposition", {"persistentDisposition": {"set": ["damaged"], "unset": ["damaged"]}}),
        (
            "/errorDeclaration/reason",
            {"errorDeclaration": {"declarationTime": "2026-04-04T00:00:00Z", "reason": "x"}},
        ),
        ("/sensorElementList/0/sensorReport/0", {"sensorElementList": [{"sensorReport": [{"value": 1}]}]}),
        (
            "/sensorElementList/0/sensorReport/0/maxValue",
            {"sensorElementList": [{"sensorReport": [{**SENSOR, "minValue": 2, "maxValue": 1}]}]},
        ),
        (
            "/sensorElementList/0/sensorReport/0/hexBinaryValue",
            {"sensorElementList": [{"sensorReport": [{**SENSOR, "hexBinaryValue": "xy"}]}]},
        ),
    ],
)
def test_a_wrong_field_is_refused_at_its_place(place: str, changes: dict[str, Any]) -> None:
    assert [found for found, _ in _faults(**changes)] == [place]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epcList": None}, "names objects in epcList or quantityList"),
        ({"action": None}, "action is required"),
        ({"type": "AggregationEvent", "epcList": None}, "childEPCs or childQuantityList is required unless"),
        (
            {"type": "AggregationEvent", "epcList": None, "action": "ADD", "childEPCs": [f"{GTIN}/21/1"]},
            "parentID is required where action is ADD",
        ),
        ({"type": "TransactionEvent"}, "bizTransactionList is required"),
        ({"type": "AssociationEvent", "epcList": None}, "parentID is required"),
        (
            {
                "type": "TransformationEvent",
                "epcList": None,
                "action": None,
                "inputEPCList": [f"{GTIN}/21/1"],
            },
            "without transformationID an output is required",
        ),
    ],
)
def test_fields_that_an_event_of_this_kind_needs_are_demanded(changes: dict[str, Any], message: str) -> None:
    assert [message in said for _, said in _faults(**changes)] == [True]


def test_terms_are_taken_in_every_spelling_and_kept_as_bare_words() -> None:
    spellings = (
        "shipping",
        "urn:epcglobal:cbv:bizstep:shipping",
        "https://ref.gs1.org/cbv/BizStep-shipping",
        "cbv:BizStep-shipping",
    )
    for spelling in spellings:
        document = read(in_bytes(event(bizStep=spelling)))
        assert (document.events[0]["bizStep"], faults(document)) == ("shipping", [])


def test_a_term_of_somebody_else_is_taken_as_it_is() -> None:
    assert _faults(bizStep="https://ns.example.com/epcis/weighing") == []


def test_a_document_that_is_wrong_throughout_is_described_only_in_part() -> None:
    found = faults(read(in_bytes(*[event(action="CREATE") for _ in range(1500)])))
    assert len(found) == 1000


OBJECT = """<ObjectEvent>
<eventTime>2026-04-03T20:33:31.116+08:00</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
<epcList>
<epc>https://id.gs1.org/01/09521141012345/21/1</epc>
<epc>https://id.gs1.org/01/09521141012345/21/2</epc>
</epcList>
<action>OBSERVE</action>
<sensorElementList>
<sensorElement>
<sensorReport type="gs1:Temperature" value="26.0"/>
<sensorReport type="gs1:Temperature" value="27.0"/>
</sensorElement>
</sensorElementList>
</ObjectEvent>"""


@pytest.mark.parametrize(
    ("line", "was", "now"),
    [
        (3, "2026-04-03T", "2026-02-30T"),
        (4, "+08:00</eventTimeZoneOffset>", "+99:00</eventTimeZoneOffset>"),
        (7, "12345/21/2", "12346/21/2"),
        (9, "OBSERVE", "OBSERV"),
        (9, "<action>", "<actions/><action>"),
        (13, 'value="27.0"', 'value="warm"'),
        (13, 'value="27.0"', 'colour="red"'),
        (9, "<action>", "<epcList/><action>"),
        (8, "</epcList>", "<id>x</id></epcList>"),
    ],
)
def test_a_fault_in_xml_is_told_with_its_line(line: int, was: str, now: str) -> None:
    assert faults(read(xml(OBJECT))) == []
    found = faults(read(xml(OBJECT.replace(was, now))))
    assert [fault.line for fault in found] == [line]


def test_elements_out_of_order_are_told_with_the_line_of_the_first() -> None:
    moved = OBJECT.replace("<action>OBSERVE</action>", "").replace(
        "<ObjectEvent>", "<ObjectEvent>\n<action>OBSERVE</action>"
    )
    assert [str(fault) for fault in faults(read(xml(moved)))] == [
        "line 4: eventTime has to stand before action"
    ]
