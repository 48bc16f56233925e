"""A good document with anything at all put anywhere: it is refused with places, or it can be written."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from jinmai.standards.epcis import CannotCarry, Document, Refused, faults, gdst, read, write
from jinmai.standards.epcis.tests.documents import document, event
from jinmai.standards.epcis.tests.generated import events
from jinmai.standards.epcis.tests.test_round_trips import FORMS, NAMESPACES

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        ["", " ", "urn:epc:id:", "https://id.gs1.org/01/1", "\x00", "a:b", "::", "ObjectEvent"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "type", "@value", "example:x", "", "@context"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)
AROUND: dict[str, Any] = {
    "@context": NAMESPACES,
    "id": "_:document1",
    "sender": "urn:epc:id:sgln:0353579.00001.0",
    "example:member": {"example:x": [1, 2]},
    "epcisHeader": {
        "epcisMasterData": {
            "vocabularyList": [
                {
                    "type": "urn:epcglobal:epcis:vtype:ReadPoint",
                    "vocabularyElementList": [
                        {
                            "id": "urn:epc:id:sgln:0037000.00729.0",
                            "attributes": [{"id": "https://example.com/a", "attribute": "1"}],
                            "children": ["urn:epc:id:sgln:0037000.00729.8201"],
                        }
                    ],
                }
            ]
        }
    },
}


def places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every container with every key in it."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        found.append((value, key))
        places(value[key], found)
    return found


def _judged(data: bytes) -> Iterator[tuple[Document, bytes]]:
    """What each form makes of a document, where it is good."""
    try:
        read_one = read(data)
    except Refused:
        return
    if faults(read_one):
        return
    gdst.faults(read_one)
    for form in FORMS:
        try:
            yield read_one, write(read_one, form, epc_format="Always_GS1_Digital_Link")
        except CannotCarry:
            continue


@pytest.mark.slow
@settings(max_examples=40)
@given(one=events(), anything=ANYTHING, dice=st.randoms(use_true_random=False))
def test_any_value_anywhere_in_json_is_refused_or_written(
    one: dict[str, Any], anything: Any, dice: random.Random
) -> None:
    whole = orjson.loads(orjson.dumps(document(one, **AROUND)))
    holder, key = dice.choice(places(whole, []))
    if isinstance(holder, dict) and dice.random() < 0.2:
        holder[dice.choice(["other:new", "new", "ilmd", "epcList", "@context", "id"])] = anything
    else:
        holder[key] = anything
    for before, written in _judged(orjson.dumps(whole)):
        after = read(written)
        assert (len(after.events), faults(after)) == (len(before.events), [])


@pytest.mark.slow
@settings(max_examples=40)
@given(one=events(), form=st.sampled_from(FORMS[1:]), dice=st.randoms(use_true_random=False))
def test_any_element_anywhere_in_xml_is_refused_or_written(
    one: dict[str, Any], form: Any, dice: random.Random
) -> None:
    around = {**AROUND, "epcisHeader": AROUND["epcisHeader"]}
    root = etree.fromstring(write(read(orjson.dumps(document(one, event(), **around))), form))
    elements = list(root.iter())
    chosen, other = dice.choice(elements), dice.choice(elements)
    match dice.randrange(6):
        case 0:
            chosen.text = dice.choice(["", "x", "1", " "])
        case 1:
            chosen.tag = dice.choice(
                ["epc", "extension", "ilmd", "{https://ns.example.com/epcis/}x", "action"]
            )
        case 2 if chosen is not root:
            parent = chosen.getparent()
            assert parent is not None
            parent.remove(chosen)
        case 3 if chosen not in list(other.iterancestors()) and chosen is not other:
            other.append(chosen)
        case 4:
            chosen.attrib.clear()
        case _:
            chosen.set(dice.choice(["id", "type", "value", "{urn:x}y"]), dice.choice(["", "x", "1"]))
    for before, written in _judged(etree.tostring(root)):
        after = read(written)
        assert (len(after.events), faults(after)) == (len(before.events), [])
