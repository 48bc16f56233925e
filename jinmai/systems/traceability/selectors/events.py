"""Reading events: who may see which, a page of those that answer a query, single ones by their id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, Q, QuerySet

from jinmai.core.access.api import Organisation, Principal, visible
from jinmai.standards.epcis.contexts import prefixes_of
from jinmai.standards.epcis_query import Query
from jinmai.systems.traceability.models import Event
from jinmai.systems.traceability.models.event_storage import read_body
from jinmai.systems.traceability.selectors.event_candidates import candidates
from jinmai.systems.traceability.selectors.same_events import once

MOST_SCANNED: Final = 20_000
MOST_COUNTED: Final = 100_000
_CHUNK: Final = 250
_COLUMN_OF: Final = {"eventTime": "event_time", "recordTime": "record_time"}


class TooLarge(Exception):  # noqa: N818 - what the answer is
    """More events answer than ``maxEventCount`` allows."""


class TooComplex(Exception):  # noqa: N818 - what the question is
    """The query would have to look at more events than one request may."""


@dataclass(frozen=True, slots=True)
class Found:
    """An event that answers, with the ``@context`` that it came with."""

    number: int
    event: dict[str, Any]
    context: list[Any]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ends, so that the next begins there whatever is captured meanwhile.

    ``watermark`` is the newest event when the first page was asked for; ``at`` and ``number`` are the last
    one given (or looked at), ``given`` how many were given so far.
    """

    watermark: int
    at: datetime | None = None
    number: int = 0
    given: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the events that answer. Without ``after`` there are no more."""

    found: list[Found]
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What is new for a subscriber, and the number up to which everything was looked at."""

    found: list[Found]
    reached: int


def events_for(principal: Principal) -> QuerySet[Event]:
    """The events that a person or a key may see."""
    return visible(principal, "traceability.view_event", Event.objects.all())


def events_of(organisation: Organisation | None) -> QuerySet[Event]:
    """The events that concern an organisation; None is the city, which all concern."""
    return Event.objects.all() if organisation is None else Event.objects.filter(readers=organisation)


def events_by_id(rows: QuerySet[Event], event_id: str) -> list[Found]:
    """The event of this id and, behind it, its declaration of error; none where it is not among the rows.

    More than one where several firms state different things under the same id.
    """
    found = rows.filter(event_id=event_id).select_related("context").order_by("declares_error", "pk")
    return [found_of(row) for row in once(list(found), rows)]


def newest(rows: QuerySet[Event]) -> int:
    """The number of the newest event, 0 where there is none."""
    return rows.aggregate(newest=Max("pk"))["newest"] or 0


def page_of(rows: QuerySet[Event], query: Query, size: int, after: Position | None = None) -> Page:
    """At most ``size`` events that answer, in the query's order.

    A query that few events answer may give a shorter page with more to come: one page looks at
    ``MOST_SCANNED`` events at most. Raises :class:`TooLarge` and :class:`TooComplex`.
    """
    place = after or Position(watermark=newest(Event.objects.all()))
    rows = candidates(rows.filter(pk__lte=place.watermark), query)
    if after is None and query.count_maximum is not None:
        _count(rows, query, query.count_maximum)
    if query.count_limit is not None:
        size = min(size, query.count_limit - place.given)
    if size <= 0:
        return Page([])
    if query.order.extension is not None:
        return _by_extension(rows, query, size, place)
    return _by_column(rows, query, size, place)


def _by_column(rows: QuerySet[Event], query: Query, size: int, place: Position) -> Page:
    column = _COLUMN_OF[query.order.by]
    found: list[Found] = []
    last: Event | None = None
    ordered = _from(rows, column, place, descending=query.order.descending)
    for looked, row in enumerate(ordered):
        if len(found) == size or looked == MOST_SCANNED:
            return _page(found, query, place, last, column)
        last = row
        one = found_of(row)
        if query.matches(one.event, prefixes_of(one.context)):
            found.append(one)
    return Page(found)


def _page(found: list[Found], query: Query, place: Position, last: Event | None, column: str) -> Page:
    given = place.given + len(found)
    if last is None or given == query.count_limit:
        return Page(found)
    return Page(found, Position(place.watermark, getattr(last, column), last.pk, given))


def _from(rows: QuerySet[Event], column: str, place: Position, *, descending: bool) -> Iterator[Event]:
    """Rows behind a place, read in chunks so that a page that is full stops reading."""
    than = "lt" if descending else "gt"
    sign = "-" if descending else ""
    ordered = rows.select_related("context").order_by(f"{sign}{column}", f"{sign}pk")
    at, number = place.at, place.number
    while True:
        chunk = ordered
        if at is not None:
            chunk = chunk.filter(Q(**{f"{column}__{than}": at}) | Q(**{column: at, f"pk__{than}": number}))
        read = list(chunk[:_CHUNK])
        yield from once(read, rows)
        if len(read) < _CHUNK:
            return
        at, number = getattr(read[-1], column), read[-1].pk


def _by_extension(rows: QuerySet[Event], query: Query, size: int, place: Position) -> Page:
    """Ordered by a field that no index knows: all that answer are sorted, so they must be few."""
    found = list(_matching(rows, query, MOST_SCANNED))
    found.sort(
        key=lambda one: (query.order.key(one.event, prefixes_of(one.context)), one.number),
        reverse=query.order.descending,
    )
    until = place.given + size
    more = until < len(found) and until != query.count_limit
    after = Position(place.watermark, None, 0, until) if more else None
    return Page(found[place.given : until], after)


def _count(rows: QuerySet[Event], query: Query, most: int) -> None:
    for count, _ in enumerate(_matching(rows, query, MOST_COUNTED), 1):
        if count > most:
            raise TooLarge


def _matching(rows: QuerySet[Event], query: Query, most: int) -> Iterator[Found]:
    for looked, row in enumerate(_from(rows, "record_time", Position(watermark=0), descending=True), 1):
        if looked > most:
            raise TooComplex
        one = found_of(row)
        if query.matches(one.event, prefixes_of(one.context)):
            yield one


def part_since(rows: QuerySet[Event], query: Query, cursor: int, until: int, size: int) -> Part:
    """Of the events numbered above ``cursor`` up to ``until`` those that answer, in their order.

    At most ``size`` answers, and so many events looked at: whoever is told calls again from where this ended.
    """
    told = candidates(rows.filter(pk__lte=until), query)
    found: list[Found] = []
    reached = cursor
    for _ in range(0, MOST_SCANNED, _CHUNK):
        chunk = list(told.filter(pk__gt=reached).select_related("context").order_by("pk")[:_CHUNK])
        for row in once(chunk, told):
            one = found_of(row)
            if query.matches(one.event, prefixes_of(one.context)):
                found.append(one)
                if len(found) == size:
                    return Part(found, row.pk)
        if len(chunk) < _CHUNK:
            return Part(found, max(until, cursor))
        reached = chunk[-1].pk
    return Part(found, reached)


def found_of(row: Event) -> Found:
    """An event as it answers."""
    return Found(row.pk, read_body(row.body, row.record_time), row.context.context)
