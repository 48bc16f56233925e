"""Writing the rows of a capture. Many small rows: past the models, which would cost more than the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final

import orjson
from django.db import connection
from django.db.models import Max

from jinmai.systems.traceability.models import (
    CaptureJob,
    Event,
    EventContext,
    EventMention,
    EventReader,
    Site,
)
from jinmai.systems.traceability.services.event_rows import EventRow

_BATCH: Final = 2_000
# Far below what SQLite and PostgreSQL allow; longer statements are no faster.
_VALUES_AT_ONCE: Final = 1_500
# How the canonical URIs of locations and of parties begin; a GLN follows.
_PLACES: Final = ("https://id.gs1.org/414/", "https://id.gs1.org/417/")
# How sites without a GLN are named in events of this house; the site's key follows.
_OWN_PLACE: Final = "urn:jinmai:site:"
_OWN: Final = ("id", "event_id", "hash", "job_id", "owner_id", "context_id", "record_time", "body")
_COLUMNS: Final = (
    "type",
    "action",
    "event_time",
    "biz_step",
    "disposition",
    "read_point",
    "biz_location",
    "declares_error",
)


def store_rows(rows: Sequence[EventRow], job: CaptureJob, at: datetime) -> None:
    """Write the events of a job, who may see them and what they mention, within the caller's transaction.

    The numbers of events rise with their place in ``rows``.
    """
    owners = _owners_of_places(rows)
    contexts = _contexts_of(rows)
    recorded = connection.ops.adapt_datetimefield_value(at)
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        numbered = list(zip(_new_numbers(len(batch)), batch, strict=True))
        _insert(
            Event,
            (*_OWN, *_COLUMNS),
            (_values(number, row, job, contexts[id(row.context)], recorded) for number, row in numbered),
        )
        _insert(
            EventReader,
            ("event_id", "organisation_id"),
            ((number, reader) for number, row in numbered for reader in _readers_of(row, job, owners)),
        )
        _insert(
            EventMention,
            ("name", "role", "event_id"),
            # In the order of the index: its pages are touched once each.
            sorted((name, role, number) for number, row in numbered for role, name in row.mentions),
        )


def _values(number: int, row: EventRow, job: CaptureJob, context: int, recorded: Any) -> tuple[Any, ...]:
    happened = connection.ops.adapt_datetimefield_value(row.columns["event_time"])
    columns = row.columns | {"event_time": happened}
    return (
        *(number, row.event_id, row.hash, job.pk, job.owner_id, context, recorded, row.body),
        *(columns[name] for name in _COLUMNS),
    )


def _new_numbers(count: int) -> Sequence[int]:
    """Numbers for so many new events, above all that there were."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [Event._meta.db_table, count],  # noqa: SLF001 - Django's documented interface
            )
            return [number for (number,) in cursor.fetchall()]
    # Only one connection writes at a time, and events are never deleted.
    newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return range(newest + 1, newest + 1 + count)


def _insert(model: Any, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    found = list(rows)
    if not found:
        return
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)  # noqa: SLF001 - Django's documented interface
    names = ", ".join(quote(name) for name in columns)
    one = f"({', '.join(['%s'] * len(columns))})"
    at_once = max(1, _VALUES_AT_ONCE // len(columns))
    with connection.cursor() as cursor:
        # Many rows a statement: half the time of one each.
        for start in range(0, len(found), at_once):
            some = found[start : start + at_once]
            places = ", ".join([one] * len(some))
            values = list(chain.from_iterable(some))
            cursor.execute(f"INSERT INTO {table} ({names}) VALUES {places}", values)  # noqa: S608 - own names


def _contexts_of(rows: Sequence[EventRow]) -> dict[int, int]:
    """The stored contexts by the identity of the rows' lists: events of a document mostly share theirs."""
    known: dict[bytes, int] = {}
    found: dict[int, int] = {}
    for row in rows:
        if id(row.context) in found:
            continue
        digest = hashlib.sha256(orjson.dumps(row.context, option=orjson.OPT_SORT_KEYS)).digest()
        if digest not in known:
            kept, _ = EventContext.objects.get_or_create(digest=digest, defaults={"context": row.context})
            known[digest] = kept.pk
        found[id(row.context)] = known[digest]
    return found


def _readers_of(row: EventRow, job: CaptureJob, owners: dict[str, int]) -> set[int]:
    """Who may see an event: who captured it, and whom its sources and destinations name."""
    named = {owners[uri] for uri in row.parties & owners.keys()}
    return named if job.owner_id is None else named | {job.owner_id}


def _owners_of_places(rows: Sequence[EventRow]) -> dict[str, int]:
    """The organisations that sources and destinations name, by the canonical URI of a party or location."""
    numbers = {uri: uri.split("/")[4] for row in rows for uri in row.parties if uri.startswith(_PLACES)}
    keys = {
        uri: uri.removeprefix(_OWN_PLACE) for row in rows for uri in row.parties if uri.startswith(_OWN_PLACE)
    }
    owners = _owners("gln", set(numbers.values()) - {""}), _owners("key", set(keys.values()))
    return {
        uri: found[name]
        for names, found in zip((numbers, keys), owners, strict=True)
        for uri, name in names.items()
        if name in found
    }


def _owners(field: str, sought: set[str]) -> dict[str, int]:
    """The owners of sites by their GLN, or by their key where they have none."""
    ordered, found = sorted(sought), dict[str, int]()
    for start in range(0, len(ordered), _BATCH):
        sites = Site.objects.filter(**{f"{field}__in": ordered[start : start + _BATCH]})
        found.update(sites.values_list(field, "owner_id"))
    return found
