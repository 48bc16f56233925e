"""Reading by rows, by SQL and by kernels sees the same rows, and opens only files that matter."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from jinmai.lake import INT64, InputRefusedError, Lake, Slice, Table
from jinmai.lake.tests.telemetry import FURNACE, NOON, key, message, send

MINUTE = timedelta(minutes=1)


@pytest.fixture
def filled(lake: Lake) -> Lake:
    for sequence in range(4):
        send(lake, (7, sequence), (8, sequence), (9, sequence))
    return lake


@pytest.mark.parametrize(
    ("start", "end", "devices"),
    [
        (None, None, None),
        (NOON + MINUTE, None, None),
        (None, NOON + MINUTE, [8]),
        (NOON + timedelta(seconds=20), NOON + timedelta(seconds=50), [7, 9]),
        (NOON + timedelta(days=1), None, None),
        (None, None, [6]),
        (None, None, []),
    ],
)
def test_bounds_mean_the_same_by_rows_and_by_sql(
    filled: Lake, start: datetime | None, end: datetime | None, devices: list[int] | None
) -> None:
    everything = pl.concat([message(device, sequence) for device in (7, 8, 9) for sequence in range(4)])
    expected = everything.filter(
        pl.lit(value=True) if start is None else pl.col("time") >= start,
        pl.lit(value=True) if end is None else pl.col("time") < end,
        pl.lit(value=True) if devices is None else pl.col("device").is_in(devices),
    )
    assert_frame_equal(filled.read(FURNACE.name, None, start, end, devices), expected)
    by_sql = filled.query(
        "SELECT * FROM telemetry_furnace ORDER BY device, time",
        [Slice(FURNACE.name, start, end, devices)],
    )
    assert_frame_equal(by_sql, expected)


def test_only_files_that_can_hold_the_rows_are_opened(filled: Lake) -> None:
    filled.append_one(FURNACE.name, message(500, 0), key(500, 0))
    snapshot = filled.snapshot(FURNACE.name)
    assert len(snapshot.pruned()) == 5
    assert len(snapshot.pruned(start=NOON + timedelta(seconds=40))) == 3
    assert len(snapshot.pruned(end=NOON + timedelta(seconds=30))) == 2
    assert len(snapshot.pruned(devices=[10, 499])) == 0
    assert len(snapshot.pruned(devices=[8, 500], end=NOON + timedelta(seconds=1))) == 2


def test_rows_are_sorted_even_if_the_order_is_not_asked_for(filled: Lake) -> None:
    powers = filled.read(FURNACE.name, ["power"], devices=[8])["power"].to_list()
    assert powers == [sequence * 100 + row for sequence in range(4) for row in range(3)]


def test_sums_of_integers_are_exact_integers(filled: Lake) -> None:
    total = filled.query("SELECT sum(power) AS total FROM telemetry_furnace", [FURNACE.name])
    assert total.schema == {"total": pl.Int64}
    assert total.item() == sum(sequence * 100 + row for sequence in range(4) for row in range(3)) * 3


def test_answers_are_in_utc_wherever_the_process_lives(filled: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        found = filled.query(
            "SELECT min(time) AS first, hour(first) AS hour, date_trunc('day', first) AS day "
            "FROM telemetry_furnace",
            [FURNACE.name],
        )
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found.rows() == [(NOON, NOON.hour, NOON.replace(hour=0))]
    assert found.schema["first"] == pl.Datetime("us", "UTC")


def test_sum_beyond_int64_is_refused_with_advice(lake: Lake) -> None:
    lake.append_one(FURNACE.name, message(7, 0, power=[2**63 - 1, 1, 0]), key(7, 0))
    with pytest.raises(InputRefusedError, match="does not fit int64; cast it in SQL"):
        lake.query("SELECT sum(power) FROM telemetry_furnace", [FURNACE.name])
    as_float = lake.query("SELECT sum(power)::DOUBLE FROM telemetry_furnace", [FURNACE.name])
    assert as_float.item() == 2.0**63


def test_parameters_are_bound_by_place_and_by_name(filled: Lake) -> None:
    by_place = filled.query(
        "SELECT count(*) FROM telemetry_furnace WHERE device = ? AND power > ?", [FURNACE.name], [7, 200]
    )
    by_name = filled.query(
        "SELECT count(*) FROM telemetry_furnace WHERE device = $device AND power > $least",
        [FURNACE.name],
        {"device": 7, "least": 200},
    )
    assert by_place.item() == by_name.item() == 5


def test_two_tables_are_joined(filled: Lake) -> None:
    filled.roll_up(FURNACE.name, "1h")
    joined = filled.query(
        "SELECT h.rows - count(*) AS difference FROM telemetry_furnace_hour h "
        "JOIN telemetry_furnace f USING (device) GROUP BY h.device, h.rows",
        [FURNACE.name, "telemetry_furnace_hour"],
    )
    assert joined["difference"].to_list() == [0, 0, 0]


def test_empty_table_gives_typed_columns(lake: Lake) -> None:
    by_rows = lake.read(FURNACE.name)
    assert by_rows.schema == FURNACE.schema
    assert_frame_equal(lake.query("SELECT * FROM telemetry_furnace", [FURNACE.name]), by_rows)


def test_column_added_later_is_null_in_older_rows(filled: Lake) -> None:
    filled.create(Table(FURNACE.name, {**FURNACE.columns, "current": INT64}))
    filled.append_one(FURNACE.name, message(7, 9).with_columns(current=pl.lit(4)), key(7, 9))
    by_sql = filled.query("SELECT * FROM telemetry_furnace ORDER BY device, time", [FURNACE.name])
    assert by_sql["current"].drop_nulls().to_list() == [4, 4, 4]
    assert_frame_equal(filled.read(FURNACE.name), by_sql)


def test_queries_cannot_leave_the_lake(filled: Lake) -> None:
    with pytest.raises(duckdb.PermissionException):
        filled.query("SELECT * FROM read_text('/etc/hostname')", [])
    with pytest.raises(duckdb.Error):
        filled.query("SET enable_external_access = true", [])


def test_unknown_column_and_naive_time_are_named(filled: Lake) -> None:
    with pytest.raises(InputRefusedError, match="has no column 'voltage'"):
        filled.read(FURNACE.name, ["voltage"])
    with pytest.raises(InputRefusedError, match=r"start 2026-11-24 12:00:00 has no time zone"):
        filled.read(FURNACE.name, start=datetime(2026, 11, 24, 12))  # noqa: DTZ001 - that is the point


def test_kernel_sees_every_row_once(filled: Lake) -> None:
    calls = []

    def totals(rows: pl.DataFrame) -> pl.DataFrame:
        calls.append(rows.height)
        return rows.group_by("device").agg(pl.col("power").sum())

    parts = filled.map(FURNACE.name, totals, ["device", "power"], rows_per_call=20)
    assert calls == [18, 18]
    expected = filled.query(
        "SELECT device, sum(power) AS power FROM telemetry_furnace GROUP BY 1", [FURNACE.name]
    )
    assert_frame_equal(parts.group_by("device").agg(pl.col("power").sum()), expected, check_row_order=False)


def test_kernel_runs_once_on_an_empty_slice(lake: Lake) -> None:
    assert lake.map(FURNACE.name, lambda rows: rows.select(pl.len())).item() == 0


def test_threads_share_one_lake(lake: Lake) -> None:
    def count(_: int) -> tuple[int, int]:
        by_sql = lake.query("SELECT count(*) FROM telemetry_furnace", [FURNACE.name]).item()
        return by_sql, lake.read(FURNACE.name).height

    with ThreadPoolExecutor(4) as threads:
        counted = threads.map(count, range(40))
        for sequence in range(20):
            send(lake, (7, sequence))
        assert all(by_sql % 3 == 0 and by_sql <= by_rows for by_sql, by_rows in counted)
    assert lake.read(FURNACE.name).height == 60


def test_reader_beside_a_writer_sees_whole_messages_only(lake: Lake) -> None:
    writer = (
        "import pathlib, sys; from jinmai.lake import Lake; from jinmai.lake.tests.telemetry import send\n"
        "lake = Lake(pathlib.Path(sys.argv[1]))\n"
        "for sequence in range(60): send(lake, (7, sequence), (8, sequence))"
    )
    seen = []
    with subprocess.Popen([sys.executable, "-c", writer, str(lake.root)]) as process:
        while process.poll() is None:
            rows = lake.query("SELECT count(*) FROM telemetry_furnace", [FURNACE.name]).item()
            assert rows % 6 == 0
            seen.append(rows)
        assert process.returncode == 0
    assert seen == sorted(seen)
    assert lake.read(FURNACE.name).height == 360
