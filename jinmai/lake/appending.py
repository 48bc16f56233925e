"""Durable, idempotent appends: the one writer of a table."""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from jinmai.lake.commits import commit
from jinmai.lake.data_files import conform, write_data_file
from jinmai.lake.digests import row_digests
from jinmai.lake.errors import InputRefusedError, UnavailableError
from jinmai.lake.keys import KeyIndex, Part, runs_of
from jinmai.lake.locks import FileLock
from jinmai.lake.snapshot import Snapshot
from jinmai.lake.tables import Table

_CHECKPOINT_AT_THE_LATEST = 250


@dataclass(frozen=True)
class Receipt:
    """What became of an append; whoever holds it may acknowledge every part.

    `version` is the table's version with the new rows, None if all parts were known already.
    `accepted` says for each part whether it is new; a part that is not new is stored just as well.
    `digests` holds the SHA-256 of each accepted part's canonical rows, None for known parts.
    """

    version: int | None
    accepted: list[bool]
    digests: list[bytes | None]


class Appender:
    """The writer of one table; holds the table's lock from its creation until `close`."""

    def __init__(self, folder: Path) -> None:
        """Lock the table in `folder` and recover its keys.

        Raises:
            TableLockedError: another process writes this table.
        """
        self._lock = FileLock(folder / "_jinmai" / "writer.lock", "appending")
        self._turn = threading.Lock()
        try:
            self._snapshot = Snapshot(folder)
            self._keys = KeyIndex(folder)
            self._recover()
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        """Let another process write."""
        self._keys.close()
        self._lock.release()

    def append(self, frame: pl.DataFrame, parts: Sequence[Part]) -> Receipt:
        """Store the rows of all parts that are new in one commit, durable on return."""
        if sum(part.rows for part in parts) != frame.height or any(p.rows < 0 for p in parts):
            raise InputRefusedError(
                f"the parts name {sum(part.rows for part in parts)} rows, the frame has {frame.height}"
            )
        with self._turn:
            try:
                return self._append(frame, parts)
            except sqlite3.Error as error:
                raise UnavailableError(f"{self._snapshot.folder}: the key index says {error}") from error

    def _append(self, frame: pl.DataFrame, parts: Sequence[Part]) -> Receipt:
        if self._unsettled:
            self._recover()
        rows = conform(frame, self._table_for(frame))
        accepted = self._keys.first_seen([part.key for part in parts])
        if not any(accepted):
            return Receipt(None, accepted, [None] * len(parts))
        return self._store(rows, parts, accepted)

    def _recover(self) -> None:
        """Bring the keys to the log's state, also after a commit that failed half-way.

        Whether such a commit happened, the log alone decides; its name is made durable before
        anybody is told that its keys are known.
        """
        self._unsettled = True
        self._snapshot.refresh()
        self._snapshot.log.settle()
        self._keys.catch_up(self._snapshot.log, self._snapshot.version)
        self._unsettled = False

    def _checkpoint_if_nobody_does(self) -> None:
        """Keep opening fast where maintenance never runs; otherwise `compact` does this."""
        if self._snapshot.version - self._snapshot.checkpointed >= _CHECKPOINT_AT_THE_LATEST:
            self._snapshot.refresh()
            if self._snapshot.version - self._snapshot.checkpointed >= _CHECKPOINT_AT_THE_LATEST:
                self._snapshot.checkpoint()

    def _table_for(self, frame: pl.DataFrame) -> Table:
        if any(name not in self._snapshot.table.columns for name in frame.columns):
            self._snapshot.refresh()  # somebody may have added the column meanwhile
        return self._snapshot.table

    def _store(self, rows: pl.DataFrame, parts: Sequence[Part], accepted: list[bool]) -> Receipt:
        table = self._snapshot.table
        new = [part for part, fresh in zip(parts, accepted, strict=True) if fresh]
        if len(new) < len(parts):
            rows = _rows_of_new(rows, parts, accepted)
        digests = iter(row_digests(rows, [part.rows for part in new], table.order))
        actions = []
        if rows.height:
            rows = rows.sort(table.order, maintain_order=True)
            file = write_data_file(self._snapshot.folder, rows, table, "part")
            actions.append({"add": file.to_action(data_change=True)})
        runs = runs_of(part.key for part in new)
        self._unsettled = True
        version = commit(self._snapshot, "WRITE", actions, note={"keys": runs})
        self._keys.record(version, runs)
        self._unsettled = False
        self._checkpoint_if_nobody_does()
        return Receipt(version, accepted, [next(digests) if a else None for a in accepted])


def _rows_of_new(rows: pl.DataFrame, parts: Sequence[Part], accepted: Sequence[bool]) -> pl.DataFrame:
    begin = 0
    kept = [rows.clear()]
    for part, fresh in zip(parts, accepted, strict=True):
        if fresh:
            kept.append(rows.slice(begin, part.rows))
        begin += part.rows
    return pl.concat(kept)
