"""Minute and hour roll-ups: exact, incremental by the table's version, late rows included.

A table `x` is rolled up into `x_minute` and `x_hour`: one row per device and bucket (its `time` is
the bucket's beginning) with the number of rows and, for each property, `_count` of values, `_sum`,
`_min`, `_max`, `_first` and `_last` by time. A sum beyond int64 is null: unknown, never wrong.

Each run finds the buckets that appends since the last run touched, however late their rows came,
computes them anew from all their rows, and replaces them in one commit that also moves the
roll-up's position (a Delta `txn`), so that a killed run leaves the old state or the new one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import cast

import polars as pl

from jinmai.lake.commits import commit
from jinmai.lake.compaction import maintenance_lock, replacement
from jinmai.lake.data_files import conform, write_data_file
from jinmai.lake.errors import InputRefusedError
from jinmai.lake.log import Action, DeltaLog
from jinmai.lake.reading import Slice, scan
from jinmai.lake.snapshot import DataFile, Snapshot, to_moment
from jinmai.lake.tables import BOOKKEEPING, INT64, TIMESTAMP, Table

_POSITION = "jinmai.roll_up"
# So many rows are aggregated at a time; a roll-up of years stays within memory.
_CHUNK_ROWS = 4_000_000
# A run that finds nothing new still moves the position when it lies this far behind.
_IDLE_VERSIONS = 100
# Stands for a version whose entry the log no longer has.
_FORGOTTEN = -(2**63)


@dataclass(frozen=True)
class Width:
    """The width of a roll-up's buckets and the suffix of its table."""

    suffix: str
    span: timedelta

    @property
    def microseconds(self) -> int:
        """The span in microseconds."""
        return self.span // timedelta(microseconds=1)


WIDTHS = {
    "1m": Width("_minute", timedelta(minutes=1)),
    "1h": Width("_hour", timedelta(hours=1)),
}


def width_of(every: str) -> Width:
    """The width called "1m" or "1h"."""
    if every not in WIDTHS:
        raise InputRefusedError(f"no roll-up every {every!r}, only {', '.join(WIDTHS)}")
    return WIDTHS[every]


def rollup_table(base: Table, width: Width) -> Table:
    """The definition of the roll-up of `base`."""
    columns = {
        base.device: base.columns[base.device],
        base.time: TIMESTAMP,
        "rows": INT64,
    }
    for name in base.properties:
        for what in ("count", "sum", "min", "max", "first", "last"):
            columns[f"{name}_{what}"] = INT64
    return Table(base.name + width.suffix, columns, (base.device, base.time), base.time)


def roll_up(base_folder: Path, rollup_folder: Path, width: Width) -> int:
    """Bring the roll-up to its base's latest version; returns the number of buckets computed."""
    with maintenance_lock(rollup_folder):
        base, rollup = Snapshot(base_folder), Snapshot(rollup_folder)
        position = rollup.positions.get(_POSITION, -1)
        if position >= base.version:
            return 0
        added = _added_since(base, position)
        if added is None:
            # The log no longer tells what came since the last run: compute everything anew.
            _replace_all(rollup)
            added = list(base.files.values())
        buckets = _touched(base, added, width)
        moved: Action = {"txn": {"appId": _POSITION, "version": base.version}}
        if buckets.is_empty():
            if base.version - position >= _IDLE_VERSIONS:
                commit(rollup, "ROLL UP", [moved], note={})
            return 0
        chunks = list(_chunks(base, buckets))
        for number, chunk in enumerate(chunks, start=1):
            rows = conform(aggregate(_rows_of(base, chunk, width), base.table, width), rollup.table)
            last = [moved] if number == len(chunks) else []
            _replace_buckets(rollup, chunk, rows, last)
        return buckets.height


def aggregate(rows: pl.DataFrame, base: Table, width: Width) -> pl.DataFrame:
    """The roll-up rows of telemetry rows, in no particular order.

    Of rows at the same moment the one with the later boot and sequence counts as the last.
    """
    device, time = base.device, base.time
    aggregates = [pl.len().cast(pl.Int64).alias("rows")]
    for name in base.properties:
        value = pl.col(name)
        aggregates += [
            value.count().cast(pl.Int64).alias(f"{name}_count"),
            value.cast(pl.Int128).sum().alias(f"{name}_sum"),
            value.min().alias(f"{name}_min"),
            value.max().alias(f"{name}_max"),
            value.first(ignore_nulls=True).alias(f"{name}_first"),
            value.last(ignore_nulls=True).alias(f"{name}_last"),
        ]
    tie_breakers = [name for name in (*BOOKKEEPING, *base.properties) if name in rows.columns]
    by_time = rows.sort([time, *tie_breakers], nulls_last=False)
    grouped = by_time.group_by(device, _bucket(time, width), maintain_order=True).agg(aggregates)
    return grouped.with_columns(
        pl.when(pl.col(f"{name}_count") > 0)
        .then(pl.col(f"{name}_sum").cast(pl.Int64, strict=False))
        .alias(f"{name}_sum")
        for name in base.properties
    )


def complete_until(base: Snapshot, rollup: Snapshot) -> datetime | None:
    """The moment before which the roll-up equals the table; None where nothing is known to be equal.

    All rows that came since the last run lie at or after it, however late some of them are.
    """
    position = rollup.positions.get(_POSITION, -1)
    if position < 0:
        return None
    earliest: int | None = None
    for version in range(position + 1, base.version + 1):
        added = _earliest_added(base.folder, version, base.table.time)
        if added == _FORGOTTEN:
            return None
        if added is not None:
            earliest = added if earliest is None else min(earliest, added)
    return datetime.max.replace(tzinfo=UTC) if earliest is None else to_moment(earliest)


@lru_cache(maxsize=16_384)
def _earliest_added(folder: Path, version: int, time: str) -> int | None:
    """The earliest time of the rows that one version added; entries of the log never change."""
    entry = DeltaLog(folder).entry(version)
    if entry is None:
        return _FORGOTTEN
    added = (action["add"] for action in entry.actions() if "add" in action)
    lowest = [DataFile.from_action(add).lowest[time] for add in added if add["dataChange"]]
    return min(lowest, default=None)


def _bucket(time: str, width: Width) -> pl.Expr:
    physical = pl.col(time).to_physical()
    return (physical - physical % width.microseconds).cast(pl.Datetime("us", "UTC")).alias(time)


def _added_since(base: Snapshot, position: int) -> list[DataFile] | None:
    """The files that appends added after version `position`; None if the log does not reach back.

    A file may have been merged into another since; it is still there unless it was vacuumed.
    """
    if position < 0:
        return list(base.files.values())
    added = []
    for version in range(position + 1, base.version + 1):
        entry = base.log.entry(version)
        if entry is None:
            return None
        for action in entry.actions():
            if "add" in action and action["add"]["dataChange"]:
                file = DataFile.from_action(action["add"])
                if not (base.folder / file.path).exists():
                    return None
                added.append(file)
    return added


def _touched(base: Snapshot, added: list[DataFile], width: Width) -> pl.DataFrame:
    """The device and beginning of each bucket that has rows in `added`, in the order of time."""
    device, time = base.table.device, base.table.time
    rows = scan(base, added, Slice(base.table.name), [device, time])
    return rows.select(device, _bucket(time, width)).unique().sort(time, device).collect()


def _chunks(base: Snapshot, buckets: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The buckets in runs of whole hours whose files hold no more rows than fit in memory."""
    time = base.table.time
    hours = buckets.group_by(pl.col(time).dt.truncate("1h"), maintain_order=True).agg(pl.len())
    begin = gathered = 0
    first = None
    for hour, size in hours.iter_rows():
        first = first or hour
        files = base.pruned(first, hour + timedelta(hours=1))
        if gathered and sum(file.rows for file in files) > _CHUNK_ROWS:
            yield buckets.slice(begin, gathered)
            begin, gathered, first = begin + gathered, 0, hour
        gathered += size
    yield buckets.slice(begin, gathered)


def _rows_of(base: Snapshot, buckets: pl.DataFrame, width: Width) -> pl.DataFrame:
    """All rows of the base table that fall into one of `buckets`."""
    device, time = base.table.device, base.table.time
    chosen = _bounds(buckets, base.table, width)
    key = "\x00bucket"
    return (
        scan(base, base.pruned(chosen.start, chosen.end), chosen)
        .with_columns(_bucket(time, width).alias(key))
        .join(buckets.lazy(), left_on=[device, key], right_on=[device, time], how="semi")
        .drop(key)
        .collect()
    )


def _replace_buckets(rollup: Snapshot, buckets: pl.DataFrame, rows: pl.DataFrame, more: list[Action]) -> None:
    """Put `rows` in the place of what the roll-up held for `buckets`, in one commit.

    Rows of other buckets that share a file move to a file of their own, apart from the new rows:
    the next run touches the newest buckets again and need not carry them along each time.
    """
    table = rollup.table
    keys = [table.device, table.time]
    chosen = _bounds(buckets, table, Width("", timedelta(microseconds=1)))
    hit: list[DataFile] = []
    staying = [rows.clear()]
    for file in rollup.pruned(chosen.start, chosen.end):
        held = scan(rollup, [file], Slice(table.name), keys)
        if held.join(buckets.lazy(), on=keys, how="semi").select(pl.len()).collect().item():
            hit.append(file)
            everything = scan(rollup, [file], Slice(table.name)).collect()
            staying.append(everything.join(buckets, on=keys, how="anti"))
    new = [
        write_data_file(rollup.folder, part.sort(table.order), table, prefix)
        for part, prefix in ((pl.concat(staying), "kept"), (rows, "part"))
        if part.height
    ]
    actions = [*replacement(hit, new, data_change=True), *more]
    commit(rollup, "ROLL UP", actions, note={})


def _replace_all(rollup: Snapshot) -> None:
    old = list(rollup.files.values())
    if old:
        commit(rollup, "ROLL UP", replacement(old, [], data_change=True), note={})


def _bounds(buckets: pl.DataFrame, table: Table, width: Width) -> Slice:
    times = buckets[table.time].to_physical()
    first, last = cast("int", times.min()), cast("int", times.max())
    return Slice(
        table.name,
        to_moment(first),
        to_moment(last + width.microseconds),
    )
