"""Roll-ups equal what the rows say, whatever arrives, late or twice, and however often they run."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from jinmai.lake import INT64, InputRefusedError, Key, Lake, Table
from jinmai.lake.rollups import WIDTHS, aggregate
from jinmai.lake.tests.telemetry import FURNACE, NOON, furnace_lake, key, message, send

MINUTE, HOUR = "telemetry_furnace_minute", "telemetry_furnace_hour"


def computed_anew(lake: Lake, every: str) -> pl.DataFrame:
    """The roll-up of all rows at once."""
    rows = aggregate(lake.read(FURNACE.name), lake.table(FURNACE.name), WIDTHS[every])
    return rows.sort("device", "time")


def assert_rolled_up(lake: Lake) -> None:
    for every, name in (("1m", MINUTE), ("1h", HOUR)):
        lake.roll_up(FURNACE.name, every)
        assert_frame_equal(lake.read(name), computed_anew(lake, every))


def test_minute_holds_count_sum_bounds_and_ends(lake: Lake) -> None:
    frame = message(7, 0, rows=7, power=[5, None, -3, 9, 2, None, 100])
    lake.append_one(FURNACE.name, frame, key(7, 0))
    assert lake.roll_up(FURNACE.name, "1m") == 2
    names = ["time", "rows", *(f"power_{what}" for what in ("count", "sum", "min", "max", "first", "last"))]
    assert lake.read(MINUTE, names).rows() == [
        (NOON, 6, 4, 13, -3, 9, 5, 2),
        (NOON + timedelta(minutes=1), 1, 1, 100, 100, 100, 100, 100),
    ]


def test_value_never_sent_has_no_sum(lake: Lake) -> None:
    lake.append_one(FURNACE.name, message(7, 0, power=[None] * 3), key(7, 0))
    lake.roll_up(FURNACE.name, "1h")
    names = ["rows", "power_count", "power_sum", "power_min", "power_last"]
    assert lake.read(HOUR, names).rows() == [(3, 0, None, None, None)]


def test_sum_beyond_int64_is_unknown_never_wrong(lake: Lake) -> None:
    largest = 2**63 - 1
    lake.append_one(FURNACE.name, message(7, 0, power=[largest, 1, None]), key(7, 0))
    lake.append_one(FURNACE.name, message(8, 0, power=[largest, 1, -1]), key(8, 0))
    lake.roll_up(FURNACE.name, "1h")
    assert lake.read(HOUR, ["power_sum", "power_max"]).rows() == [(None, largest), (largest, largest)]


def test_late_row_recomputes_its_bucket(lake: Lake) -> None:
    send(lake, (7, 0), (7, 1), (8, 0))
    assert_rolled_up(lake)
    late = message(7, 9, rows=1, start=NOON + timedelta(seconds=15), power=[77])
    lake.append_one(FURNACE.name, late, key(7, 9))
    assert lake.roll_up(FURNACE.name, "1m") == 1
    assert_rolled_up(lake)


def test_nothing_new_computes_nothing(lake: Lake) -> None:
    send(lake, (7, 0))
    send(lake, (7, 1))
    assert lake.roll_up(FURNACE.name, "1m") == 1
    version = lake.snapshot(MINUTE).version
    assert lake.roll_up(FURNACE.name, "1m") == 0
    assert lake.compact(FURNACE.name).merged == 2
    assert lake.roll_up(FURNACE.name, "1m") == 0
    assert lake.snapshot(MINUTE).version == version


def test_rows_that_only_moved_are_not_counted_again(lake: Lake) -> None:
    send(lake, (7, 0))
    assert_rolled_up(lake)
    send(lake, (7, 1))
    lake.compact(FURNACE.name)
    assert_rolled_up(lake)
    assert lake.read(HOUR, ["rows"])["rows"].sum() == 6


def test_roll_up_that_fell_behind_the_log_is_computed_anew(lake: Lake) -> None:
    send(lake, (7, 0))
    assert_rolled_up(lake)
    for sequence in range(1, 5):
        send(lake, (7, sequence))
    lake.compact(FURNACE.name)
    lake.vacuum(FURNACE.name, keep=timedelta(0))
    send(lake, (8, 0))
    assert_rolled_up(lake)


def test_roll_ups_can_be_compacted_in_between(lake: Lake) -> None:
    for sequence in range(12):
        send(lake, (7, sequence), (8, sequence))
        assert_rolled_up(lake)
        if sequence % 4 == 3:
            lake.compact(MINUTE)
            lake.vacuum(MINUTE, keep=timedelta(0))
    assert lake.check() == []


def test_new_property_joins_the_roll_up(lake: Lake) -> None:
    send(lake, (7, 0))
    assert_rolled_up(lake)
    lake.create(Table(FURNACE.name, {**FURNACE.columns, "current": INT64}))
    wider = message(7, 20).with_columns(current=pl.lit(4, pl.Int64))
    lake.append_one(FURNACE.name, wider, key(7, 20))
    lake.roll_up(FURNACE.name, "1m")
    assert lake.read(MINUTE, ["rows", "current_count", "current_sum"]).rows() == [(3, None, None), (3, 3, 12)]


def test_years_are_rolled_up_in_chunks(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jinmai.lake.rollups._CHUNK_ROWS", 10)
    for number in range(6):
        frame = message(7, number, rows=4, start=NOON - timedelta(days=90 * number))
        lake.append_one(FURNACE.name, frame, key(7, number))
    assert_rolled_up(lake)
    assert lake.snapshot(MINUTE).version > 2


def test_times_before_1970_fall_into_the_minute_that_holds_them(lake: Lake) -> None:
    before = datetime(1969, 12, 31, 23, 59, 50, tzinfo=UTC)
    lake.append_one(FURNACE.name, message(7, 0, rows=2, start=before), key(7, 0))
    lake.roll_up(FURNACE.name, "1m")
    assert lake.read(MINUTE, ["time", "rows"]).rows() == [
        (datetime(1969, 12, 31, 23, 59, tzinfo=UTC), 1),
        (datetime(1970, 1, 1, tzinfo=UTC), 1),
    ]


def test_other_widths_are_refused(lake: Lake) -> None:
    with pytest.raises(InputRefusedError, match="no roll-up every '5m', only 1m, 1h"):
        lake.roll_up(FURNACE.name, "5m")


batches = st.lists(
    st.lists(
        st.tuples(st.integers(1, 2), st.integers(0, 9_000), st.none() | st.integers(-5, 5)),
        min_size=1,
        max_size=5,
    ),
    max_size=4,
)


@settings(max_examples=20, deadline=None)
@given(batches=batches, compact=st.booleans())
def test_incremental_roll_up_equals_computing_anew(
    batches: list[list[tuple[int, int, int | None]]], *, compact: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder, furnace_lake(Path(folder)) as lake:
        for number, batch in enumerate(batches):
            frame = pl.DataFrame(
                [(device, NOON + timedelta(seconds=second), power) for device, second, power in batch],
                schema={"device": pl.Int32, "time": pl.Datetime("us", "UTC"), "power": pl.Int64},
                orient="row",
            )
            lake.append_one(FURNACE.name, frame, Key("any", number))
            if compact:
                lake.compact(FURNACE.name)
            assert_rolled_up(lake)


def test_roll_up_is_complete_until_the_earliest_row_that_came_since(lake: Lake) -> None:
    send(lake, (7, 0), (7, 1))
    assert lake.rolled_up_until(FURNACE.name, "1m") is None
    lake.roll_up(FURNACE.name, "1m")
    assert lake.rolled_up_until(FURNACE.name, "1m") == datetime.max.replace(tzinfo=UTC)
    late = message(7, 2, rows=3, power=[1, 2, 3])
    lake.append_one(FURNACE.name, late, key(7, 2))
    assert lake.rolled_up_until(FURNACE.name, "1m") == late["time"].min()
    lake.roll_up(FURNACE.name, "1m")
    assert lake.rolled_up_until(FURNACE.name, "1m") == datetime.max.replace(tzinfo=UTC)
