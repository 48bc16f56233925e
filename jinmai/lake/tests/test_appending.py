"""Rows are stored once, all or nothing."""

import sqlite3
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from jinmai.lake import (
    INT64,
    InputRefusedError,
    Key,
    Lake,
    Part,
    Table,
    TableLockedError,
    UnavailableError,
    UnknownTableError,
)
from jinmai.lake.tests.telemetry import FURNACE, NOON, furnace_lake, key, message, send


def test_rows_come_back_as_they_were_appended(lake: Lake) -> None:
    sent = message(7, 0, power=[317, None, -5])
    lake.append_one(FURNACE.name, sent, key(7, 0))
    assert_frame_equal(lake.read(FURNACE.name), sent)


def test_many_messages_are_one_commit(lake: Lake) -> None:
    receipt = send(lake, (7, 0), (8, 0), (7, 1))
    assert receipt.accepted == [True, True, True]
    assert receipt.version == 1
    assert len(lake.snapshot(FURNACE.name).files) == 1


def test_message_sent_again_is_dropped_and_said_so(lake: Lake) -> None:
    send(lake, (7, 0))
    receipt = send(lake, (7, 0), (7, 1))
    assert receipt.accepted == [False, True]
    assert [digest is not None for digest in receipt.digests] == [False, True]
    assert lake.read(FURNACE.name).height == 6


def test_message_twice_in_one_call_counts_once(lake: Lake) -> None:
    assert send(lake, (7, 0), (7, 0)).accepted == [True, False]
    assert lake.read(FURNACE.name).height == 3


def test_resending_everything_makes_no_commit(lake: Lake) -> None:
    send(lake, (7, 0))
    receipt = send(lake, (7, 0))
    assert (receipt.version, receipt.accepted) == (None, [False])
    assert lake.snapshot(FURNACE.name).version == 1


def test_keys_are_known_after_reopening(lake: Lake) -> None:
    send(lake, (7, 0))
    lake.close()
    with Lake(lake.root) as reopened:
        assert send(reopened, (7, 0)).accepted == [False]


def test_message_without_rows_is_remembered(lake: Lake) -> None:
    empty = message(7, 0).clear()
    assert lake.append_one(FURNACE.name, empty, key(7, 0)).accepted == [True]
    assert lake.append_one(FURNACE.name, empty, key(7, 0)).accepted == [False]
    assert lake.known(FURNACE.name, key(7, 0))


def test_column_left_out_of_a_message_is_null(lake: Lake) -> None:
    lake.append_one(FURNACE.name, message(7, 0).drop("temperature"), key(7, 0))
    assert lake.read(FURNACE.name, ["temperature"])["temperature"].to_list() == [None] * 3


def test_narrow_integers_and_other_zones_are_converted_exactly(lake: Lake) -> None:
    sent = message(7, 0)
    other = sent.with_columns(
        pl.col("device").cast(pl.UInt8),
        pl.col("power").cast(pl.Int16),
        pl.col("time").dt.convert_time_zone("Asia/Shanghai").dt.cast_time_unit("ms"),
    )
    lake.append_one(FURNACE.name, other, key(7, 0))
    assert_frame_equal(lake.read(FURNACE.name), sent)


def test_column_added_by_another_process_is_accepted_at_once(lake: Lake) -> None:
    send(lake, (7, 0))
    with Lake(lake.root) as other:
        other.create(Table(FURNACE.name, {**FURNACE.columns, "current": INT64}))
    wider = message(7, 1).with_columns(current=pl.lit(9, pl.Int64))
    lake.append_one(FURNACE.name, wider, key(7, 1))
    assert lake.read(FURNACE.name, ["current"])["current"].to_list() == [None] * 3 + [9] * 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (pl.lit(1, pl.Int64).alias("voltage"), "has no column 'voltage'"),
        (pl.lit(0.5).alias("power"), "column 'power': Float64 is no integer"),
        (pl.lit("12").alias("power"), "column 'power': String is no integer"),
        (pl.lit(value=True).alias("power"), "column 'power': Boolean is no integer"),
        (pl.lit(2**63, pl.UInt64).alias("power"), "row 0: 9223372036854775808 does not fit long"),
        (pl.lit(2**31, pl.Int64).alias("device"), "row 0: 2147483648 does not fit integer"),
        (pl.lit(None, pl.Int32).alias("device"), "column 'device', row 0: no value"),
        (pl.col("time").dt.replace_time_zone(None), "is no time with a time zone"),
        (pl.col("time").dt.cast_time_unit("ns"), "nanoseconds would be cut"),
        (pl.col("time").dt.epoch("us").alias("time"), "Int64 is no time with a time zone"),
        (
            pl.lit(-(2**62), pl.Int64).cast(pl.Datetime("us", "UTC")).alias("time"),
            "is not in years 1 to 9999",
        ),
    ],
)
def test_unfit_rows_are_refused_whole_with_their_place(lake: Lake, change: pl.Expr, reason: str) -> None:
    frame = message(7, 0).with_columns(change)
    with pytest.raises(InputRefusedError, match=reason):
        lake.append_one(FURNACE.name, frame, key(7, 0))
    assert lake.read(FURNACE.name).is_empty()
    assert not lake.known(FURNACE.name, key(7, 0))


def test_one_unfit_message_refuses_its_whole_batch(lake: Lake) -> None:
    frame = pl.concat([message(7, 0), message(8, 0, power=[1, 2, 3])]).with_columns(
        device=pl.when(pl.col("power") == 2).then(None).otherwise("device")
    )
    with pytest.raises(InputRefusedError, match="column 'device', row 2: no value"):
        lake.append(FURNACE.name, frame, [Part(key(7, 0), 3), Part(key(8, 0), 3)])
    assert lake.read(FURNACE.name).is_empty()


@pytest.mark.parametrize("rows", [2, 4, -3])
def test_parts_must_name_the_rows_of_the_frame(lake: Lake, rows: int) -> None:
    with pytest.raises(InputRefusedError, match="the frame has 3"):
        lake.append(FURNACE.name, message(7, 0), [Part(key(7, 0), rows)])


@pytest.mark.parametrize("number", [-1, 2**63])
def test_key_number_out_of_range_is_refused(lake: Lake, number: int) -> None:
    with pytest.raises(InputRefusedError, match="is not from 0 to"):
        lake.append_one(FURNACE.name, message(7, 0), Key("7/1", number))


@pytest.mark.parametrize("stream", ["", "x" * 201, "line\nbreak", "\ud800"])
def test_unusable_stream_name_is_refused(lake: Lake, stream: str) -> None:
    with pytest.raises(InputRefusedError, match="not 1 to 200 printable characters"):
        lake.append_one(FURNACE.name, message(7, 0), Key(stream, 0))


def test_unknown_table_is_refused_and_leaves_no_trace(lake: Lake) -> None:
    with pytest.raises(UnknownTableError, match="no table"):
        lake.append_one("telemetry_nowhere", message(7, 0), key(7, 0))
    assert not (lake.root / "telemetry_nowhere").exists()


def test_second_writing_process_is_refused_by_name(lake: Lake) -> None:
    program = (
        "import sys, pathlib; from jinmai.lake.tests.telemetry import furnace_lake, send\n"
        "lake = furnace_lake(pathlib.Path(sys.argv[1])); send(lake, (7, 0))\n"
        "print('holding', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(lake.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"holding\n"
        with pytest.raises(TableLockedError, match=f'locked for appending by.*"process": {holder.pid}'):
            send(lake, (7, 1))
        holder.stdin.close()
    assert send(lake, (7, 0), (7, 1)).accepted == [False, True]


def test_appending_goes_on_after_a_failed_commit(lake: Lake) -> None:
    send(lake, (7, 0))
    log = lake.root / FURNACE.name / "_delta_log"
    moved = log.with_name("moved")
    log.rename(moved)
    with pytest.raises(FileNotFoundError):
        send(lake, (7, 1))
    moved.rename(log)
    assert send(lake, (7, 0), (7, 1)).accepted == [False, True]
    assert lake.read(FURNACE.name).height == 6


def test_append_whose_keys_could_not_be_noted_is_known_when_sent_again(lake: Lake) -> None:
    send(lake, (7, 0))
    index = sqlite3.connect(lake.root / FURNACE.name / "_jinmai" / "keys.sqlite3")
    index.execute(
        "CREATE TRIGGER full BEFORE UPDATE ON position BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
    )
    with pytest.raises(UnavailableError, match="the key index says disk is full"):
        send(lake, (7, 1))
    with pytest.raises(UnavailableError, match="disk is full"):
        send(lake, (7, 2))
    index.execute("DROP TRIGGER full")
    index.close()
    assert send(lake, (7, 1), (7, 2)).accepted == [False, True]
    assert lake.read(FURNACE.name).height == 9


batches = st.lists(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5)), max_size=5), max_size=5)


@settings(max_examples=25, deadline=None)
@given(batches=batches)
def test_whatever_is_resent_every_message_is_there_once(batches: list[list[tuple[int, int]]]) -> None:
    with tempfile.TemporaryDirectory() as folder, furnace_lake(Path(folder)) as lake:
        known: set[tuple[int, int]] = set()
        for batch in batches:
            fresh = []
            for each in batch:
                fresh.append(each not in known)
                known.add(each)
            if batch:
                assert send(lake, *batch).accepted == fresh
        expected = [message(device, sequence) for device, sequence in sorted(known)]
        rows = lake.read(FURNACE.name)
        assert_frame_equal(rows, pl.concat(expected) if expected else rows.clear())


def test_times_of_any_order_are_sorted_in_the_file(lake: Lake) -> None:
    frame = pl.concat([message(8, 0), message(7, 0), message(7, 1, start=NOON - timedelta(days=9))])
    lake.append_one(FURNACE.name, frame, key(7, 0))
    (file,) = lake.snapshot(FURNACE.name).files.values()
    stored = pl.read_parquet(lake.root / FURNACE.name / file.path)
    assert_frame_equal(stored, frame.sort("device", "time"))
    assert datetime.fromisoformat("2026-11-15T04:00:00Z") in stored["time"].to_list()
