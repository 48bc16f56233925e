"""A partner of the seafood trade walks a chain back by the queries of GDST's capability test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jinmai.standards import epcis
from jinmai.standards.epcis_query import read_query

CHAIN = "gdst/CSharp/OpenTraceability.Tests/Data/querydoc_example01.xml"
MADE_OF = {
    "inputEPCList": "MATCH_anyEPC",
    "inputQuantityList": "MATCH_anyEPCClass",
    "childEPCs": "MATCH_anyEPC",
    "childQuantityList": "MATCH_anyEPCClass",
}


@pytest.fixture(scope="module")
def events(shared_data: Path) -> list[epcis.Event]:
    return epcis.read((shared_data / CHAIN).read_bytes()).events


def _asked(events: list[epcis.Event], **parameters: Any) -> list[int]:
    query = read_query(parameters)
    return [at for at, event in enumerate(events) if query.matches(event)]


def _origins(events: list[epcis.Event], parameter: str, name: str) -> set[str]:
    """The steps of every event that is met on the way back from an object or a class."""
    seen, waiting, steps = set(), [(parameter, name)], set()
    while waiting:
        asked = waiting.pop()
        for at in _asked(events, **{asked[0]: [asked[1]]}):
            if at not in seen:
                seen.add(at)
                steps.add(events[at].get("bizStep", "").rpartition(":")[2])
                for member, how in MADE_OF.items():
                    named = events[at].get(member, ())
                    waiting += [(how, one["epcClass"] if isinstance(one, dict) else one) for one in named]
    return steps


def test_a_pallet_leads_back_to_the_vessel_and_to_the_hatchery(events: list[epcis.Event]) -> None:
    packed = next(event for event in events if event["type"] == "AggregationEvent")
    steps = _origins(events, "MATCH_anyEPC", packed["parentID"])
    assert steps >= {"packing", "shipping", "receiving", "commissioning"}
    assert steps & {"hatching", "farmHarvest", "fishingEvent"}


def test_every_filter_of_the_capability_test_finds_exactly_what_it_names(
    events: list[epcis.Event],
) -> None:
    def where(condition: Any) -> list[int]:
        return [at for at, event in enumerate(events) if condition(event)]

    when = events[len(events) // 2]["eventTime"]
    pallet = next(event["parentID"] for event in events if "parentID" in event)
    lot = next(event["quantityList"][0]["epcClass"] for event in events if event.get("quantityList"))
    assert _asked(events, EQ_bizStep=["shipping"]) == where(lambda event: event.get("bizStep") == "shipping")
    assert _asked(events, EQ_action=["ADD"]) == where(lambda event: event.get("action") == "ADD")
    assert _asked(events, MATCH_epc=[pallet]) == where(lambda event: pallet in event.get("epcList", ()))
    assert _asked(events, MATCH_anyEPC=[pallet]) == where(
        lambda event: pallet in event.get("epcList", ()) or event.get("parentID") == pallet
    )
    assert _asked(events, MATCH_epcClass=[lot]) == where(
        lambda event: lot in [one["epcClass"] for one in event.get("quantityList", ())]
    )
    before, after = _asked(events, LT_eventTime=when), _asked(events, GE_eventTime=when)
    assert sorted(before + after) == list(range(len(events)))
    assert after
