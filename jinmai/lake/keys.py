"""Which keys were ever appended: one SQLite file beside each table, as merged ranges per stream.

A key is a stream's name and a number, for instance a device's boot and a message's sequence. Keys
never expire; a stream without holes costs one row however long it runs. The truth is the Delta log:
each append's entry carries its keys, and the index remembers up to which version it has read them.
"""

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinmai.durable import replace
from jinmai.lake.errors import DamagedError, InputRefusedError
from jinmai.lake.log import DeltaLog
from jinmai.lake.sqlite_files import open_sqlite

_TABLES = """
CREATE TABLE IF NOT EXISTS ranges (
    stream TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL CHECK (last >= first),
    PRIMARY KEY (stream, first)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS position (id INTEGER PRIMARY KEY CHECK (id = 0), version INTEGER);
INSERT OR IGNORE INTO position VALUES (0, -1)
"""
# The newest range that begins at or before a number; ranges of a stream never touch.
_AT_OR_BEFORE = "SELECT first, last FROM ranges WHERE stream = ? AND first <= ? ORDER BY first DESC LIMIT 1"
_GROW = "UPDATE ranges SET last = ? WHERE stream = ? AND first = ?"
_LARGEST = 2**63 - 1
_TAILS_AT_MOST = 100_000
_LONGEST_STREAM = 200

Range = tuple[int, int]
Runs = dict[str, list[Range]]


@dataclass(frozen=True, slots=True)
class Key:
    """What an append is known by forever: a stream and a number within it (0 to 2^63 - 1)."""

    stream: str
    number: int


@dataclass(frozen=True, slots=True)
class Part:
    """A run of rows of a frame that arrived under one key."""

    key: Key
    rows: int


def runs_of(keys: Iterable[Key]) -> Runs:
    """The keys as merged ranges, first and last number inclusive, per stream."""
    numbers: dict[str, list[int]] = {}
    for key in keys:
        numbers.setdefault(key.stream, []).append(key.number)
    runs: Runs = {}
    for stream, each in numbers.items():
        merged: list[Range] = []
        for number in sorted(each):
            if merged and number <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], number)
            else:
                merged.append((number, number))
        runs[stream] = merged
    return runs


class KeyIndex:
    """The key ranges of one table; opened by its one writer, or read by anybody."""

    def __init__(self, table_folder: Path) -> None:
        """Open or create the index of the table in `table_folder`."""
        self.path = table_folder / "_jinmai" / "keys.sqlite3"
        self._lock = threading.Lock()
        # The last range of recently used streams. Only the table's one writer asks `first_seen`,
        # and whatever it did not record itself comes through `catch_up`.
        self._tails: dict[str, Range] = {}
        # The version that this object recorded last; where the file has another, the tails are stale.
        self._recorded: int | None = None
        self._connection = open_sqlite(self.path, _TABLES, "FULL")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def version(self) -> int:
        """The table version up to which the log's keys are in the index."""
        with self._lock:
            row = self._connection.execute("SELECT version FROM position").fetchone()
        return int(row[0])

    def first_seen(self, keys: Sequence[Key]) -> list[bool]:
        """For each key, whether it is new: neither in the index nor earlier in `keys`."""
        met: set[Key] = set()
        fresh = []
        with self._lock:
            for key in keys:
                _check(key)
                tail = self._tails.get(key.stream)
                beyond = tail is not None and key.number > tail[1]
                fresh.append(key not in met and (beyond or not self._holds(key)))
                met.add(key)
        return fresh

    def known(self, key: Key) -> bool:
        """Whether the key was appended before."""
        _check(key)
        with self._lock:
            return self._holds(key)

    def ranges(self, stream: str) -> list[Range]:
        """The stream's known numbers as ranges, first and last inclusive, ascending."""
        query = "SELECT first, last FROM ranges WHERE stream = ? ORDER BY first"
        with self._lock:
            return [(first, last) for first, last in self._connection.execute(query, (stream,))]

    def record(self, version: int, runs: Mapping[str, Sequence[Range]]) -> None:
        """Add the keys of one log entry and move to its version, both or neither.

        An entry that another process recorded meanwhile is left alone, and what was remembered of the
        streams' ends is read anew: growing an end from memory would shrink what the other one wrote.
        """
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                reached = self._connection.execute("SELECT version FROM position").fetchone()[0]
                if reached >= version:
                    self._tails.clear()
                    self._connection.execute("COMMIT")
                    return
                if reached != self._recorded:
                    self._tails.clear()
                self._add(runs)
                self._connection.execute("UPDATE position SET version = max(version, ?)", (version,))
                self._connection.execute("COMMIT")
                self._recorded = version
            except BaseException:
                self._tails.clear()
                self._connection.execute("ROLLBACK")
                raise

    def catch_up(self, log: DeltaLog, version: int) -> None:
        """Read the keys of all log entries up to `version` that the index has not seen yet.

        Any process may do this at any time: what was read before changes nothing.

        Raises:
            DamagedError: entries are missing on the way, so that keys could be forgotten.
        """
        reached = self.version
        # Ahead of the caller is usual: the writer went on since the caller looked. Ahead of the log
        # itself, asked after the index, is an index from another life of this table: it knows too
        # much, and the log is the truth.
        if reached > version and reached > max(log.versions(), default=-1):
            self._clear()
        saved = _newest_saved(self.path.parent)
        if saved is not None and self.version < saved[0] <= version:
            self.record(*saved)
        for following in range(self.version + 1, version + 1):
            entry = log.entry(following)
            if entry is None:
                raise DamagedError(
                    f"{log.path(following)}: missing, and the key index only reaches "
                    f"version {self.version}; the keys in between would be forgotten"
                )
            self.record(following, entry.note().get("keys", {}))

    def save(self) -> int:
        """Store all ranges in a durable file of their own; returns the version they reach.

        Log entries up to this version may be cleaned away afterwards: an index that gets lost can
        still be rebuilt from the saved file and the entries that follow it.
        """
        with self._lock:
            self._connection.execute("BEGIN")
            version = int(self._connection.execute("SELECT version FROM position").fetchone()[0])
            rows = self._connection.execute("SELECT stream, first, last FROM ranges").fetchall()
            self._connection.execute("COMMIT")
        runs: Runs = {}
        for stream, first, last in rows:
            runs.setdefault(stream, []).append((first, last))
        older = list(self.path.parent.glob("keys-*.json"))
        path = self.path.with_name(f"keys-{version:020d}.json")
        replace(path, json.dumps({"version": version, "keys": runs}).encode())
        for saved in older:
            if saved != path:
                saved.unlink()
        return version

    def _holds(self, key: Key) -> bool:
        found = self._connection.execute(_AT_OR_BEFORE, (key.stream, key.number)).fetchone()
        return found is not None and found[1] >= key.number

    def _add(self, runs: Mapping[str, Sequence[Range]]) -> None:
        """Add each stream's ranges, which ascend; nearly always they continue its last one."""
        if len(self._tails) > _TAILS_AT_MOST:
            self._tails.clear()
        grown = []
        for stream, each in runs.items():
            for first, last in each:
                tail = self._tails.get(stream)
                if tail is not None and first == tail[1] + 1:
                    self._tails[stream] = (tail[0], last)
                    grown.append((last, stream, tail[0]))
                    continue
                merged = self._merge(stream, first, last)
                if tail is None:
                    found = self._connection.execute(_AT_OR_BEFORE, (stream, _LARGEST)).fetchone()
                    self._tails[stream] = (found[0], found[1])
                elif merged[1] >= tail[1]:
                    self._tails[stream] = merged
        self._connection.executemany(_GROW, grown)

    def _merge(self, stream: str, first: int, last: int) -> Range:
        """Insert a range, swallow all that it overlaps or touches, and return what it became."""
        begin, end = first, last
        swallowed = []
        after = min(last + 1, _LARGEST)
        while True:
            found = self._connection.execute(_AT_OR_BEFORE, (stream, after)).fetchone()
            if found is None or found[1] < first - 1:
                break
            begin, end = min(begin, found[0]), max(end, found[1])
            swallowed.append((stream, found[0]))
            after = found[0] - 1
        self._connection.executemany("DELETE FROM ranges WHERE stream = ? AND first = ?", swallowed)
        self._connection.execute("INSERT INTO ranges VALUES (?, ?, ?)", (stream, begin, end))
        return begin, end

    def _clear(self) -> None:
        with self._lock:
            self._tails.clear()
            self._connection.executescript(
                "BEGIN IMMEDIATE; DELETE FROM ranges; UPDATE position SET version = -1; COMMIT;"
            )


def _check(key: Key) -> None:
    if not 0 <= key.number <= _LARGEST:
        raise InputRefusedError(f"key {key.stream!r}: {key.number} is not from 0 to 2^63 - 1")
    if not (1 <= len(key.stream) <= _LONGEST_STREAM and key.stream.isprintable()):
        raise InputRefusedError(f"key {key.stream[:80]!r}: not 1 to {_LONGEST_STREAM} printable characters")


def _newest_saved(folder: Path) -> tuple[int, Runs] | None:
    newest = max(folder.glob("keys-*.json"), default=None)
    if newest is None:
        return None
    content = json.loads(newest.read_bytes())
    return content["version"], content["keys"]
