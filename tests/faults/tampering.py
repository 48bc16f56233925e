"""Attacks on a ledger's SQLite file: each changes something that was recorded, and says what it changed.

The attacker has the file and the passwords: triggers are dropped before and put back after.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.faults.damage import COLUMNS, Damage, dump

Attack = Callable[[Path, random.Random], str]
LARGEST_SHIFT = 20


class Missed(Exception):  # noqa: N818 - an attack that changed nothing is none
    """The attack turned out to change nothing that was recorded."""


def open_unguarded(path: Path) -> sqlite3.Connection:
    """The database without its triggers, kept for :func:`close_guarded`."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA foreign_keys = OFF")
    database.execute("BEGIN IMMEDIATE")
    triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    database.execute("CREATE TEMP TABLE guards (sql TEXT)")
    for name, sql in triggers:
        database.execute("INSERT INTO guards VALUES (?)", [sql])
        database.execute(f"DROP TRIGGER {name}")
    return database


def close_guarded(database: sqlite3.Connection) -> None:
    """Put the triggers back, as if nothing had happened."""
    for (sql,) in database.execute("SELECT sql FROM guards").fetchall():
        database.execute(sql)
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def put_back(source: Path, path: Path) -> None:
    """Make the database at ``path`` what ``source`` is, also while a server has it open."""
    try:
        with closing(sqlite3.connect(source)) as kept, closing(sqlite3.connect(path)) as database:
            kept.backup(database)
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError:  # damaged so far that SQLite does not open it
        for rest in path.parent.glob(f"{path.name}-*"):
            rest.unlink(missing_ok=True)
        shutil.copyfile(source, path)


def flip_a_bit(path: Path, dice: random.Random) -> str:
    """One bit of one column of one row."""
    database = open_unguarded(path)
    table = dice.choice(list(COLUMNS))
    column = dice.choice(COLUMNS[table])
    count = database.execute(f"SELECT count(*) FROM ledger_{table}").fetchone()[0]
    (row,) = database.execute(
        f"SELECT rowid FROM ledger_{table} LIMIT 1 OFFSET {dice.randrange(count)}"
    ).fetchone()
    kind, content = database.execute(
        f'SELECT typeof("{column}"), CAST("{column}" AS BLOB) FROM ledger_{table} WHERE rowid = ?', [row]
    ).fetchone()
    changed = _flipped(kind, content, dice)
    cast = "CAST(? AS TEXT)" if kind == "text" else "?"
    try:
        database.execute(f'UPDATE ledger_{table} SET "{column}" = {cast} WHERE rowid = ?', [changed, row])
    except sqlite3.IntegrityError as error:  # the flipped value is another row's
        database.close()
        raise Missed from error
    close_guarded(database)
    return f"a bit of {table}.{column}, row {row}"


def _flipped(kind: str, content: bytes | None, dice: random.Random) -> object:
    if kind == "null" or content is None:
        return "0" * 32
    if kind == "integer":
        return int(content) ^ (1 << dice.randrange(LARGEST_SHIFT))
    if not content:
        return b"\x00"
    place = dice.randrange(len(content) * 8)
    changed = bytearray(content)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def flip_a_bit_of_the_file(path: Path, dice: random.Random) -> str:
    """One bit anywhere in the database file; most lie in other tables, indexes and free space."""
    before = dump(path)
    place = dice.randrange(100, path.stat().st_size)
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 1 << dice.randrange(8)]))
    if not Damage.between(before, dump(path)):
        raise Missed
    return f"a bit of the file at {place}"


def delete_a_row(path: Path, dice: random.Random) -> str:
    """One row of one table; an entry goes with its payload."""
    database = open_unguarded(path)
    table = dice.choice(["entry", "payload", "tile", "checkpoint"])
    rows = database.execute(f"SELECT rowid FROM ledger_{table}").fetchall()
    (row,) = dice.choice(rows)
    if table == "entry":
        database.execute(
            "DELETE FROM ledger_payload WHERE entry_id = (SELECT id FROM ledger_entry WHERE rowid = ?)", [row]
        )
    database.execute(f"DELETE FROM ledger_{table} WHERE rowid = ?", [row])
    close_guarded(database)
    return f"row {row} of {table} deleted"


def exchange_two_rows(path: Path, dice: random.Random) -> str:
    """Two entries in each other's place, or with each other's payload."""
    database = open_unguarded(path)
    size = database.execute('SELECT count(*) FROM ledger_entry WHERE "index" IS NOT NULL').fetchone()[0]
    one, two = dice.sample(range(size), 2)
    if dice.random() < 0.5:
        for old, new in ((one, -1), (two, one), (-1, two)):
            database.execute('UPDATE ledger_entry SET "index" = ? WHERE "index" = ?', [new, old])
        what = "places"
    else:
        ids = [
            database.execute('SELECT id FROM ledger_entry WHERE "index" = ?', [index]).fetchone()[0]
            for index in (one, two)
        ]
        for owner, other in ((ids[0], "-"), (ids[1], ids[0]), ("-", ids[1])):
            database.execute("UPDATE ledger_payload SET entry_id = ? WHERE entry_id = ?", [other, owner])
        what = "payloads"
    close_guarded(database)
    return f"{what} of entries {one} and {two} exchanged"


def insert_an_entry(path: Path, dice: random.Random) -> str:
    """A copy of an entry under a new id, at the end of the log or not sealed yet."""
    database = open_unguarded(path)
    size = database.execute('SELECT max("index") + 1 FROM ledger_entry').fetchone()[0]
    index = dice.choice([size, size + 5])
    new = f"{dice.getrandbits(128):032x}"
    source = dice.randrange(size)
    database.execute(
        'INSERT INTO ledger_entry SELECT ?, ?, kind, subject, actor, occurred_at, recorded_at, NULL, leaf '
        'FROM ledger_entry WHERE "index" = ?',
        [new, index, source],
    )  # fmt: skip
    database.execute(
        "INSERT INTO ledger_payload SELECT ?, salt, content, NULL FROM ledger_payload WHERE entry_id = "
        '(SELECT id FROM ledger_entry WHERE "index" = ?)',
        [new, source],
    )
    close_guarded(database)
    return f"entry {source} inserted again at {index}"


def put_back_an_old_backup(path: Path, dice: random.Random) -> str:
    """The whole database as it was some checkpoints ago."""
    backup = dice.choice(sorted(path.parent.glob("backup-*.sqlite3")))
    put_back(backup, path)
    return f"{backup.stem} put back"
