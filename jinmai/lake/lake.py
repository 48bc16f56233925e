"""The lake: one object through which the rest of the house writes and reads columnar tables."""

import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import polars as pl

from jinmai.durable import make_folder
from jinmai.lake.appending import Appender, Receipt
from jinmai.lake.checkpoints import PROTOCOL
from jinmai.lake.commits import commit
from jinmai.lake.compaction import TARGET_ROWS, Cleaning, Compaction, compact, vacuum
from jinmai.lake.digests import row_digest
from jinmai.lake.errors import UnknownTableError
from jinmai.lake.integrity import Fault, check_table
from jinmai.lake.keys import Key, KeyIndex, Part, Range
from jinmai.lake.log import DeltaLog, VersionTakenError
from jinmai.lake.reading import Kernel, Queries, Slice, map_files, read
from jinmai.lake.rollups import complete_until, roll_up, rollup_table, width_of
from jinmai.lake.seals import Seal, check_seal, seal_table
from jinmai.lake.snapshot import Snapshot
from jinmai.lake.tables import Table


class Lake:
    """Many tables below one folder; safe to share between threads.

    Any number of processes may read and maintain; one process at a time appends to a table, and
    keeps that right from its first append until `close`.
    """

    def __init__(self, root: Path) -> None:
        """Name the folder; it is created with the first table."""
        self.root = Path(root)
        self._lock = threading.RLock()
        self._snapshots: dict[str, Snapshot] = {}
        self._appenders: dict[str, Appender] = {}
        self._key_indexes: dict[str, KeyIndex] = {}
        self._queries: Queries | None = None

    def close(self) -> None:
        """Give back all locks and files."""
        with self._lock:
            for appender in self._appenders.values():
                appender.close()
            for index in self._key_indexes.values():
                index.close()
            if self._queries is not None:
                self._queries.close()
            self._appenders, self._key_indexes, self._queries = {}, {}, None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Definitions

    def create(self, table: Table) -> Table:
        """Create the table, or add the columns that it does not have yet; returns what it now is.

        Raises:
            InputRefusedError: a column's type or the sort order would change.
        """
        folder = self.root / table.name
        make_folder(folder / "_delta_log")
        make_folder(folder / "_jinmai")
        created_ms = time.time_ns() // 1_000_000
        actions = [
            {"protocol": PROTOCOL},
            {"metaData": table.to_metadata(str(uuid.uuid4()), created_ms)},
        ]
        try:
            if not DeltaLog(folder).path(0).exists() and not self._exists(table.name):
                DeltaLog(folder).publish(0, "CREATE TABLE", actions, previous="", note={})
        except VersionTakenError:
            pass  # another process created it; it may still need our columns
        snapshot = self.snapshot(table.name)
        while (extended := snapshot.table.extended_by(table)) != snapshot.table:
            metadata = extended.to_metadata(snapshot.metadata["id"], snapshot.metadata["createdTime"])
            commit(snapshot, "ADD COLUMNS", [{"metaData": metadata}], note={})
        return snapshot.table

    def table(self, name: str) -> Table:
        """The definition of a table.

        Raises:
            UnknownTableError: it was never created.
        """
        return self.snapshot(name).table

    def tables(self) -> list[str]:
        """The names of all tables, sorted."""
        return sorted(log.parent.name for log in self.root.glob("*/_delta_log"))

    def snapshot(self, name: str) -> Snapshot:
        """The table's state at its latest version."""
        with self._lock:
            if name in self._snapshots:
                self._snapshots[name].refresh()
            else:
                self._snapshots[name] = Snapshot(self.root / name)
            return self._snapshots[name]

    def _exists(self, name: str) -> bool:
        try:
            self.snapshot(name)
        except UnknownTableError:
            return False
        return True

    # Writing

    def append(self, table: str, frame: pl.DataFrame, parts: Sequence[Part]) -> Receipt:
        """Store rows durably, each part of them once and forever.

        `frame` holds the rows of the parts one after the other. Parts whose key was appended
        before, in this call or years ago, are dropped; all others become one commit. On return
        data file, log entry and folders are fsynced, and the keys can be recovered from the log.

        Raises:
            InputRefusedError: rows or keys do not fit the table; nothing was stored.
            TableLockedError: another process appends to this table; the message names it.
            UnavailableError, OSError: the disk or the key index refuses; whether the rows were
                stored is unknown until the same parts are sent again.
        """
        return self._appender(table).append(frame, parts)

    def append_one(self, table: str, frame: pl.DataFrame, key: Key) -> Receipt:
        """Store the whole frame under one key."""
        return self.append(table, frame, [Part(key, frame.height)])

    def _appender(self, table: str) -> Appender:
        with self._lock:
            if table not in self._appenders:
                self.snapshot(table)  # an unknown table must not leave a lock file behind
                self._appenders[table] = Appender(self.root / table)
            return self._appenders[table]

    # Keys

    def known(self, table: str, key: Key) -> bool:
        """Whether rows were ever appended under this key, by whatever process."""
        return self._keys(table).known(key)

    def ranges(self, table: str, stream: str) -> list[Range]:
        """The numbers of a stream that were appended, as inclusive ranges."""
        return self._keys(table).ranges(stream)

    def gaps(self, table: str, stream: str) -> list[Range]:
        """The numbers between a stream's first and last that never came, as inclusive ranges."""
        ranges = self.ranges(table, stream)
        return [(before[1] + 1, after[0] - 1) for before, after in pairwise(ranges)]

    def digest(self, table: str, rows: pl.DataFrame) -> bytes:
        """The canonical digest of rows read back, comparable to a receipt's (see `digests`)."""
        return row_digest(rows, self.table(table).order)

    def _keys(self, table: str) -> KeyIndex:
        snapshot = self.snapshot(table)
        with self._lock:
            if table not in self._key_indexes:
                self._key_indexes[table] = KeyIndex(snapshot.folder)
            index = self._key_indexes[table]
        if index.version < snapshot.version:
            # Nobody may be told that a key is known while a power cut could still take it back.
            snapshot.log.settle()
            index.catch_up(snapshot.log, snapshot.version)
        return index

    # Reading

    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        devices: Sequence[int] | None = None,
    ) -> pl.DataFrame:
        """Rows with start <= time < end and of one of `devices`, sorted by the table's order."""
        return read(self.snapshot(table), Slice(table, start, end, devices), columns)

    def query(
        self,
        sql: str,
        tables: Sequence[str | Slice],
        parameters: Sequence[Any] | Mapping[str, Any] = (),
    ) -> pl.DataFrame:
        """Run a SELECT by DuckDB; each table, or slice of one, is a view under its name.

        A `Slice` lets the lake leave out files before DuckDB opens them. Values go into
        `parameters` (`?` or `$name`), never into the SQL text.
        """
        slices = [Slice(each) if isinstance(each, str) else each for each in tables]
        with self._lock:
            if self._queries is None:
                self._queries = Queries(self.root)
        return self._queries.query(sql, [(self.snapshot(s.table), s) for s in slices], parameters)

    def map(  # noqa: PLR0913 - the bounds of `read` plus the kernel
        self,
        table: str,
        kernel: Kernel,
        columns: Sequence[str] | None = None,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        devices: Sequence[int] | None = None,
        rows_per_call: int = 1_000_000,
    ) -> pl.DataFrame:
        """Run `kernel` on one batch of files after the other and concatenate its frames.

        The kernel sees every row of the slice exactly once, in batches of unspecified bounds and
        order, and must return the same columns each time; it needs no state, so that the same
        kernel can run on the partitions of a cluster.
        """
        chosen = Slice(table, start, end, devices)
        return map_files(self.snapshot(table), kernel, chosen, columns, rows_per_call)

    # Maintenance: from any process, beside the table's writer and its readers

    def compact(self, table: str, target_rows: int = TARGET_ROWS) -> Compaction:
        """Merge small files into sorted ones; rows and digests stay as they are.

        Raises:
            TableLockedError: another process is just doing it; trying again later is enough.
        """
        return compact(self.snapshot(table).folder, target_rows)

    def vacuum(self, table: str, keep: timedelta = timedelta(days=7)) -> Cleaning:
        """Remove replaced files and superfluous log entries that are older than `keep`."""
        return vacuum(self.snapshot(table).folder, keep)

    def roll_up(self, table: str, every: str) -> int:
        """Bring `<table>_minute` ("1m") or `<table>_hour` ("1h") up to date; see `rollups`.

        Returns the number of buckets that were computed.
        """
        width = width_of(every)
        base = self.snapshot(table)
        rollup = self.create(rollup_table(base.table, width))
        return roll_up(base.folder, self.root / rollup.name, width)

    def rolled_up_until(self, table: str, every: str) -> datetime | None:
        """The moment before which the roll-up holds what the table holds; None where there is none.

        A reader takes the roll-up before it and the table from it on, and gets the same numbers.
        """
        name = table + width_of(every).suffix
        if not self._exists(name):
            return None
        rollup = self.snapshot(name)
        return complete_until(self.snapshot(table), rollup)

    def check(self, table: str | None = None, *, contents: bool = True) -> list[Fault]:
        """All damage of one table, or of all; see `integrity`."""
        names = self.tables() if table is None else [table]
        return [fault for name in names for fault in check_table(self.root / name, contents=contents)]

    def seal(self) -> list[Seal]:
        """The state of every table in a few bytes, sorted by name; see `seals`."""
        return [seal_table(self.root / name) for name in self.tables()]

    def check_seals(self, seals: Sequence[Seal]) -> list[Fault]:
        """In what the tables contradict seals taken earlier; data files are not read, `check` does that."""
        return [fault for seal in seals for fault in check_seal(self.root / seal.table, seal)]
