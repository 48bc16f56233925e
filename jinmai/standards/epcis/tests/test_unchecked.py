"""Documents that nobody looked at: written, or refused with the element named, and nothing else ever."""

from __future__ import annotations

import random
from contextlib import suppress
from copy import deepcopy
from typing import Any, get_args

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from jinmai.standards.epcis import CannotCarry, Document, EpcFormat, Refused, Syntax, read, write
from jinmai.standards.epcis.tests.documents import document, event, in_bytes
from jinmai.standards.epcis.tests.generated import events
from jinmai.standards.epcis.tests.test_mutations import ANYTHING, AROUND, places
from jinmai.standards.epcis.tests.test_round_trips import FORMS
from jinmai.standards.event_hash import document_hashes

AT = "/epcisBody/eventList/0"
XML: tuple[Syntax, ...] = ("xml-2.0", "xml-1.2")
CLASS = "urn:epc:class:lgtin:4012345.011111.4444"


@pytest.mark.parametrize("form", XML)
@pytest.mark.parametrize(
    ("place", "element", "changes"),
    [
        ("/quantityList/0", "epcClass", {"quantityList": [{"quantity": 1}]}),
        ("/quantityList/0/quantity", "quantity", {"quantityList": [{"epcClass": CLASS, "quantity": "x"}]}),
        ("/quantityList/0/colour", "colour", {"quantityList": [{"epcClass": CLASS, "colour": "red"}]}),
        ("/readPoint", "id", {"readPoint": {}}),
        ("/readPoint", "readPoint", {"readPoint": "urn:epc:id:sgln:0614141.07346.1234"}),
        ("/bizTransactionList/0", "bizTransaction", {"bizTransactionList": [{"type": "po"}]}),
        ("/errorDeclaration", "declarationTime", {"errorDeclaration": {"reason": "did_not_occur"}}),
        ("/sensorElementList/0", "sensorReport", {"sensorElementList": [{}]}),
        ("/bizStep", "bizStep", {"bizStep": 7}),
        ("/epcList/0", "epcList", {"epcList": [None]}),
        ("/epcList", "epcList", {"epcList": "urn:epc:id:sgtin:0614141.107346.2018"}),
        ("/colour", "colour", {"colour": "red"}),
        ("/type", "type", {"type": "NoEvent"}),
        ("/type", "type", {"type": None}),
    ],
)
def test_what_is_missing_or_odd_is_named(
    form: Syntax, place: str, element: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(CannotCarry) as refused:
        write(read(in_bytes(event(**changes))), form)
    assert (refused.value.place, refused.value.element) == (AT + place, element)


@pytest.mark.parametrize("form", XML)
@pytest.mark.parametrize(
    ("place", "element", "changes"),
    [
        ("/epcisHeader/epcisMasterData/vocabularyList/0", "type", {"vocabularyList": [{}]}),
        (
            "/epcisHeader/epcisMasterData/vocabularyList/0/vocabularyElementList/0",
            "id",
            {"vocabularyList": [{"type": "urn:x:y", "vocabularyElementList": [{}]}]},
        ),
    ],
)
def test_master_data_that_lacks_something_is_named(
    form: Syntax, place: str, element: str, changes: dict[str, Any]
) -> None:
    whole = in_bytes(event(), epcisHeader={"epcisMasterData": changes})
    with pytest.raises(CannotCarry) as refused:
        write(read(whole), form)
    assert (refused.value.place, refused.value.element) == (place, element)


def test_what_is_no_event_has_no_hash_but_a_place() -> None:
    with pytest.raises(Refused, match="/epcisBody/eventList/1: an event is an object"):
        document_hashes(read(orjson.dumps(document(event(), 7))))  # type: ignore[arg-type]  # that is the point


def test_a_document_of_one_event_that_holds_none_is_refused() -> None:
    for form in FORMS:
        with pytest.raises(CannotCarry):
            write(Document(kind="event", syntax="json-2.0"), form)


@pytest.mark.slow
@settings(max_examples=300)
@given(
    one=events(),
    anything=ANYTHING,
    form=st.sampled_from(FORMS),
    epcs=st.sampled_from(get_args(EpcFormat)),
    dice=st.randoms(use_true_random=False),
)
def test_any_document_is_written_or_refused_by_its_own_error(
    one: dict[str, Any], anything: Any, form: Syntax, epcs: EpcFormat, dice: random.Random
) -> None:
    whole = orjson.loads(orjson.dumps(document(one, **AROUND)))
    count, written = 0, None
    if dice.random() < 0.3:
        whole = _as_query(whole)
    for _ in range(dice.randint(1, 3)):
        holder, key = dice.choice(places(whole, []))
        match dice.randrange(3):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[dice.choice(["other:new", "new", "ilmd", "epcList", "@context", "id"])] = deepcopy(
                    anything
                )
            case _:
                holder[key] = deepcopy(anything)
    with suppress(Refused, CannotCarry):
        before = read(orjson.dumps(whole))
        count, written = len(before.events), write(before, form, epc_format=epcs)
        document_hashes(before)
    if written is not None:
        assert len(read(written).events) == count


@pytest.mark.slow
@settings(max_examples=200)
@given(
    one=events(),
    form=st.sampled_from(XML),
    to=st.sampled_from(FORMS),
    epcs=st.sampled_from(get_args(EpcFormat)),
    dice=st.randoms(use_true_random=False),
)
def test_any_xml_is_written_anew_or_refused_by_its_own_error(
    one: dict[str, Any], form: Syntax, to: Syntax, epcs: EpcFormat, dice: random.Random
) -> None:
    root = etree.fromstring(write(read(orjson.dumps(document(one, event(), **AROUND))), form))
    for _ in range(dice.randint(1, 3)):
        chosen = dice.choice(list(root.iter()))
        parent = chosen.getparent()
        match dice.randrange(4):
            case 0:
                chosen.text = dice.choice(["", "x", "1"])
            case 1:
                chosen.tag = dice.choice(["epc", "extension", "ilmd", "{urn:x:}y"])
            case 2 if parent is not None:
                parent.remove(chosen)
            case _:
                chosen.attrib.clear()
    with suppress(Refused, CannotCarry):
        before = read(etree.tostring(root))
        document_hashes(before)
        write(before, to, epc_format=epcs)


def _as_query(whole: dict[str, Any]) -> dict[str, Any]:
    body = whole.pop("epcisBody")
    results = {"queryName": "q", "subscriptionID": "s", "resultsBody": body}
    return {**whole, "type": "EPCISQueryDocument", "epcisBody": {"queryResults": results}}
