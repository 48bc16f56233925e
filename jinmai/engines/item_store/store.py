"""The store: one SQLite file, one transaction a batch.

Random serials defeat every order, so a row holds no more than it must: the serial is the row's own key, and
batch and number are two small integers, about 26 bytes an animal. The batch's serials in their order are kept
once more as seven bytes each, which makes a batch readable without walking the table.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import randbits
from typing import NamedTuple
from uuid import UUID

from jinmai.durable import fsync_folder, make_folder

SERIAL_BITS = 50
MOST_IN_A_BATCH = 10_000_000
_SERIAL_BYTES = 7
_PATIENCE_S = 60
_ASKED_AT_ONCE = 500
_TABLES = """
CREATE TABLE IF NOT EXISTS items (
    serial INTEGER PRIMARY KEY, batch INTEGER NOT NULL, number INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS batches (
    batch INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, count INTEGER NOT NULL, serials BLOB NOT NULL
)
"""
_FIND = "SELECT name, number FROM items JOIN batches USING (batch) WHERE serial = ?"


class Item(NamedTuple):
    """Which animal of which batch; ``number`` counts from 0."""

    batch: UUID
    number: int


class OtherCountError(Exception):
    """A batch was asked for again with another number of animals than it was minted with."""


class ItemStore:
    """The identities in ``folder``. Any number of processes may read, and write one after the other."""

    def __init__(self, folder: Path) -> None:
        """Name the store; its file is made at the first mint."""
        self.path = folder / "items.sqlite3"
        self._local = threading.local()

    def mint(self, batch: UUID, count: int) -> list[int]:
        """New serials for a batch in their order, durable on return; a batch that exists is given as it is.

        Raises:
            OtherCountError: the batch exists with another count.
            ValueError: the count is not from 1 to 10,000,000.
        """
        if not 1 <= count <= MOST_IN_A_BATCH:
            raise ValueError(f"{count} animals: a batch has 1 to {MOST_IN_A_BATCH:,}")
        with self._writing() as connection:
            minted = _batch(connection, batch)
            if minted is None:
                minted = _fresh_serials(connection, count)
                packed = b"".join(serial.to_bytes(_SERIAL_BYTES, "big") for serial in minted)
                row = (batch.bytes, count, packed)
                added = connection.execute("INSERT INTO batches (name, count, serials) VALUES (?, ?, ?)", row)
                # In the order of the key, so that a page of the table is touched once.
                rows = sorted((serial, added.lastrowid, number) for number, serial in enumerate(minted))
                connection.executemany("INSERT INTO items VALUES (?, ?, ?)", rows)
        if len(minted) != count:
            raise OtherCountError(f"batch {batch} was minted with {len(minted)} animals, not {count}")
        return minted

    def find(self, serial: int) -> Item | None:
        """The animal with this serial, or None if it was never minted here."""
        if not self.path.exists():
            return None
        row = self._reading().execute(_FIND, (serial,)).fetchone()
        return None if row is None else Item(UUID(bytes=row[0]), row[1])

    def serials(self, batch: UUID, first: int = 0, count: int = MOST_IN_A_BATCH) -> list[int] | None:
        """A batch's serials in the order of minting, or so many from number ``first`` on.

        None for a batch that is not here.
        """
        return _batch(self._reading(), batch, first, count) if self.path.exists() else None

    def __len__(self) -> int:
        """How many animals have an identity here."""
        if not self.path.exists():
            return 0
        total = self._reading().execute("SELECT coalesce(sum(count), 0) FROM batches").fetchone()[0]
        return int(total)

    def close(self) -> None:
        """Close this thread's file."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            del self._local.connection
            connection.close()

    def _reading(self) -> sqlite3.Connection:
        """This thread's connection: SQLite's may not be used by two threads at once."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=_PATIENCE_S)
            self._local.connection = connection
        return connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        make_folder(self.path.parent)
        new = not self.path.exists()
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=_PATIENCE_S)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_TABLES)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
                if new:
                    fsync_folder(self.path.parent)
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


def _batch(
    connection: sqlite3.Connection, batch: UUID, first: int = 0, count: int = MOST_IN_A_BATCH
) -> list[int] | None:
    asked = (1 + first * _SERIAL_BYTES, count * _SERIAL_BYTES, batch.bytes)
    row = connection.execute("SELECT substr(serials, ?, ?) FROM batches WHERE name = ?", asked).fetchone()
    if row is None:
        return None
    packed: bytes = row[0]
    return [
        int.from_bytes(packed[at : at + _SERIAL_BYTES], "big") for at in range(0, len(packed), _SERIAL_BYTES)
    ]


def _fresh_serials(connection: sqlite3.Connection, count: int) -> list[int]:
    """So many different random serials that nobody has yet, in random order."""
    found: dict[int, None] = {}
    while len(found) < count:
        candidates = [randbits(SERIAL_BITS) for _ in range(count - len(found))]
        taken = _taken(connection, candidates)
        found.update((serial, None) for serial in candidates if serial not in taken)
    return list(found)


def _taken(connection: sqlite3.Connection, serials: Sequence[int]) -> set[int]:
    taken: set[int] = set()
    ordered = sorted(serials)
    for begin in range(0, len(ordered), _ASKED_AT_ONCE):
        some = ordered[begin : begin + _ASKED_AT_ONCE]
        marks = ", ".join("?" * len(some))
        asked = connection.execute(f"SELECT serial FROM items WHERE serial IN ({marks})", some)  # noqa: S608
        taken.update(serial for (serial,) in asked)
    return taken
