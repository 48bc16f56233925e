"""Identifiers as EPC URNs or as GS1 Digital Links: one event in the spelling that its reader asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, Literal

from jinmai.standards.epcis.document import Document, Event
from jinmai.standards.gs1 import PREFIXES, Gs1Error, to_digital_link, to_urn
from jinmai.standards.gs1.canonical import DOMAIN

EpcFormat = Literal["No_Preference", "Always_GS1_Digital_Link", "Always_EPC_URN", "Never_Translates"]
Spell = Callable[[str], str]

_LISTS: Final = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES: Final = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_MEMBERS: Final = (
    *((name, "epcClass") for name in _QUANTITIES),
    ("bizTransactionList", "bizTransaction"),
    ("sourceList", "source"),
    ("destinationList", "destination"),
)


@lru_cache(maxsize=4096)
def _link_or_same(identifier: str) -> str:
    """The Digital Link of a URN; any other identifier, and a URN that is none of GS1's keys, as it is."""
    if not identifier.startswith("urn:epc:"):
        return identifier
    try:
        return to_digital_link(identifier)
    except Gs1Error:
        return identifier


def _urn_or_same(identifier: str, prefixes: Mapping[str, int]) -> str:
    """The URN of a Digital Link that says no more than a URN can; any other identifier as it is.

    A lot beside a serial, attributes after a question mark: a URN would lose them.
    """
    if not identifier.startswith("http"):
        return identifier
    try:
        path = to_digital_link(identifier).removeprefix(DOMAIN)
        return to_urn(identifier, prefixes=prefixes) if identifier.endswith(path) else identifier
    except Gs1Error:
        return identifier


def _speller(epc_format: EpcFormat, prefixes: Mapping[str, int]) -> Spell | None:
    if epc_format == "Always_GS1_Digital_Link":
        return _link_or_same
    if epc_format != "Always_EPC_URN":
        return None
    # Places, parties and classes come again in every event of a document.
    known: dict[str, str] = {}

    def spell(identifier: str) -> str:
        if identifier not in known:
            known[identifier] = _urn_or_same(identifier, prefixes)
        return known[identifier]

    return spell


def translated(document: Document, epc_format: EpcFormat, prefixes: Mapping[str, int] = PREFIXES) -> Document:
    """The document with its identifiers in this spelling; those that have none stay as they are.

    ``prefixes`` tell how long company prefixes are, which a URN shows and a Digital Link does not.
    """
    spell = _speller(epc_format, prefixes)
    if spell is None:
        return document
    return replace(document, events=[_translated(event, spell) for event in document.events])


def _translated(event: Event, spell: Spell) -> Event:
    changed: Event = {}
    for name in _LISTS:
        if name in event:
            changed[name] = [spell(epc) for epc in event[name]]
    for name, member in _MEMBERS:
        if name in event:
            changed[name] = [{**entry, member: spell(entry[member])} for entry in event[name]]
    if "parentID" in event:
        changed["parentID"] = spell(event["parentID"])
    for name in ("readPoint", "bizLocation"):
        if name in event:
            changed[name] = {**event[name], "id": spell(event[name]["id"])}
    if "sensorElementList" in event:
        changed["sensorElementList"] = [_sensor(element, spell) for element in event["sensorElementList"]]
    return event | changed


def _sensor(element: dict[str, Any], spell: Spell) -> dict[str, Any]:
    changed = {**element, "sensorReport": [_device(report, spell) for report in element["sensorReport"]]}
    if "sensorMetadata" in element:
        changed["sensorMetadata"] = _device(element["sensorMetadata"], spell)
    return changed


def _device(about: dict[str, Any], spell: Spell) -> dict[str, Any]:
    return {**about, "deviceID": spell(about["deviceID"])} if "deviceID" in about else about
