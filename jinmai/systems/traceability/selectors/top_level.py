"""What the visible events speak of: their types, objects, steps, places and dispositions."""

from __future__ import annotations

from typing import Final

from django.db.models import Min, QuerySet

from jinmai.standards.gs1 import canonical
from jinmai.systems.traceability.choices import MentionRole
from jinmai.systems.traceability.models import Event, EventMention
from jinmai.systems.traceability.models.event_storage import name_hash, read_body
from jinmai.systems.traceability.selectors.event_candidates import events_of_own_animals

MOST_EVENTS: Final = 1_000
MOST_NAMES: Final = 20_000
_AT_ONCE: Final = 500
# Each role that names a single object, and the member of the event where it stands.
_OBJECTS: Final = (
    MentionRole.EPC,
    MentionRole.CHILD,
    MentionRole.PARENT,
    MentionRole.INPUT,
    MentionRole.OUTPUT,
)


def values_of(rows: QuerySet[Event], column: str, after: str, size: int) -> list[str]:
    """The distinct values of a column above ``after``, at most ``size``, in their order.

    A handful of values stands in millions of events: from each the index leads to the next, past all that
    have it too.
    """
    found: list[str] = []
    while len(found) < size:
        beyond = rows.filter(**{f"{column}__gt": found[-1] if found else after}).order_by(column)
        some = list(beyond.values_list(column, flat=True)[:_AT_ONCE])
        if not some:
            break
        found += dict.fromkeys(some)
    return found[:size]


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

    A page begins in the event numbered ``event`` after ``skip`` of its names, and looks at ``MOST_EVENTS``
    events and about ``MOST_NAMES`` names at most: where they name what was named before, it is short or
    empty, and there is a next one. Names are canonical.
    """
    found: list[str] = []
    looked = 0
    for count, row in enumerate(rows.filter(pk__gte=event).order_by("pk").iterator(chunk_size=50)):
        if count == MOST_EVENTS or looked >= MOST_NAMES:
            return found, (row.pk, 0)
        names = _objects_of(row)
        for start in range(skip if row.pk == event else 0, len(names), _AT_ONCE):
            if looked >= MOST_NAMES:
                return found, (row.pk, start)
            some = names[start : start + _AT_ONCE]
            looked += len(some)
            for at in _named_first(rows, row, some):
                if len(found) == size:
                    return found, (row.pk, start + at)
                found.append(some[at])
    return found, None


def _named_first(rows: QuerySet[Event], row: Event, names: list[str]) -> list[int]:
    """Which of an event's names no earlier visible event has, by their places in ``names``."""
    hashes = [name_hash(name) for name in names]
    named = EventMention.objects.filter(name__in=hashes, role__in=_OBJECTS, event__in=rows)
    firsts = dict(named.values_list("name").annotate(first=Min("event_id")).order_by())
    # No index names the animals of our own boxes: they come first where they got their code.
    unnamed = row.pk if row.biz_step == "commissioning" else None
    return [at for at, hashed in enumerate(hashes) if firsts.get(hashed, unnamed) == row.pk]


def _objects_of(row: Event) -> list[str]:
    event = read_body(row.body, row.record_time)
    names: dict[str, None] = {}
    for role in _OBJECTS:
        value = event.get(str(role.label))
        for uri in value if isinstance(value, list) else [value]:
            if isinstance(uri, str):
                names[canonical(uri)] = None
    return list(names)
