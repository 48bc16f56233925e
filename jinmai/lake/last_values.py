"""The last value of every property of every device, in a SQLite file of its own.

Answers in well under a millisecond and keeps its many small writes away from the web's database.
It is a projection of the lake: it may be deleted and is then rebuilt from the tables.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from jinmai.lake.lake import Lake
from jinmai.lake.snapshot import to_microseconds, to_moment
from jinmai.lake.sqlite_files import open_sqlite
from jinmai.lake.tables import BOOKKEEPING

_TABLES = """
CREATE TABLE IF NOT EXISTS last_values (
    device INTEGER NOT NULL, property TEXT NOT NULL,
    time INTEGER NOT NULL, value INTEGER NOT NULL, change INTEGER NOT NULL,
    PRIMARY KEY (device, property)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS last_values_by_change ON last_values (change);
CREATE TABLE IF NOT EXISTS changes (id INTEGER PRIMARY KEY CHECK (id = 0), latest INTEGER);
INSERT OR IGNORE INTO changes VALUES (0, 0)
"""
# A late row never replaces a newer one; of two at the same moment the later arrival counts.
_UPSERT = """
INSERT INTO last_values VALUES (?, ?, ?, ?, ?) ON CONFLICT (device, property) DO UPDATE
SET time = excluded.time, value = excluded.value, change = excluded.change
WHERE excluded.time >= last_values.time
"""


@dataclass(frozen=True, slots=True)
class LastValue:
    """The newest known value of one property; `value` is scaled by the property's resolution."""

    device: int
    property: str
    time: datetime
    value: int


class LastValues:
    """One file of last values; one process writes, many read."""

    def __init__(self, path: Path) -> None:
        """Open or create the file."""
        self._lock = threading.Lock()
        # A power cut may take back the last moments; `rebuild` or the next values bring them again.
        self._connection = open_sqlite(path, _TABLES, "NORMAL")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def put(self, rows: Iterable[LastValue]) -> int:
        """Take over values that are not older than the known ones; returns the change number."""
        triples = [(row.device, row.property, to_microseconds(row.time), row.value) for row in rows]
        return self._put(triples)

    def put_frame(self, frame: pl.DataFrame, properties: Iterable[str] | None = None) -> int:
        """Take over the newest value of each device and property of a telemetry frame.

        `frame` has the columns device and time; `properties` are its value columns, by default all
        others except boot and sequence.
        """
        if properties is None:
            taken = {"device", "time", *BOOKKEEPING}
            properties = [name for name in frame.columns if name not in taken]
        names = list(properties)
        newest = (
            frame.lazy()
            .sort("time", maintain_order=True)
            .group_by("device")
            .agg(
                *(pl.col(name).last(ignore_nulls=True).alias(f"{name} value") for name in names),
                *(
                    pl.col("time").filter(pl.col(name).is_not_null()).last().dt.epoch("us").alias(name)
                    for name in names
                ),
            )
            .collect()
        )
        return self._put(
            row
            for name in names
            for row in newest.select(
                "device", pl.lit(name).alias("property"), name, f"{name} value"
            ).iter_rows()
            if row[3] is not None
        )

    def get(self, device: int) -> dict[str, LastValue]:
        """The last values of one device by property; empty if nothing was ever sent."""
        query = "SELECT device, property, time, value FROM last_values WHERE device = ?"
        return {row.property: row for row in self._select(query, device)}

    def token(self) -> int:
        """The number of the latest change, to ask `changed_since` from now on."""
        with self._lock:
            row = self._connection.execute("SELECT latest FROM changes").fetchone()
        return int(row[0])

    def changed_since(self, token: int) -> tuple[int, list[LastValue]]:
        """All values put after `token`, and the token for the next question; 0 asks for all."""
        query = "SELECT device, property, time, value FROM last_values WHERE change > ? ORDER BY change"
        # The token is read first: a value that is put in between is told twice, never lost.
        latest = self.token()
        return latest, self._select(query, token)

    def rebuild(self, lake: Lake, tables: Iterable[str]) -> int:
        """Forget everything and take the last values from the lake; returns the change number."""
        newest: list[tuple[int, str, int, int]] = []
        for name in tables:
            table = lake.table(name)
            for column in table.properties:
                newest += lake.query(
                    f"SELECT {table.device}, '{column}', epoch_us(max({table.time})), "  # noqa: S608 - names are checked identifiers
                    f"arg_max({column}, {table.time}) FROM {name} "
                    f"WHERE {column} IS NOT NULL GROUP BY {table.device}",
                    tables=[name],
                ).iter_rows()
        return self._put(newest, forget=True)

    def _put(self, rows: Iterable[tuple[int, str, int, int]], *, forget: bool = False) -> int:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                if forget:
                    self._connection.execute("DELETE FROM last_values")
                self._connection.execute("UPDATE changes SET latest = latest + 1")
                latest = int(self._connection.execute("SELECT latest FROM changes").fetchone()[0])
                self._connection.executemany(_UPSERT, ((*row, latest) for row in rows))
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
        return latest

    def _select(self, query: str, argument: int) -> list[LastValue]:
        with self._lock:
            rows = self._connection.execute(query, (argument,)).fetchall()
        return [
            LastValue(device, name, to_moment(microseconds), value)
            for device, name, microseconds, value in rows
        ]
