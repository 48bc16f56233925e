"""The stores that the lake is measured beside, each set up as its makers advise for telemetry."""

import http.client
import json
import shutil
import socket
import sqlite3
import subprocess
import time
import urllib.parse
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl


class Store:
    """What every measured store can do; answers are rows of (time, properties…)."""

    durability: str

    def __init__(self, folder: Path) -> None:
        """Open an empty store below `folder`."""
        self.folder = folder

    @classmethod
    def missing(cls) -> str:
        """Why the store cannot be measured here; empty if it can."""
        return ""

    def prepare(self, batch: pl.DataFrame) -> Any:
        """The batch in the form that the store takes fastest; not timed."""
        return batch

    def append(self, prepared: Any) -> None:
        """Store one batch, with whatever durability the store gives."""
        raise NotImplementedError

    def finish(self) -> None:
        """Whatever brings the data into their lasting form."""

    def hour(self, device: int, start: datetime) -> list[tuple[Any, ...]]:
        """Time and all properties of one device's hour, in the order of time."""
        raise NotImplementedError

    def last(self, device: int) -> object:
        """The last values of one device."""
        raise NotImplementedError

    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def close(self) -> None:
        """Stop."""


class SQLiteFile(Store):
    """One wide table clustered by device and time."""

    durability = (
        "WAL, synchronous=FULL: the commit is fsynced; a row sent twice is refused by its primary key"
    )

    def __init__(self, folder: Path) -> None:
        """Create the table."""
        super().__init__(folder)
        self.connection = sqlite3.connect(folder / "telemetry.sqlite3", isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")
        self.columns = 0

    def prepare(self, batch: pl.DataFrame) -> list[tuple[int, ...]]:
        """Tuples, times as microseconds."""
        if not self.columns:
            self.columns = batch.width
            listed = ", ".join(f"{name} INTEGER" for name in batch.columns)
            self.connection.execute(
                f"CREATE TABLE telemetry ({listed}, PRIMARY KEY (device, time)) WITHOUT ROWID"
            )
        return batch.with_columns(pl.col("time").dt.epoch("us")).rows()

    def append(self, prepared: list[tuple[int, ...]]) -> None:
        """One transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        places = ", ".join("?" * self.columns)
        self.connection.executemany(f"INSERT INTO telemetry VALUES ({places})", prepared)  # noqa: S608 - question marks only
        self.connection.execute("COMMIT")

    def finish(self) -> None:
        """Move the write-ahead log into the file."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def hour(self, device: int, start: datetime) -> list[tuple[Any, ...]]:
        """By the primary key."""
        begin = int(start.timestamp() * 1_000_000)
        rows = self.connection.execute(
            "SELECT * FROM telemetry WHERE device = ? AND time >= ? AND time < ? ORDER BY time",
            (device, begin, begin + 3_600_000_000),
        ).fetchall()
        return [(start + timedelta(microseconds=row[1] - begin), *row[4:]) for row in rows]

    def last(self, device: int) -> object:
        """By the primary key, backwards."""
        query = "SELECT * FROM telemetry WHERE device = ? ORDER BY time DESC LIMIT 1"
        return self.connection.execute(query, (device,)).fetchone()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


class DuckDBFile(Store):
    """One wide table in a DuckDB file, which a single process can open."""

    durability = "the write-ahead log is fsynced at commit; nothing keeps a message from being stored twice"

    def __init__(self, folder: Path) -> None:
        """Open the file."""
        super().__init__(folder)
        self.connection = duckdb.connect(str(folder / "telemetry.duckdb"))
        self.connection.execute("SET TimeZone = 'UTC'")
        self.created = False

    def append(self, prepared: pl.DataFrame) -> None:
        """One INSERT from the frame's own memory."""
        self.connection.register("batch", prepared)
        what = "INSERT INTO telemetry" if self.created else "CREATE TABLE telemetry AS"
        self.connection.execute(f"{what} SELECT * FROM batch")  # noqa: S608 - one of two constants
        self.created = True

    def finish(self) -> None:
        """Rewrite the table in the order of device and time, as the lake does."""
        self.connection.execute("CREATE TABLE ordered AS SELECT * FROM telemetry ORDER BY device, time")
        self.connection.execute("DROP TABLE telemetry")
        self.connection.execute("ALTER TABLE ordered RENAME TO telemetry")
        self.connection.execute("CHECKPOINT")

    def hour(self, device: int, start: datetime) -> list[tuple[Any, ...]]:
        """By the row groups' bounds."""
        found: pl.DataFrame = self.connection.sql(
            "SELECT * EXCLUDE (device, boot, sequence) FROM telemetry "
            "WHERE device = ? AND time >= ? AND time < ? ORDER BY time",
            params=[device, start, start + timedelta(hours=1)],
        ).pl()
        return found.with_columns(pl.col("time").dt.convert_time_zone("UTC")).rows()

    def last(self, device: int) -> object:
        """By the row groups' bounds."""
        query = "SELECT * FROM telemetry WHERE device = ? ORDER BY time DESC LIMIT 1"
        return self.connection.sql(query, params=[device]).pl()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


class VictoriaMetrics(Store):
    """Debian's single-node server on a free port, fed by line protocol over one kept connection."""

    durability = (
        "answers before anything is on disk: up to 5 s of acknowledged values are lost in a crash; values "
        "are 64-bit floats; a value sent twice is kept once per series and time"
    )

    def __init__(self, folder: Path) -> None:
        """Start the server and wait until it answers."""
        super().__init__(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        program = shutil.which("victoria-metrics") or "victoria-metrics"
        self.server = subprocess.Popen(
            [
                program,
                f"-httpListenAddr=127.0.0.1:{port}",
                f"-storageDataPath={folder / 'data'}",
                "-retentionPeriod=100y",
                "-search.latencyOffset=0s",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        deadline = time.monotonic() + 30
        while True:
            try:
                self._request("GET", "/health")
                break
            except OSError:
                self.connection.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    @classmethod
    def missing(cls) -> str:
        """Only measured where Debian's package is installed."""
        found = shutil.which("victoria-metrics")
        return "" if found else "victoria-metrics is not installed (apt-get install victoria-metrics)"

    def prepare(self, batch: pl.DataFrame) -> bytes:
        """Lines of the Influx protocol, one a row."""
        names = [name for name in batch.columns if name.startswith("p")]
        fields = [pl.lit(f"{name}=") + pl.col(name).cast(pl.String) for name in names]
        lines = batch.select(
            pl.concat_str(
                pl.lit("t,device=") + pl.col("device").cast(pl.String),
                pl.concat_str(*fields, separator=","),
                (pl.col("time").dt.epoch("us") * 1000).cast(pl.String),
                separator=" ",
            ).alias("line")
        )["line"]
        return "\n".join(lines).encode()

    def append(self, prepared: bytes) -> None:
        """One request."""
        self._request("POST", "/write", prepared)

    def finish(self) -> None:
        """Make what is in memory visible and merge its parts."""
        self._request("GET", "/internal/force_flush")
        self._request("GET", "/internal/force_merge")

    def hour(self, device: int, start: datetime) -> list[tuple[Any, ...]]:
        """The raw samples, as the export door gives them."""
        end = start + timedelta(hours=1) - timedelta(milliseconds=1)
        question = urllib.parse.urlencode(
            {
                "match[]": f'{{device="{device}"}}',
                "start": start.timestamp(),
                "end": end.timestamp(),
            }
        )
        series = [
            json.loads(line) for line in self._request("GET", f"/api/v1/export?{question}").splitlines()
        ]
        series.sort(key=lambda each: each["metric"]["__name__"])
        times = [
            start + timedelta(milliseconds=ms - start.timestamp() * 1000) for ms in series[0]["timestamps"]
        ]
        return list(zip(times, *([int(v) for v in each["values"]] for each in series), strict=True))

    def last(self, device: int) -> object:
        """The newest sample of each series within the last 30 minutes of the workload."""
        question = urllib.parse.urlencode(
            {"query": f'last_over_time({{device="{device}"}}[30m])', "time": "2025-01-01T02:46:30Z"}
        )
        return json.loads(self._request("GET", f"/api/v1/query?{question}"))["data"]["result"]

    def close(self) -> None:
        """Stop the server."""
        self.connection.close()
        self.server.terminate()
        self.server.wait(timeout=30)

    def _request(self, method: str, address: str, body: bytes | None = None) -> bytes:
        self.connection.request(method, address, body)
        response = self.connection.getresponse()
        content = response.read()
        if response.status >= http.HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"{address}: {response.status} {content[:200]!r}")
        return content
