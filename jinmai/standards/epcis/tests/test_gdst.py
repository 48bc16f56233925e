"""The seafood trade's key data elements are asked for, event by event, and named where they are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jinmai.standards.epcis import faults, gdst, read
from jinmai.standards.epcis.tests.documents import CONTEXT, GTIN, event, in_bytes

AT = "/epcisBody/eventList/0"
NAMESPACES = [
    CONTEXT,
    {"gdst": "https://traceability-dialogue.org/epcis", "cbvmda": "urn:epcglobal:cbv:mda"},
]
PARTIES = {"gdst:productOwner": "urn:epc:id:pgln:4012345.00225", "cbvmda:informationProvider": "urn:uuid:1"}
WELFARE = {"gdst:humanWelfarePolicy": "Internal"}
SEEDS = [{"epcClass": "https://example.com/seed", "quantity": 12000}]
HATCHING: dict[str, Any] = {
    "action": "ADD",
    "epcList": None,
    "quantityList": SEEDS,
    "bizStep": "urn:gdst:bizStep:hatching",
    "ilmd": {"gdst:broodstockSource": "Domestic", "cbvmda:lotNumber": "S1"},
    **PARTIES,
    **WELFARE,
}
HARVEST: dict[str, Any] = {
    "type": "TransformationEvent",
    "action": None,
    "epcList": None,
    "inputQuantityList": SEEDS,
    "outputQuantityList": [{"epcClass": f"{GTIN}/10/H1", "quantity": 800.5, "uom": "KGM"}],
    "bizStep": "urn:gdst:bizStep:farmHarvest",
    "ilmd": {
        "gdst:aquacultureMethod": "pond",
        "cbvmda:productionMethodForFishAndSeafoodCode": "AQUACULTURE",
    },
    **PARTIES,
    **WELFARE,
}
CERTIFICATE = {
    "gdst:certificationType": "urn:gdst:certType:harvestCoC",
    "certificationAgency": "a",
    "certificationStandard": "s",
    "certificationIdentification": "1",
}


def _asked(changes: dict[str, Any]) -> list[tuple[str, str]]:
    document = read(in_bytes(event(**changes), **{"@context": NAMESPACES}))
    assert faults(document) == []
    return [(fault.place.removeprefix(AT), fault.message) for fault in gdst.faults(document)]


@pytest.mark.parametrize("changes", [HATCHING, HARVEST, {"bizStep": "shipping", **PARTIES}])
def test_an_event_that_says_everything_is_good(changes: dict[str, Any]) -> None:
    assert _asked(changes) == []


def test_an_event_of_which_gdst_does_not_speak_is_passed_over() -> None:
    assert _asked({"bizStep": "inspecting"}) == []


@pytest.mark.parametrize(
    ("good", "without", "place"),
    [
        (HATCHING, "gdst:productOwner", ""),
        (HATCHING, "cbvmda:informationProvider", ""),
        (HATCHING, "gdst:humanWelfarePolicy", ""),
        (HARVEST, "gdst:humanWelfarePolicy", ""),
        (HATCHING, "gdst:broodstockSource", "/ilmd"),
        (HATCHING, "cbvmda:lotNumber", "/ilmd"),
        (HARVEST, "gdst:aquacultureMethod", "/ilmd"),
        (HARVEST, "cbvmda:productionMethodForFishAndSeafoodCode", "/ilmd"),
    ],
)
def test_a_missing_element_is_named_at_its_place(good: dict[str, Any], without: str, place: str) -> None:
    ilmd = {name: value for name, value in good["ilmd"].items() if name != without}
    assert _asked({**good, without: None, "ilmd": ilmd}) == [(place, f"GDST asks for {without}")]


def test_a_lot_that_its_identifier_names_need_not_be_told_again() -> None:
    assert "cbvmda:lotNumber" not in HARVEST["ilmd"]
    unnamed = [{"epcClass": "https://example.com/cucumbers", "quantity": 1}]
    assert _asked({**HARVEST, "outputQuantityList": unnamed}) == [("/ilmd", "GDST asks for cbvmda:lotNumber")]


def test_only_feed_is_commissioned_by_class() -> None:
    feed = {
        "bizStep": "commissioning",
        "action": "ADD",
        "ilmd": {"cbvmda:lotNumber": "F1"},
        **PARTIES,
        **WELFARE,
    }
    assert _asked(feed) == []
    assert _asked({**feed, "epcList": None, "quantityList": SEEDS}) == [
        ("/ilmd", "GDST asks for gdst:proteinSource")
    ]


@pytest.mark.parametrize(
    ("certificates", "faulty"),
    [
        ([CERTIFICATE], []),
        ([{"gdst:certificationType": "urn:gdst:certType:harvestCoC"}], []),
        ([CERTIFICATE, {**CERTIFICATE, "gdst:certificationType": "x"}], ["/1/gdst:certificationType"]),
        ([{name: text for name, text in CERTIFICATE.items() if name != "certificationAgency"}], ["/0"]),
    ],
)
def test_certificates_are_told_whole(certificates: list[dict[str, str]], faulty: list[str]) -> None:
    asked = _asked({**HATCHING, "cbvmda:certificationList": {"certification": certificates}})
    assert [place for place, _ in asked] == [
        f"/cbvmda:certificationList/certification{place}" for place in faulty
    ]


def test_the_documents_of_the_trade_are_judged_as_they_are_meant_to_be(shared_data: Path) -> None:
    folder = shared_data / "gdst/CSharp/OpenTraceability.Tests/Data"
    asked = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".jsonld", ".xml"):
            document = read(path.read_bytes())
            if gdst.claims(document) and not faults(document):
                asked[path.name] = [fault.place for fault in gdst.faults(document)]
    good = {"EPCISQueryDocument.GDST.jsonld", "gdst_extensions_02.xml", "querydoc_example01.xml"}
    # This one has fishing events that say nothing about the vessel and the catch.
    incomplete = {"epcisdocument-example01.jsonld"}
    assert {name for name, places in asked.items() if not places} == good
    invalid = {name for name in asked if "invalid" in name or "missing" in name}
    assert len(invalid) == 9
    assert asked.keys() == good | incomplete | invalid
