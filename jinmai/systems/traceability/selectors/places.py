"""Which places lie in which, as captured master data says."""

from __future__ import annotations

from django.db.models import Q

from jinmai.core.access.api import Organisation
from jinmai.systems.traceability.models import PlaceWithin


def places_below(party: Organisation | None) -> dict[str, frozenset[str]]:
    """For each place those directly in it: what this party said, and what the city said."""
    found: dict[str, set[str]] = {}
    said = PlaceWithin.objects.filter(Q(owner=None) | Q(owner=party))
    for within, place in said.values_list("within", "place"):
        found.setdefault(within, set()).add(place)
    return {within: frozenset(places) for within, places in found.items()}
