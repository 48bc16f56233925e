"""What differs between two states of a ledger's SQLite file, and by which names a check has to call it.

The two states are compared row by row and column by column, whoever changed them and however; so the names
that are due do not depend on what an attack says about itself.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

COLUMNS = {
    "entry": ("id", "index", "kind", "subject", "actor", "occurred_at", "recorded_at", "key", "leaf"),
    "payload": ("entry_id", "salt", "content", "erased_by_id"),
    "tile": ("level", "number", "hashes"),
    "checkpoint": ("size", "note", "link"),
}
HASH = 32
TILE = 256
Row = dict[str, tuple[str, bytes | None]]
Table = dict[int, Row] | None
"""Rows by their place in the file, None where they cannot be read."""
State = dict[str, Table]


def dump(path: Path) -> State:
    """All that is recorded: storage class and bytes of each column, read past the indexes."""
    return {table: _dump_table(path, table, columns) for table, columns in COLUMNS.items()}


def _dump_table(path: Path, table: str, columns: tuple[str, ...]) -> Table:
    chosen = ", ".join(f'typeof("{column}"), CAST("{column}" AS BLOB)' for column in columns)
    try:
        with closing(sqlite3.connect(path)) as database:
            return {
                row[0]: dict(zip(columns, zip(row[1::2], row[2::2], strict=True), strict=True))
                for row in database.execute(f"SELECT rowid, {chosen} FROM ledger_{table} NOT INDEXED")
            }
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None


@dataclass
class Damage:
    """What was done to the rows. ``due``: patterns, each of which one fault of a check has to match."""

    before: State
    after: State
    due: set[str] = field(default_factory=set)

    @classmethod
    def between(cls, before: State, after: State) -> set[str]:
        """The names due for all that differs; none where nothing differs."""
        found = cls(before, after)
        for table in COLUMNS:
            now, was = after[table], before[table]
            assert was is not None
            if now is None:
                found.due.add(f"(table ledger_{table}|database): ")
                continue
            for place in sorted(was.keys() | now.keys()):
                if was.get(place) != now.get(place):
                    found.due |= set(getattr(found, f"_{table}")(was.get(place), now.get(place)))
        return found.due

    def _entry(self, was: Row | None, now: Row | None) -> Iterator[str]:
        if was is None:
            assert now is not None
            yield f"entry {_number(now, 'index')}: "
            return
        index = _number(was, "index")
        if now is None or now["index"] != was["index"]:
            yield self._gone(index)
        if now is None:
            return
        taken = {_number(row, "index") for row in (self.before["entry"] or {}).values()}
        if now["index"][0] == "integer" and _number(now, "index") not in taken:
            yield f"entry {_number(now, 'index')}: has a number, but "
        for column in COLUMNS["entry"]:
            if column == "leaf" and was[column] != now[column]:
                yield f"entry {index}: (is not the entry that the log holds|its envelope )"
            elif column != "index" and was[column] != now[column]:
                yield f"entry {index}: column {column} is not what the envelope says"

    def _gone(self, index: str) -> str:
        if any(_number(row, "index") == index for row in (self.after["entry"] or {}).values()):
            return f"entry {index}: is not the entry that the log holds at this place$"
        return f"entry {index}: is missing$"

    def _payload(self, was: Row | None, now: Row | None) -> Iterator[str]:
        owners = {row["id"]: _number(row, "index") for row in (self.before["entry"] or {}).values()}
        if was is None:
            return  # it came with an entry, which is named
        index = owners[was["entry_id"]]
        there = {row["entry_id"] for row in (self.after["payload"] or {}).values()}
        if was["entry_id"] not in there:
            still = any(row["id"] == was["entry_id"] for row in (self.after["entry"] or {}).values())
            yield f"entry {index}: its payload is gone$" if still else self._gone(index)
        elif now is None or was["entry_id"] != now["entry_id"]:
            yield f"entry {index}: its payload is not the one that was recorded$"
        if now is None:
            return
        if was["erased_by_id"] != now["erased_by_id"]:
            yield f"entry {index}: its payload is (called )?erased and "
        elif (was["salt"], was["content"]) != (now["salt"], now["content"]):
            yield f"entry {index}: its payload is (not the one that was recorded|no longer bytes)$"

    def _tile(self, was: Row | None, now: Row | None) -> Iterator[str]:
        if was is None:
            assert now is not None
            yield f"tile {_tile(now)}: "
            return
        name = _tile(was)
        if now is None or _tile(now) != name:
            yield f"tile {name}: is missing$"
            if now is not None:
                yield f"tile {_tile(now)}: (is there, but|is not stored)"
            return
        kind, hashes = now["hashes"]
        old = was["hashes"][1] or b""
        if kind != "blob" or hashes is None or len(hashes) != len(old):
            yield f"tile {name}: (holds|is not stored)"
            return
        level, number = map(int, name.split("/"))
        for at in range(0, len(old), HASH):
            if old[at : at + HASH] != hashes[at : at + HASH]:
                child = number * TILE + at // HASH
                below = f"tile {level - 1}/{child}" if level else f"entry {child}"
                yield f"tile {name}: its hash {at // HASH} is not that of {below}$"

    def _checkpoint(self, was: Row | None, now: Row | None) -> Iterator[str]:
        sizes = sorted(int(_number(row, "size")) for row in (self.before["checkpoint"] or {}).values())
        if was is None:
            assert now is not None
            yield f"checkpoint {_number(now, 'size')}: "
        elif now is not None and was["size"] != now["size"]:
            yield f"checkpoint {_number(was, 'size')}: its column size says {_number(now, 'size')}$"
        elif now is not None:
            yield f"checkpoint {_number(was, 'size')}: "
        elif int(_number(was, "size")) == sizes[-1]:
            yield f"checkpoint {sizes[-1]}: was handed out and is not in the database"
        else:
            left = [int(_number(row, "size")) for row in (self.after["checkpoint"] or {}).values()]
            later = [size for size in left if size > int(_number(was, "size"))]
            if later:  # else the last one is gone, too, and named
                yield f"checkpoint {min(later)}: is not linked to the one before"


def _number(row: Row, column: str) -> str:
    return (row[column][1] or b"None").decode(errors="replace")


def _tile(row: Row) -> str:
    return f"{_number(row, 'level')}/{_number(row, 'number')}"


def unnamed(due: set[str], faults: list[str]) -> list[str]:
    """What a check with these faults leaves unnamed, names wrongly or names too late; none is right."""
    found = [f"nothing says {pattern!r}" for pattern in sorted(due) if not _said(pattern, faults)]
    if faults and not any(re.match(pattern, faults[0]) for pattern in due):
        found.append(f"first named: {faults[0]}")
    guilty = {pattern.split(":")[0] for pattern in due}
    found += [
        f"blamed: {fault}"
        for fault in faults
        if re.match(r"entry \d+:", fault) and fault.split(":")[0] not in guilty
    ]
    return found


def _said(pattern: str, faults: list[str]) -> bool:
    return any(re.match(pattern, fault) for fault in _one_by_one(faults))


def _one_by_one(faults: list[str]) -> Iterator[str]:
    """Faults of a run of entries as one of each entry."""
    for fault in faults:
        run = re.fullmatch(r"entries (\d+) to (\d+): are (.*)", fault)
        if run:
            yield from (f"entry {place}: is {run[3]}" for place in range(int(run[1]), int(run[2]) + 1))
        else:
            yield fault
