"""The log is followed entry by entry, opens fast from checkpoints, and others can read it."""

from datetime import timedelta
from pathlib import Path

import deltalake
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from jinmai.lake import INT64, DamagedError, Lake, Table, UnknownTableError
from jinmai.lake.snapshot import Snapshot
from jinmai.lake.tests.telemetry import FURNACE, NOON, key, message, send


def read_by_others(lake: Lake, table: str) -> pl.DataFrame:
    """The table's rows as the deltalake library sees them, sorted."""
    outside = deltalake.DeltaTable(str(lake.root / table))
    assert outside.version() == lake.snapshot(table).version
    return pl.DataFrame(outside.to_pyarrow_table()).sort("device", "time")


def test_others_read_the_table_at_every_step(lake: Lake) -> None:
    def compare() -> None:
        theirs = read_by_others(lake, FURNACE.name)
        ours = lake.read(FURNACE.name)
        assert_frame_equal(theirs.cast(ours.schema), ours)

    compare()
    send(lake, (7, 0), (8, 0))
    compare()
    send(lake, (7, 1))
    lake.compact(FURNACE.name)
    compare()
    lake.create(Table(FURNACE.name, {**FURNACE.columns, "current": INT64}))
    lake.append_one(FURNACE.name, message(7, 2).with_columns(current=pl.lit(4)), key(7, 2))
    compare()
    lake.snapshot(FURNACE.name).checkpoint()
    compare()
    lake.vacuum(FURNACE.name, keep=timedelta(0))
    compare()
    send(lake, (7, 3))
    compare()
    lake.roll_up(FURNACE.name, "1m")
    minutes = read_by_others(lake, "telemetry_furnace_minute")
    assert minutes["rows"].sum() == 15


def test_others_find_the_statistics_that_prune_files(lake: Lake) -> None:
    send(lake, (7, 0), (8, 0))
    actions = pl.DataFrame(deltalake.DeltaTable(str(lake.root / FURNACE.name)).get_add_actions(flatten=True))
    wanted = actions.select(
        "num_records", "min.device", "max.device", "min.time", "max.time", "null_count.power"
    )
    assert wanted.rows() == [(6, 7, 8, NOON, NOON + timedelta(seconds=20), 0)]


def test_checkpoint_holds_the_same_state_as_the_entries(lake: Lake) -> None:
    send(lake, (7, 0))
    send(lake, (7, 1))
    lake.compact(FURNACE.name)
    lake.roll_up(FURNACE.name, "1m")
    for table in (FURNACE.name, "telemetry_furnace_minute"):
        by_entries = Snapshot(lake.root / table)
        by_entries.checkpoint()
        by_checkpoint = Snapshot(lake.root / table)
        assert by_checkpoint.checkpointed == by_entries.version
        assert by_checkpoint.replaced() == by_entries.replaced()
        for what in ("version", "head", "files", "positions", "table", "metadata"):
            assert getattr(by_checkpoint, what) == getattr(by_entries, what), what


def test_reader_that_slept_through_a_cleaning_catches_up(lake: Lake) -> None:
    send(lake, (7, 0))
    with Lake(lake.root) as reader:
        assert reader.read(FURNACE.name).height == 3
        send(lake, (7, 1))
        lake.compact(FURNACE.name)
        send(lake, (7, 2))
        lake.vacuum(FURNACE.name, keep=timedelta(0))
        assert reader.read(FURNACE.name).height == 9


def test_writer_that_slept_through_a_cleaning_takes_the_next_free_number(lake: Lake) -> None:
    send(lake, (7, 0))
    with Lake(lake.root) as other:
        other.create(Table(FURNACE.name, {**FURNACE.columns, "current": INT64}))
        other.vacuum(FURNACE.name, keep=timedelta(0))
        assert not (lake.root / FURNACE.name / "_delta_log" / f"{1:020d}.json").exists()
    assert send(lake, (7, 1)).version == 3
    assert lake.read(FURNACE.name).height == 6


def test_unknown_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownTableError, match=r"no table in .*nowhere"):
        Lake(tmp_path).read("nowhere")


def test_lost_beginning_of_the_log_is_damage_not_an_empty_table(lake: Lake) -> None:
    send(lake, (7, 0))
    (lake.root / FURNACE.name / "_delta_log" / f"{0:020d}.json").unlink()
    with pytest.raises(DamagedError, match="neither a checkpoint nor the first entry"):
        Snapshot(lake.root / FURNACE.name)


def test_unreadable_entry_is_named(lake: Lake) -> None:
    send(lake, (7, 0))
    entry = lake.root / FURNACE.name / "_delta_log" / f"{1:020d}.json"
    entry.write_bytes(entry.read_bytes()[:-40])
    with pytest.raises(DamagedError, match="log entry 1"):
        Snapshot(lake.root / FURNACE.name)


def test_entry_that_is_no_text_any_more_is_named(lake: Lake) -> None:
    send(lake, (7, 0))
    entry = lake.root / FURNACE.name / "_delta_log" / f"{1:020d}.json"
    entry.write_bytes(entry.read_bytes().replace(b'"add"', b'"a\xffd"'))
    with pytest.raises(DamagedError, match="log entry 1"):
        Snapshot(lake.root / FURNACE.name)


def test_writer_checkpoints_where_maintenance_never_runs(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jinmai.lake.appending._CHECKPOINT_AT_THE_LATEST", 5)
    for sequence in range(7):
        send(lake, (7, sequence))
    assert Snapshot(lake.root / FURNACE.name).checkpointed == 4
