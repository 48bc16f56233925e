"""Files are merged and removed; rows, readers and the writer notice nothing."""

import os
import subprocess
import sys
import time
from datetime import timedelta

import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

from jinmai.lake import Compaction, InputRefusedError, Lake, TableLockedError
from jinmai.lake.compaction import maintenance_lock
from jinmai.lake.tests.telemetry import FURNACE, NOON, key, message, send


def parquet_names(lake: Lake) -> set[str]:
    return {path.name for path in (lake.root / FURNACE.name).glob("*.parquet")}


def test_small_files_become_one_sorted_file(lake: Lake) -> None:
    for sequence in range(5):
        send(lake, (8, sequence), (7, sequence))
    before = lake.read(FURNACE.name)
    assert lake.compact(FURNACE.name) == Compaction(merged=5, written=1, rows=30)
    (file,) = lake.snapshot(FURNACE.name).files.values()
    stored = pl.read_parquet(lake.root / FURNACE.name / file.path)
    assert_frame_equal(stored, before)
    assert_frame_equal(lake.read(FURNACE.name), before)


def test_compaction_of_a_compacted_table_does_nothing(lake: Lake) -> None:
    send(lake, (7, 0))
    send(lake, (7, 1))
    lake.compact(FURNACE.name)
    version = lake.snapshot(FURNACE.name).version
    assert lake.compact(FURNACE.name) == Compaction()
    assert lake.snapshot(FURNACE.name).version == version


def test_little_news_do_not_rewrite_a_large_file(lake: Lake) -> None:
    lake.append_one(FURNACE.name, message(7, 0, rows=100), key(7, 0))
    send(lake, (7, 1))
    assert lake.compact(FURNACE.name) == Compaction()
    for sequence in range(2, 12):
        send(lake, (7, sequence))
    assert lake.compact(FURNACE.name).merged == 12


def test_row_groups_hold_64k_rows(lake: Lake) -> None:
    half = 70_000
    for sequence in range(2):
        lake.append_one(FURNACE.name, message(7, sequence, rows=half), key(7, sequence))
    lake.compact(FURNACE.name)
    (file,) = lake.snapshot(FURNACE.name).files.values()
    footer = pq.read_metadata(lake.root / FURNACE.name / file.path)
    assert [footer.row_group(group).num_rows for group in range(footer.num_row_groups)] == [
        65_536,
        65_536,
        2 * half - 2 * 65_536,
    ]


def test_rows_of_distant_days_do_not_share_a_file(lake: Lake) -> None:
    for day in range(4):
        frame = message(7, day, rows=60, start=NOON + timedelta(days=100 * day))
        lake.append_one(FURNACE.name, frame, key(7, day))
    lake.compact(FURNACE.name, target_rows=130)
    files = lake.snapshot(FURNACE.name).files.values()
    assert sorted(file.rows for file in files) == [60, 60, 120]
    assert all(file.highest["time"] - file.lowest["time"] < 101 * 86_400_000_000 for file in files)


_APPENDER = """
import pathlib, sys
from jinmai.lake import Lake
from jinmai.lake.tests.telemetry import send
lake = Lake(pathlib.Path(sys.argv[1]))
for sequence in range(150):
    send(lake, (7, sequence), (8, sequence))
"""


def test_compaction_beside_an_appending_process_keeps_every_row(lake: Lake) -> None:
    command = [sys.executable, "-c", _APPENDER, str(lake.root)]
    rounds = 0
    with subprocess.Popen(command) as appender:
        while appender.poll() is None:
            rounds += lake.compact(FURNACE.name, target_rows=200).merged > 0
            lake.vacuum(FURNACE.name, keep=timedelta(0))
            rows = lake.read(FURNACE.name)
            assert rows.height == rows.unique().height
            assert rows.height % 6 == 0
        assert appender.returncode == 0
    assert rounds > 0
    expected = [message(device, sequence) for device in (7, 8) for sequence in range(150)]
    assert_frame_equal(lake.read(FURNACE.name), pl.concat(expected))
    assert lake.check() == []


def test_second_maintaining_process_is_refused(lake: Lake) -> None:
    with (
        maintenance_lock(lake.root / FURNACE.name),
        pytest.raises(TableLockedError, match="locked for maintenance by"),
    ):
        lake.compact(FURNACE.name)


def test_replaced_files_stay_as_long_as_readers_may_need_them(lake: Lake) -> None:
    send(lake, (7, 0))
    send(lake, (7, 1))
    with Lake(lake.root) as slow_reader:
        old = slow_reader.snapshot(FURNACE.name)
        replaced = set(old.files)
        lake.compact(FURNACE.name)
        assert lake.vacuum(FURNACE.name).data_files == 0
        assert replaced < parquet_names(lake)
        assert lake.vacuum(FURNACE.name, keep=timedelta(0)).data_files == 2
    assert parquet_names(lake) == set(lake.snapshot(FURNACE.name).files)


def test_age_counts_from_the_replacement_even_across_a_checkpoint(lake: Lake) -> None:
    send(lake, (7, 0))
    send(lake, (7, 1))
    lake.compact(FURNACE.name)
    month_ago = time.time() - 30 * 86_400
    for path in (lake.root / FURNACE.name).glob("*.parquet"):
        os.utime(path, (month_ago, month_ago))
    lake.snapshot(FURNACE.name).checkpoint()
    with Lake(lake.root) as other:
        assert other.vacuum(FURNACE.name, keep=timedelta(days=1)).data_files == 0


def test_file_of_an_append_under_way_is_never_removed(lake: Lake) -> None:
    send(lake, (7, 0))
    folder = lake.root / FURNACE.name
    under_way, abandoned = folder / "part-young.parquet", folder / "part-old.parquet"
    for path in (under_way, abandoned):
        path.write_bytes(b"not yet in the log")
    two_days_ago = time.time() - 2 * 86_400
    os.utime(abandoned, (two_days_ago, two_days_ago))
    assert lake.vacuum(FURNACE.name, keep=timedelta(0)).data_files == 1
    assert under_way.exists()
    assert not abandoned.exists()


def test_negative_retention_is_refused(lake: Lake) -> None:
    with pytest.raises(InputRefusedError, match="cannot be negative"):
        lake.vacuum(FURNACE.name, keep=timedelta(seconds=-1))
