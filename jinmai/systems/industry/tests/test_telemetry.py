"""Readings gathered in steps are the same from the rows and from the roll-ups."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from jinmai.systems.industry.models import Device, Property
from jinmai.systems.industry.selectors import telemetry
from jinmai.systems.industry.selectors.periods import period_of
from jinmai.systems.industry.selectors.stores import lake
from jinmai.systems.industry.tests.factories import make_device
from jinmai.systems.industry.tests.readings import seconds_from, store

pytestmark = pytest.mark.django_db
DAY = period_of("day", date(2026, 11, 24))
KEYS = ["active_power", "energy"]


@pytest.fixture
def furnace(data: Path) -> Device:
    """A furnace with four hours of readings every ten seconds, an hour of them without energy."""
    device = make_device()
    times = seconds_from(DAY.start, 1440, every=10)
    power = [1000 + place % 70 for place in range(1440)]
    energy = [None if 360 <= place < 720 else 250 + place % 3 for place in range(1440)]
    store(device, times, {"active_power": power, "energy": energy})
    return device


@pytest.mark.parametrize(
    "step", [timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=1), timedelta(days=1)]
)
def test_roll_ups_and_rows_give_equal_steps(furnace: Device, step: timedelta) -> None:
    table = furnace.product_type.table
    from_rows = telemetry.buckets(table, KEYS, [furnace.pk], DAY, step)
    rows = telemetry.row_count(table, [furnace.pk], DAY)
    for every in ("1m", "1h"):
        lake().roll_up(table, every)
    assert_frame_equal(telemetry.buckets(table, KEYS, [furnace.pk], DAY, step), from_rows)
    assert telemetry.row_count(table, [furnace.pk], DAY) == rows == 1440


def test_rows_that_came_after_the_roll_up_count(furnace: Device) -> None:
    table = furnace.product_type.table
    for every in ("1m", "1h"):
        lake().roll_up(table, every)
    store(
        furnace, seconds_from(DAY.start + timedelta(hours=1, seconds=5), 60), {"energy": [1] * 60}, number=1
    )
    store(furnace, seconds_from(DAY.start + timedelta(hours=9), 60), {"energy": [7] * 60}, number=2)
    hour = timedelta(hours=1)
    mixed = telemetry.buckets(table, KEYS, [furnace.pk], DAY, hour)
    for every in ("1m", "1h"):
        lake().roll_up(table, every)
    assert_frame_equal(telemetry.buckets(table, KEYS, [furnace.pk], DAY, hour), mixed)
    assert telemetry.row_count(table, [furnace.pk], DAY) == 1560


def test_a_step_without_values_has_no_sum(furnace: Device) -> None:
    found = telemetry.buckets(furnace.product_type.table, KEYS, [furnace.pk], DAY, timedelta(hours=1))
    assert found.select("bucket", "energy_count", "energy_sum").row(1) == (1, 0, None)


def test_a_property_that_the_table_lacks_is_unknown(furnace: Device) -> None:
    found = telemetry.buckets(
        furnace.product_type.table, ["energy", "flow"], [furnace.pk], DAY, timedelta(days=1)
    )
    assert found.select("flow_count", "flow_sum").rows() == [(None, None)]


def test_nothing_was_ever_stored(data: Path) -> None:
    device = make_device()
    found = telemetry.buckets(device.product_type.table, KEYS, [device.pk], DAY, timedelta(days=1))
    assert (found.height, telemetry.row_count(device.product_type.table, [device.pk], DAY)) == (0, 0)
    assert telemetry.newest([device.pk]) is None


def test_another_device_of_the_table_does_not_count(furnace: Device) -> None:
    other = make_device("saf-2", furnace.plant)
    store(other, seconds_from(DAY.start, 10), {"energy": [9999] * 10})
    found = telemetry.buckets(furnace.product_type.table, ["energy"], [other.pk], DAY, timedelta(days=1))
    assert found["energy_sum"].to_list() == [99_990]


def test_the_state_of_the_files_changes_with_each_row(furnace: Device) -> None:
    tables = [(furnace.product_type.table, [furnace.pk])]
    before = telemetry.fingerprint(tables, DAY)
    assert telemetry.fingerprint(tables, DAY) == before
    store(furnace, seconds_from(DAY.start, 1), {"energy": [1]}, number=5)
    assert telemetry.fingerprint(tables, DAY) != before


def test_a_stored_integer_is_a_multiple_of_the_resolution() -> None:
    one = Property(resolution=Decimal("0.010000"))
    assert str(telemetry.value(317, one)) == "3.170000"
    assert telemetry.value(None, one) is None
    assert telemetry.decimals(one) == 2
    assert telemetry.decimals(Property(resolution=Decimal("1.000000"))) == 0
