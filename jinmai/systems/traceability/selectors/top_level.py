"""What the visible events speak of: their types, objects, steps, places and dispositions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from django.db.models import Min, QuerySet

from jinmai.standards.gs1 import canonical
from jinmai.systems.traceability.choices import MentionRole
from jinmai.systems.traceability.models import Event, EventMention
from jinmai.systems.traceability.models.event_storage import name_hash, read_body
from jinmai.systems.traceability.selectors.event_candidates import events_of_own_animals

# Each role that names a single object, and the member of the event where it stands.
_OBJECTS: Final = (
    MentionRole.EPC,
    MentionRole.CHILD,
    MentionRole.PARENT,
    MentionRole.INPUT,
    MentionRole.OUTPUT,
)


def values_of(rows: QuerySet[Event], column: str, after: str, size: int) -> list[str]:
    """The distinct values of a column above ``after``, at most ``size``, in their order."""
    found = rows.filter(**{f"{column}__gt": after}).order_by(column).values_list(column, flat=True)
    return list(found.distinct()[:size])


def has_value(rows: QuerySet[Event], column: str, value: str) -> bool:
    """Whether a visible event has this value."""
    return rows.filter(**{column: value}).exists()


def names_object(rows: QuerySet[Event], epc: str) -> bool:
    """Whether a visible event names a single object."""
    name = canonical(epc)
    found = EventMention.objects.filter(name=name_hash(name), role__in=_OBJECTS)
    if rows.filter(pk__in=found.values("event_id")).exists():
        return True
    return rows.filter(pk__in=events_of_own_animals([name])).exists()


def objects_after(
    rows: QuerySet[Event], event: int, skip: int, size: int
) -> tuple[list[str], tuple[int, int] | None]:
    """Objects that visible events name, each once, where it is named first; and where the next page begins.

    A page begins in the event numbered ``event`` after ``skip`` of its objects. Names are canonical.
    """
    places = _first_named(rows, event)
    given = list(islice((one for one in places if one[0] > event or one[1] >= skip), size + 1))
    more = given[size][:2] if len(given) > size else None
    return [name for _, _, name in given[:size]], more


def _first_named(rows: QuerySet[Event], begin: int) -> Iterator[tuple[int, int, str]]:
    for row in rows.filter(pk__gte=begin).order_by("pk").iterator(chunk_size=50):
        names = _objects_of(row)
        hashes = {name_hash(name): name for name in names}
        firsts = _first_events(rows, list(hashes))
        at = 0
        for hashed, name in hashes.items():
            first = firsts.get(hashed)
            # No index names the animals of our own boxes: they come first where they got their code.
            if first == row.pk or (first is None and row.biz_step == "commissioning"):
                yield row.pk, at, name
                at += 1


def _objects_of(row: Event) -> list[str]:
    event = read_body(row.body, row.record_time)
    names: dict[str, None] = {}
    for role in _OBJECTS:
        value = event.get(str(role.label))
        for uri in value if isinstance(value, list) else [value]:
            if isinstance(uri, str):
                names[canonical(uri)] = None
    return list(names)


def _first_events(rows: QuerySet[Event], hashes: list[int]) -> dict[int, int]:
    """For each name the first visible event that names it."""
    found: dict[int, int] = {}
    for start in range(0, len(hashes), 500):
        named = EventMention.objects.filter(
            name__in=hashes[start : start + 500], role__in=_OBJECTS, event__in=rows
        )
        found |= dict(named.values_list("name").annotate(first=Min("event_id")).order_by())
    return found
