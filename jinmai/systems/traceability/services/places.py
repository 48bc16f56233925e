"""Keeping which places lie in which, from the master data in the header of a captured document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinmai.core.access.api import Organisation
from jinmai.standards.epcis import Document
from jinmai.standards.gs1 import canonical
from jinmai.systems.traceability.models import PlaceWithin

_LONGEST = 500


def record_places(document: Document, party: Organisation | None) -> None:
    """Store the children that master data names for locations; what is known already stays.

    Part of a capture's transaction, whose entry it shares; that entry's root covers events, not places.
    """
    pairs = {
        (canonical(within), canonical(place))
        for within, place in _children(document)
        if len(within) <= _LONGEST and len(place) <= _LONGEST and within != place
    }
    for within, place in sorted(pairs):
        PlaceWithin.objects.get_or_create(owner=party, within=within, place=place)


def _children(document: Document) -> Iterator[tuple[str, str]]:
    master = (document.header or {}).get("epcisMasterData")
    inside = master.get("vocabularyList") if isinstance(master, dict) else None
    for vocabulary in _objects(document.vocabulary or inside):
        for element in _objects(vocabulary.get("vocabularyElementList")):
            children = element.get("children")
            for child in children if isinstance(children, list) else ():
                if isinstance(element.get("id"), str) and isinstance(child, str):
                    yield element["id"], child


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    return (one for one in (value if isinstance(value, list) else []) if isinstance(one, dict))
