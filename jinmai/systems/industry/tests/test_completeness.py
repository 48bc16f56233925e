"""Expected, received, late and lost values, counted from the lake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from jinmai.lake import Key, Lake
from jinmai.systems.industry.ingest.known import read_known
from jinmai.systems.industry.models import Device, TagCount
from jinmai.systems.industry.services.completeness import count_table
from jinmai.systems.industry.tests.factories import make_device, make_plant

pytestmark = pytest.mark.django_db
TABLE = "telemetry_furnace"
# 12:00 in Jinzhou; the local day began at 16:00 UTC of the day before.
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake(tmp_path) as opened:
        yield opened


def _store(
    lake: Lake, device: Device, times: list[datetime], delay: timedelta = SECOND, number: int = 0
) -> None:
    for table in read_known().tables():
        lake.create(table)
    moment = pl.Datetime("us", "UTC")
    frame = pl.DataFrame(
        {
            "device": pl.Series([device.pk] * len(times), dtype=pl.Int32),
            "time": pl.Series(times, dtype=moment),
            "received": pl.Series([time + delay for time in times], dtype=moment),
            "boot": pl.Series([1] * len(times), dtype=pl.Int64),
            "sequence": pl.Series([number] * len(times), dtype=pl.Int64),
            "energy": pl.Series([100] * len(times), dtype=pl.Int64),
        }
    )
    lake.append_one(TABLE, frame, Key(f"{device.key}/1", number))


def _seconds(first: datetime, number: int) -> list[datetime]:
    return [first + index * SECOND for index in range(number)]


def _count(lake: Lake, device: Device, now: datetime) -> list[tuple[str, int, int, int, int]]:
    """(day, expected, received, late, lost) of the device's energy."""
    count_table(lake=lake, product_type=device.product_type, now=now)
    rows = TagCount.objects.filter(device=device, property__key="energy").order_by("day")
    return [(str(row.day), row.expected, row.received, row.late, row.lost) for row in rows]


def test_device_that_sends_every_second_misses_nothing(lake: Lake) -> None:
    device = make_device()
    _store(lake, device, _seconds(NOON, 300))
    assert _count(lake, device, NOON + 300 * SECOND) == [("2026-11-24", 240, 240, 0, 0)]


def test_values_of_the_last_minute_are_not_expected_yet(lake: Lake) -> None:
    device = make_device()
    _store(lake, device, _seconds(NOON, 10))
    assert _count(lake, device, NOON + 65 * SECOND) == [("2026-11-24", 5, 5, 0, 0)]


def test_gap_is_lost_until_it_comes_and_then_late(lake: Lake) -> None:
    device, now = make_device(), NOON + 160 * SECOND
    _store(lake, device, _seconds(NOON, 50), number=0)
    _store(lake, device, _seconds(NOON + 70 * SECOND, 90), number=1)
    assert _count(lake, device, now) == [("2026-11-24", 100, 80, 0, 20)]
    _store(lake, device, _seconds(NOON + 50 * SECOND, 20), delay=2 * HOUR, number=2)
    assert _count(lake, device, now) == [("2026-11-24", 100, 100, 20, 0)]


def test_rows_that_waited_while_later_ones_were_stored_are_counted(lake: Lake) -> None:
    device, other = make_device("saf-1"), make_device("saf-2")
    yesterday, tomorrow = NOON - 24 * HOUR, NOON + 24 * HOUR
    _store(lake, device, [yesterday, yesterday + 99 * SECOND], number=0)
    _store(lake, other, [NOON], number=0)
    assert _count(lake, device, tomorrow)[0] == ("2026-11-23", 43200, 2, 0, 43198)
    _store(lake, device, [yesterday + SECOND], delay=24 * HOUR - 2 * SECOND, number=1)
    assert _count(lake, device, tomorrow)[0] == ("2026-11-23", 43200, 3, 1, 43197)


def test_silent_device_loses_what_it_should_have_sent(lake: Lake) -> None:
    device = make_device()
    _store(lake, device, _seconds(NOON, 60))
    [today] = _count(lake, device, NOON + HOUR)
    assert today == ("2026-11-24", 3540, 60, 0, 3480)


def test_each_local_day_counts_for_itself(lake: Lake) -> None:
    device, midnight = make_device(), datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    _store(lake, device, _seconds(midnight - 30 * SECOND, 60))
    assert _count(lake, device, midnight + 90 * SECOND) == [
        ("2026-11-24", 30, 30, 0, 0),
        ("2026-11-25", 30, 30, 0, 0),
    ]


def test_past_that_was_loaded_afterwards_counts_for_nothing(lake: Lake) -> None:
    device = make_device()
    _store(lake, device, _seconds(NOON - 5 * HOUR, 100), delay=5 * HOUR, number=0)
    _store(lake, device, _seconds(NOON, 100), number=1)
    assert _count(lake, device, NOON + 100 * SECOND) == [("2026-11-24", 40, 40, 0, 0)]
    device.refresh_from_db()
    assert device.live_since == NOON


def test_replayed_period_is_complete_by_its_own_times_and_never_late(lake: Lake) -> None:
    device = make_device(plant=make_plant(clock="history"))
    past = datetime(2018, 1, 1, 2, 0, tzinfo=UTC)
    _store(lake, device, [*_seconds(past, 40), *_seconds(past + 50 * SECOND, 50)], delay=8 * 365 * 24 * HOUR)
    assert _count(lake, device, NOON) == [("2018-01-01", 100, 90, 0, 10)]


def test_disabled_device_is_not_expected_to_send(lake: Lake) -> None:
    device = make_device(enabled=False)
    _store(lake, device, _seconds(NOON, 100))
    assert _count(lake, device, NOON + HOUR) == []


def test_counting_twice_changes_nothing(lake: Lake) -> None:
    device = make_device()
    _store(lake, device, _seconds(NOON, 300))
    first = _count(lake, device, NOON + HOUR)
    assert _count(lake, device, NOON + HOUR) == first
    assert TagCount.objects.filter(property__key="energy").count() == 1


def test_table_that_was_never_written_is_counted_as_nothing(lake: Lake) -> None:
    assert _count(lake, make_device(), NOON) == []
