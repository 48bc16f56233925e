"""Counts expected, received, late and lost values per tag and local day; everything is read from the lake.

No counter is kept along the way, so nothing drifts: after a crash, a resend or a late delivery the next run
counts the days concerned anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time

from django.db import transaction
from django.utils import timezone

from jinmai.lake import Lake, Slice, UnknownTableError
from jinmai.systems.industry.choices import Clock
from jinmai.systems.industry.models import CountedUntil, Device, ProductType, Property, TagCount

# A value that takes longer than this from being measured to being stored is late.
LATE_SECONDS = 60.0
ROWS_A_TRANSACTION = 500
# A topic that sends more than its share waits: its rows are stored after others that came in later. The days
# of everything that came in so long before the last count are looked for once more.
LONGEST_WAIT = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Span:
    """The part of one local day in which the values of some devices are counted."""

    day: date
    start: datetime
    end: datetime
    live: bool


def count_table(*, lake: Lake, product_type: ProductType, now: datetime | None = None) -> int:
    """Count today and the days that rows arrived for since the last run; gives how many were written."""
    now = now or timezone.now()
    table = product_type.table
    try:
        lake.table(table)
    except UnknownTableError:
        return 0
    before = CountedUntil.objects.filter(table=table).values_list("received", flat=True).first()
    newest = lake.query(f"SELECT max(received) FROM {table}", [table]).item()  # noqa: S608 - a checked name
    if newest is None:
        return 0
    devices = list(product_type.devices.select_related("plant"))
    _note_live(lake, table, devices)
    spans = _spans(
        lake, table, devices, _touched(lake, table, before - LONGEST_WAIT if before else None), now
    )
    properties = list(product_type.properties.all())
    rows = [
        row for span, members in spans.items() for row in _count(lake, table, span, members, properties, now)
    ]
    for first in range(0, len(rows), ROWS_A_TRANSACTION):
        _write(rows[first : first + ROWS_A_TRANSACTION])
    CountedUntil.objects.update_or_create(table=table, defaults={"received": newest})
    return len(rows)


def lateness(sampling_seconds: float) -> timedelta:
    """How long after its time a value of this sampling interval may arrive and not be late."""
    return timedelta(seconds=max(LATE_SECONDS, 2 * sampling_seconds))


def _touched(lake: Lake, table: str, since: datetime | None) -> dict[int, set[date]]:
    """Local days of each device for which rows arrived since a moment (None: ever)."""
    found: dict[int, set[date]] = {}
    condition = "WHERE received >= $since" if since else ""
    rows = lake.query(
        f"SELECT DISTINCT device, (epoch_us(time) + $shift) // 86400000000 AS day FROM {table} {condition}",  # noqa: S608 - a checked name
        [table],
        {"shift": _shift(), **({"since": since} if since else {})},
    )
    for device, day in rows.iter_rows():
        found.setdefault(device, set()).add(date(1970, 1, 1) + day * DAY)
    return found


def _shift() -> int:
    """Microseconds by which the city's clock is ahead of UTC; China has one zone and no summer time."""
    offset = timezone.localtime(datetime(2020, 1, 1, tzinfo=UTC)).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)


def _note_live(lake: Lake, table: str, devices: Iterable[Device]) -> None:
    """Remember the first value of each live device that arrived when it was measured."""
    for device in devices:
        if device.live_since is None and device.plant.clock == Clock.LIVE:
            first = lake.query(
                f"SELECT min(time) FROM {table} WHERE received - time <= $late",  # noqa: S608 - a checked name
                [Slice(table, devices=[device.pk])],
                {"late": timedelta(seconds=LATE_SECONDS)},
            ).item()
            if first is not None:
                device.live_since = first
                Device.objects.filter(pk=device.pk).update(live_since=first)


def _spans(
    lake: Lake, table: str, devices: Iterable[Device], touched: dict[int, set[date]], now: datetime
) -> dict[_Span, list[int]]:
    """What is to be counted, each span with its devices."""
    spans: dict[_Span, list[int]] = {}
    today = timezone.localdate(now)
    for device in devices:
        days = touched.get(device.pk, set())
        live = device.plant.clock == Clock.LIVE
        if live and (device.live_since is None or not device.enabled):
            continue
        begin, end = device.live_since, now
        if live:
            days = days | {today - DAY, today}
        elif days:
            begin, end = _period(lake, table, device.pk)
        for day in days:
            midnight = timezone.make_aware(datetime.combine(day, clock_time()))
            start, stop = max(midnight, begin or midnight), min(midnight + DAY, end)
            if start < stop:
                spans.setdefault(_Span(day, start, stop, live), []).append(device.pk)
    return spans


def _period(lake: Lake, table: str, device: int) -> tuple[datetime, datetime]:
    """From the first reading of a past period to just behind its last."""
    first, last = lake.query(
        f"SELECT min(time), max(time) FROM {table}",  # noqa: S608 - a checked name
        [Slice(table, devices=[device])],
    ).row(0)
    return first, last + timedelta(microseconds=1)


def _count(  # noqa: PLR0913, PLR0917 - where, when, what
    lake: Lake,
    table: str,
    span: _Span,
    devices: Sequence[int],
    properties: Sequence[Property],
    now: datetime,
) -> list[TagCount]:
    """The counts of one span. Values that may still arrive in time are not expected yet."""
    fields: list[str] = []
    parameters: dict[str, datetime | timedelta] = {}
    ends: dict[str, datetime] = {}
    for one in properties:
        allowed = lateness(one.sampling_seconds)
        ends[one.key] = min(span.end, now - allowed) if span.live else span.end
        parameters |= {f"end_{one.key}": ends[one.key], f"late_{one.key}": allowed}
        inside = f"time < $end_{one.key}"
        fields += [
            f"count({one.key}) FILTER (WHERE {inside})",
            f"count({one.key}) FILTER (WHERE {inside} AND received - time > $late_{one.key})",
        ]
    found = lake.query(
        f"SELECT device, {', '.join(fields)} FROM {table} GROUP BY device",  # noqa: S608 - checked names
        [Slice(table, span.start, span.end, devices)],
        parameters,
    )
    counts: Mapping[int, tuple[int, ...]] = {row[0]: row[1:] for row in found.iter_rows()}
    rows = []
    for device in devices:
        own = counts.get(device, (0,) * (2 * len(properties)))
        for one, received, late in zip(properties, own[::2], own[1::2], strict=True):
            expected = _expected(span.start, ends[one.key], one.sampling_seconds)
            if expected or received:
                rows.append(
                    TagCount(
                        device_id=device,
                        property=one,
                        day=span.day,
                        expected=expected,
                        received=received,
                        late=late if span.live else 0,
                        lost=max(0, expected - received),
                    )
                )
    return rows


def _expected(start: datetime, end: datetime, sampling_seconds: float) -> int:
    """How many times the sampling interval begins from ``start`` (a value stands there) to before ``end``."""
    seconds = (end - start).total_seconds()
    return math.ceil(seconds / sampling_seconds) if seconds > 0 else 0


@transaction.atomic
def _write(rows: Sequence[TagCount]) -> None:
    TagCount.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["device", "property", "day"],
        update_fields=["expected", "received", "late", "lost"],
    )
