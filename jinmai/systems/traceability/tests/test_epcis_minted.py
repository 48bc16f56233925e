"""Single animals that this house minted are found by queries, though no index names each of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jinmai.systems.traceability.models import LogisticUnit
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.selectors.trace import serial_letters
from jinmai.systems.traceability.services.packing import pack_boxes
from jinmai.systems.traceability.tests.chain import BEGAN, Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.epcis_client import Caller, event

pytestmark = pytest.mark.django_db


class Minted:
    """Six animals of a chain in two boxes, and a caller of their firm."""

    def __init__(self) -> None:
        self.chain: Chain = make_chain()
        batch = mint_batch(self.chain, 6)
        packed_at = BEGAN + timedelta(days=33)
        self.boxes: list[LogisticUnit] = pack_boxes(
            batch=batch, boxes=2, count=3, at=packed_at, by=self.chain.by
        )
        gtin = self.chain.processed.product.gtin
        head = f"https://id.gs1.org/01/{gtin}/21/"
        self.epcs = [head + serial_letters(one) for one in item_store().serials(batch.request) or []]
        self.caller = Caller(self.chain.owner)

    def steps(self, **query: Any) -> list[tuple[str, str]]:
        """Type and step of the events that answer, the oldest capture first."""
        asked = {"orderBy": "recordTime", "orderDirection": "ASC", **query}
        return [(one["type"], one["bizStep"]) for one in self.caller.events(**asked)]


COMMISSIONED = ("ObjectEvent", "commissioning")
PACKED = ("AggregationEvent", "packing")


@pytest.fixture
def minted() -> Minted:
    return Minted()


@pytest.mark.parametrize(
    ("parameter", "found"),
    [
        ("MATCH_epc", [COMMISSIONED, PACKED]),
        ("MATCH_anyEPC", [COMMISSIONED, PACKED]),
        ("MATCH_inputEPC", []),
        ("MATCH_outputEPC", []),
        ("MATCH_parentID", []),
        ("MATCH_epcClass", []),
    ],
)
def test_an_animal_of_our_own_is_found_in_the_events_of_its_box(
    minted: Minted, parameter: str, found: list[tuple[str, str]]
) -> None:
    assert minted.steps(**{parameter: minted.epcs[4]}) == found
    for one in minted.caller.events(**{parameter: minted.epcs[4]}):
        assert minted.epcs[4] in [*one.get("epcList", []), *one.get("childEPCs", [])]


def test_animals_of_several_boxes_and_strangers_are_found_at_once(minted: Minted) -> None:
    foreign = "https://id.gs1.org/01/09521141012345/21/2017"
    assert minted.caller.capture(event(epcList=[foreign, minted.epcs[0]])).status_code == 202
    asked = "|".join([minted.epcs[0], minted.epcs[5], foreign, foreign + "x"])
    shipped = ("ObjectEvent", "shipping")
    assert minted.steps(MATCH_epc=asked) == [COMMISSIONED, PACKED, COMMISSIONED, PACKED, shipped]
    assert minted.steps(MATCH_epc=minted.epcs[0], EQ_bizStep="packing") == [PACKED]


def test_an_animal_that_lies_in_no_box_is_named_by_no_event(minted: Minted) -> None:
    batch = mint_batch(minted.chain, 1)
    (serial,) = item_store().serials(batch.request) or []
    epc = minted.epcs[0].rpartition("/")[0] + "/" + serial_letters(serial)
    assert minted.steps(MATCH_epc=epc) == []
    assert minted.caller.get(f"epcs/{epc}").status_code == 404


def test_who_may_not_see_the_box_does_not_find_the_animal(minted: Minted) -> None:
    stranger = Caller()
    assert stranger.events(MATCH_epc=minted.epcs[0]) == []
    assert stranger.get(f"epcs/{minted.epcs[0]}").status_code == 404


def test_an_animal_of_our_own_is_a_resource_with_its_events(minted: Minted) -> None:
    assert minted.caller.get(f"epcs/{minted.epcs[0]}").status_code == 200
    found = minted.caller.events(f"epcs/{minted.epcs[0]}/events")
    assert {(one["type"], one["bizStep"]) for one in found} == {COMMISSIONED, PACKED}


def test_the_list_of_objects_has_each_animal_once(minted: Minted) -> None:
    assert minted.caller.capture(event(epcList=[minted.epcs[1]])).status_code == 202
    listed: list[str] = []
    answer = minted.caller.get("epcs", {"perPage": 2})
    while True:
        listed += answer.json()["member"]
        if "Link" not in answer:
            break
        address = answer["Link"].removeprefix("<").partition(">")[0].partition("/epcis/")[2]
        answer = minted.caller.get(address)
    assert sorted(one for one in listed if "/21/" in one) == sorted(minted.epcs)
    assert [one for one in listed if "/00/" in one] == [box.epc for box in minted.boxes]


def test_a_named_query_tells_of_an_animal_of_our_own(minted: Minted) -> None:
    body = {"name": "mine", "query": {"MATCH_epc": [minted.epcs[3]]}}
    assert minted.caller.call("POST", "queries", body).status_code == 201
    assert len(minted.caller.events("queries/mine/events")) == 2
