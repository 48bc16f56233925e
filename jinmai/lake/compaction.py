"""Rewriting many small files as few sorted ones, and removing what nobody reads any more.

Both run in any process beside the table's writer. A rewrite moves rows without changing them: its
commit says so to Delta (`dataChange` false), so that followers of the log do not take them for new.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import polars as pl

from jinmai.durable import fsync_folder
from jinmai.lake.checkpoints import last_checkpoint
from jinmai.lake.commits import commit
from jinmai.lake.data_files import write_data_file
from jinmai.lake.errors import InputRefusedError
from jinmai.lake.keys import KeyIndex
from jinmai.lake.locks import FileLock, exclusive
from jinmai.lake.log import Action
from jinmai.lake.reading import Slice, scan
from jinmai.lake.snapshot import DataFile, Snapshot, removal
from jinmai.lake.tables import Table

# A file of so many rows is left alone; at ten properties it takes about 10 MB.
TARGET_ROWS = 1_000_000
_CHECKPOINT_EVERY = 100
# A file is not merged into one more than so many times smaller: rewriting it would cost more than
# opening one more file does.
_LOPSIDED = 4
# A data file that no log entry ever named may belong to an append that is just under way.
_UNNAMED_KEEP = timedelta(days=1)
_DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Compaction:
    """What a compaction did: files merged, files written in their place, rows moved."""

    merged: int = 0
    written: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Cleaning:
    """What a vacuum removed."""

    data_files: int = 0
    log_entries: int = 0


def maintenance_lock(folder: Path) -> FileLock:
    """The right to rewrite a table's files; appends and reads need no such right.

    Raises:
        TableLockedError: another process maintains this table; the message names it.
    """
    return FileLock(folder / "_jinmai" / "maintenance.lock", "maintenance")


def compact(folder: Path, target_rows: int = TARGET_ROWS) -> Compaction:
    """Merge the table's small files into sorted ones of about `target_rows` rows.

    Files hold whole days, or parts of a day, in the table's order with row groups of 64k rows, so
    that one device's hour is one or two row groups. Running it again when nothing came changes
    nothing; a file is rewritten a bounded number of times however often it runs.
    """
    with maintenance_lock(folder):
        snapshot = Snapshot(folder)
        merged = written = rows = 0
        for batch in _batches(snapshot, target_rows):
            outputs = _rewrite(snapshot, batch, target_rows)
            merged += len(batch)
            written += outputs
            rows += sum(file.rows for file in batch)
        if snapshot.version - snapshot.checkpointed >= _CHECKPOINT_EVERY:
            snapshot.checkpoint()
        return Compaction(merged, written, rows)


def vacuum(folder: Path, keep: timedelta) -> Cleaning:
    """Remove replaced files and read-out log entries that are older than `keep`.

    A reader that opened its file list longer than `keep` ago may fail, nothing else can. Files are
    removed after the rewrite that replaced them, and entries after the checkpoint and the saved
    keys that cover them, became durable.
    """
    if keep < timedelta(0):
        raise InputRefusedError(f"keep {keep}: a retention cannot be negative")
    with maintenance_lock(folder):
        snapshot = Snapshot(folder)
        now = time.time()
        data_files = _remove_data_files(snapshot, now, keep)
        log_entries = _remove_log_entries(snapshot, now, keep)
        _remove_unfinished(snapshot.log.folder, now)
        _remove_unfinished(folder / "_jinmai", now)
        return Cleaning(data_files, log_entries)


def _batches(snapshot: Snapshot, target_rows: int) -> Iterator[list[DataFile]]:
    """The small files in the order of time, in groups that are worth rewriting."""
    time_column = snapshot.table.time
    small = sorted(
        (file for file in snapshot.files.values() if file.rows < target_rows // 2),
        key=lambda file: (file.lowest[time_column], file.path),
    )
    batch: list[DataFile] = []
    for file in small:
        batch.append(file)
        if sum(each.rows for each in batch) >= target_rows:
            yield batch
            batch = []
    batch.sort(key=lambda file: file.rows)
    while len(batch) > 1 and batch[-1].rows > _LOPSIDED * sum(each.rows for each in batch[:-1]):
        batch.pop()
    if len(batch) > 1:
        yield batch


def _rewrite(snapshot: Snapshot, batch: Sequence[DataFile], target_rows: int) -> int:
    """Replace the files of `batch` by sorted ones with the same rows; returns their number."""
    table = snapshot.table
    rows = scan(snapshot, batch, Slice(table.name)).collect()
    outputs = [
        write_data_file(snapshot.folder, piece, table, "sorted")
        for days in _whole_days(rows, table, target_rows)
        for piece in days.sort(table.order, maintain_order=True).iter_slices(target_rows)
    ]
    commit(
        snapshot,
        "OPTIMIZE",
        replacement(batch, outputs, data_change=False),
        note={},
    )
    return len(outputs)


def replacement(old: Sequence[DataFile], new: Sequence[DataFile], *, data_change: bool) -> list[Action]:
    """The actions that put `new` files in the place of `old` ones."""
    moment_ms = time.time_ns() // 1_000_000
    return [
        *({"remove": removal(file.path, moment_ms, data_change=data_change)} for file in old),
        *({"add": file.to_action(data_change=data_change)} for file in new),
    ]


def _whole_days(rows: pl.DataFrame, table: Table, target_rows: int) -> Iterator[pl.DataFrame]:
    """The rows in runs of whole UTC days, each as long as needed to reach about `target_rows`.

    Rows of distant times would otherwise share files, and every query would have to open them.
    """
    day = (rows[table.time].to_physical() // _DAY_US).alias("day")
    sizes = day.value_counts().sort("day")
    begin = sizes["day"][0]
    gathered = 0
    for number, size in sizes.iter_rows():
        if gathered and gathered + size > target_rows:
            yield rows.filter((day >= begin) & (day < number))
            begin, gathered = number, 0
        gathered += size
    yield rows.filter(day >= begin)


def _remove_data_files(snapshot: Snapshot, now: float, keep: timedelta) -> int:
    removed = 0
    replaced = snapshot.replaced()
    for path in snapshot.folder.glob("*.parquet"):
        if path.name in snapshot.files:
            continue
        replaced_ms = replaced.get(path.name)
        if replaced_ms is not None:
            old = now - replaced_ms / 1000 > keep.total_seconds()
        else:
            age = now - path.stat().st_mtime
            old = age > max(keep, _UNNAMED_KEEP).total_seconds()
        if old:
            path.unlink()
            removed += 1
    fsync_folder(snapshot.folder)
    return removed


def _remove_log_entries(snapshot: Snapshot, now: float, keep: timedelta) -> int:
    """Clean away what a durable checkpoint and the durably saved keys have made superfluous.

    An entry stays until its successor is old too: whoever noted down the latest version (see `seals`)
    finds it here for `keep` longer.
    """
    log = snapshot.log
    horizon = now - keep.total_seconds()
    versions = log.versions()
    if not versions or log.path(versions[0]).stat().st_mtime > horizon:
        return 0
    if snapshot.checkpointed < snapshot.version:
        snapshot.checkpoint()
    keys_reach = _save_keys(snapshot)
    removed = 0
    with exclusive(log.gate):
        pointed = last_checkpoint(log.folder) or 0
        for version in versions:
            path = log.path(version)
            successor = log.path(version + 1)
            if version >= min(pointed, keys_reach) or successor.stat().st_mtime > horizon:
                break
            path.unlink()
            removed += 1
        for path in log.folder.glob("*.checkpoint.parquet"):
            if int(path.name.split(".")[0]) < pointed and path.stat().st_mtime < horizon:
                path.unlink()
    fsync_folder(log.folder)
    return removed


def _remove_unfinished(folder: Path, now: float) -> None:
    """Remove what killed processes left half-written; young files may be just under way."""
    horizon = now - _UNNAMED_KEEP.total_seconds()
    for path in folder.glob("_commit_*.tmp"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < horizon:
                path.unlink()


def _save_keys(snapshot: Snapshot) -> int:
    index = KeyIndex(snapshot.folder)
    try:
        snapshot.log.settle()
        index.catch_up(snapshot.log, snapshot.version)
        return index.save()
    finally:
        index.close()
