"""Reading a table in this process: SQL by DuckDB, rows by polars, both over pruned file lists.

The file list always comes from the Delta log, never from the folder: the folder also holds files
that are not committed yet or were replaced.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from polars import selectors

from jinmai.lake.errors import InputRefusedError
from jinmai.lake.snapshot import DataFile, Snapshot
from jinmai.lake.tables import Table

_MEMORY = "2GB"

Kernel = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Slice:
    """The rows of a table with start <= time < end and of one of `devices`; None is no bound."""

    table: str
    start: datetime | None = None
    end: datetime | None = None
    devices: Sequence[int] | None = None

    def __post_init__(self) -> None:
        """Refuse times without zone: they would mean another hour on another machine."""
        for name, moment in (("start", self.start), ("end", self.end)):
            if moment is not None and moment.tzinfo is None:
                raise InputRefusedError(f"table {self.table}: {name} {moment} has no time zone")


def scan(
    snapshot: Snapshot,
    files: Iterable[DataFile],
    chosen: Slice,
    columns: Sequence[str] | None = None,
) -> pl.LazyFrame:
    """The rows of `chosen` in `files`, lazily and in no order; absent columns are null."""
    table = snapshot.table
    wanted = list(table.columns) if columns is None else list(columns)
    unknown = [name for name in wanted if name not in table.columns]
    if unknown:
        raise InputRefusedError(f"table {table.name} has no column {unknown[0]!r}")
    paths = [snapshot.folder / file.path for file in files]
    if not paths:
        return pl.LazyFrame(schema={name: table.schema[name] for name in wanted})
    lazy = pl.scan_parquet(paths, schema=table.schema, missing_columns="insert", glob=False, cache=False)
    for condition in _conditions(table, chosen):
        lazy = lazy.filter(condition)
    return lazy.select(wanted)


def read(snapshot: Snapshot, chosen: Slice, columns: Sequence[str] | None) -> pl.DataFrame:
    """The rows of `chosen`, sorted by the table's order even where `columns` leaves it out."""
    table = snapshot.table
    wanted = list(table.columns) if columns is None else list(columns)
    needed = [*wanted, *(name for name in table.order if name not in wanted)]
    files = snapshot.pruned(chosen.start, chosen.end, chosen.devices)
    rows = scan(snapshot, files, chosen, needed).collect()
    return rows.sort(table.order, maintain_order=True).select(wanted)


def map_files(
    snapshot: Snapshot,
    kernel: Kernel,
    chosen: Slice,
    columns: Sequence[str] | None,
    rows_per_call: int,
) -> pl.DataFrame:
    """Run `kernel` on batches of whole files and put its frames together."""
    results = []
    files = sorted(
        snapshot.pruned(chosen.start, chosen.end, chosen.devices),
        key=lambda file: [file.lowest[name] for name in (snapshot.table.time, snapshot.table.device)],
    )
    batch: list[DataFile] = []
    for file in files:
        if batch and sum(each.rows for each in batch) + file.rows > rows_per_call:
            results.append(kernel(scan(snapshot, batch, chosen, columns).collect()))
            batch = []
        batch.append(file)
    results.append(kernel(scan(snapshot, batch, chosen, columns).collect()))
    return pl.concat(results, how="vertical")


class Queries:
    """DuckDB in this process, confined to the files below the lake's root."""

    def __init__(self, root: Path) -> None:
        """Start the engine; it keeps file footers in memory between queries."""
        self._connection = duckdb.connect()
        self._connection.execute("SET GLOBAL TimeZone = 'UTC'")  # cursors are sessions of their own
        self._connection.execute("SET parquet_metadata_cache = true")
        # A question too large is refused; the process that answers pages must not be killed for it.
        self._connection.execute(f"SET memory_limit = '{_MEMORY}'")
        folder = _quoted(str(root.resolve()))
        self._connection.execute(f"SET allowed_directories = [{folder}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def close(self) -> None:
        """Stop the engine."""
        self._connection.close()

    def query(
        self,
        sql: str,
        tables: Sequence[tuple[Snapshot, Slice]],
        parameters: Sequence[Any] | Mapping[str, Any],
    ) -> pl.DataFrame:
        """Run `sql` with each slice as a view under its table's name."""
        cursor = self._connection.cursor()
        try:
            for snapshot, chosen in tables:
                cursor.execute(
                    f"CREATE OR REPLACE TEMP VIEW {snapshot.table.name} AS {_select(snapshot, chosen)}"
                )
            found: pl.DataFrame = cursor.sql(sql, params=parameters or None).pl()
        finally:
            cursor.close()
        return _plain(found)


def _plain(found: pl.DataFrame) -> pl.DataFrame:
    """DuckDB's result in the house's types: it names zones in its own way, and sums integers as decimals."""
    try:
        return found.with_columns(
            selectors.datetime("us", "*").dt.convert_time_zone("UTC"),
            pl.col(pl.Decimal(38, 0)).cast(pl.Int64),
        )
    except pl.exceptions.InvalidOperationError as error:
        raise InputRefusedError(f"a sum does not fit int64; cast it in SQL: {error}") from error


def _select(snapshot: Snapshot, chosen: Slice) -> str:
    """SQL for the rows of a slice; files from before a column was added give null for it."""
    table = snapshot.table
    groups: dict[frozenset[str], list[str]] = {}
    for file in snapshot.pruned(chosen.start, chosen.end, chosen.devices):
        path = str((snapshot.folder / file.path).resolve())
        groups.setdefault(file.columns, []).append(_quoted(path))
    where = _where(table, chosen)
    parts = []
    for columns, paths in groups.items():
        fields = ", ".join(
            name if name in columns else f"NULL::{kind.sql} AS {name}" for name, kind in table.columns.items()
        )
        listed = ", ".join(paths)
        parts.append(f"SELECT {fields} FROM read_parquet([{listed}]){where}")  # noqa: S608 - names are checked, the rest is quoted
    if not parts:
        fields = ", ".join(f"NULL::{kind.sql} AS {name}" for name, kind in table.columns.items())
        return f"SELECT {fields} WHERE false"
    return " UNION ALL ".join(parts)


def _where(table: Table, chosen: Slice) -> str:
    conditions = []
    if chosen.start is not None:
        conditions.append(f"{table.time} >= {_quoted(chosen.start.isoformat())}::TIMESTAMPTZ")
    if chosen.end is not None:
        conditions.append(f"{table.time} < {_quoted(chosen.end.isoformat())}::TIMESTAMPTZ")
    if chosen.devices is not None:
        listed = ", ".join(str(int(device)) for device in chosen.devices)
        conditions.append(f"{table.device} IN ({listed})" if listed else "false")
    return " WHERE " + " AND ".join(conditions) if conditions else ""


def _conditions(table: Table, chosen: Slice) -> list[pl.Expr]:
    conditions = []
    if chosen.start is not None:
        conditions.append(pl.col(table.time) >= chosen.start)
    if chosen.end is not None:
        conditions.append(pl.col(table.time) < chosen.end)
    if chosen.devices is not None:
        conditions.append(pl.col(table.device).is_in(list(chosen.devices)))
    return conditions


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
