"""The same event captured by several firms: each holds its own, and who may see several is given one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from jinmai.systems.traceability.models import Event


def once(some: Sequence[Event], rows: QuerySet[Event]) -> Iterator[Event]:
    """Those of ``some`` that ``rows`` hold for the first time: of the same event the earliest captured.

    Same is what has the same id and hash: whoever states other things under the id of another hides nothing.
    Declarations of error have the hash of the event that they correct, so they must be the same to the byte.
    """
    first = _first_of_shared(some, rows)
    for row in some:
        if first.get(_sameness(row), row.pk) >= row.pk:
            yield row


def _first_of_shared(some: Sequence[Event], rows: QuerySet[Event]) -> dict[tuple[str, bytes, bytes], int]:
    """The lowest number among ``rows`` of each event that several firms hold; mostly there is none."""
    ids = [row.event_id for row in some]
    held = Event.objects.filter(event_id__in=ids).order_by("-pk").values_list("event_id", "pk")
    numbers: dict[str, list[int]] = {}
    for event_id, number in held:
        numbers.setdefault(event_id, []).append(number)
    shared = [number for several in numbers.values() if len(several) > 1 for number in several]
    if not shared:
        return {}
    # Only now the question who may see them, which costs more.
    return {_sameness(row): row.pk for row in rows.filter(pk__in=shared).order_by("-pk")}


def _sameness(row: Event) -> tuple[str, bytes, bytes]:
    return row.event_id, bytes(row.hash), bytes(row.body) if row.declares_error else b""
