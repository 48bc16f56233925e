"""Opening the lake's own SQLite files, also when several processes create one at the same moment."""

import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from jinmai.durable import make_folder

_PATIENCE_S = 30.0


def open_sqlite(path: Path, tables: str, synchronous: str) -> sqlite3.Connection:
    """A connection in autocommit mode to a file with write-ahead log and these tables.

    It may be shared between threads that take turns.
    """
    make_folder(path.parent)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_PATIENCE_S)
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        # SQLite does not wait by itself when two connections switch the mode at once.
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
            break
        if time.monotonic() > deadline:
            connection.close()
            raise TimeoutError(f"{path}: locked by other processes for {_PATIENCE_S} s")
        time.sleep(0.01)
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
        connection.executescript(f"BEGIN IMMEDIATE; {tables}; PRAGMA user_version = 1; COMMIT;")
    return connection
