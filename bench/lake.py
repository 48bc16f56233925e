"""What the lake stores and finds per second, beside SQLite, a DuckDB file and VictoriaMetrics.

Workload: 1,000 devices with 10 properties each send a value every 10 s; integers from a random walk
(two decimals of a measured value). All stores get the same batches of 100,000 values, already in
the form that each likes best, one commit a batch, one after the other, on the same disk. Every store
must give the same answers before its figures count.

Issue's marks: 3 M values/s including compaction, commit p95 below 50 ms, last value below 1 ms, one
device's hour below 15 ms.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from bench.lake_peers import DuckDBFile, SQLiteFile, Store, VictoriaMetrics
from bench.machine import describe
from jinmai.lake import INT32, INT64, TIMESTAMP, Key, Lake, LastValues, Part, Table
from jinmai.lake.snapshot import Snapshot

DEVICES = 1_000
PROPERTIES = tuple(f"p{number}" for number in range(10))
STEPS_PER_BATCH = 10
BATCHES = 100
VALUES_PER_BATCH = DEVICES * STEPS_PER_BATCH * len(PROPERTIES)
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
PERIOD = timedelta(seconds=10)
QUERIES = 200

TABLE = Table(
    "telemetry_bench",
    {
        "device": INT32,
        "time": TIMESTAMP,
        "boot": INT64,
        "sequence": INT64,
        **dict.fromkeys(PROPERTIES, INT64),
    },
)


def batches() -> Iterator[pl.DataFrame]:
    """The workload: each batch holds ten rows of every device, device by device."""
    level = pl.DataFrame({"device": pl.int_range(DEVICES, dtype=pl.Int32, eager=True)}).with_columns(
        (pl.col("device").hash(number) % 100_000).cast(pl.Int64).alias(name)
        for number, name in enumerate(PROPERTIES)
    )
    for batch in range(BATCHES):
        steps = pl.DataFrame({"step": pl.int_range(STEPS_PER_BATCH, dtype=pl.Int64, eager=True)})
        rows = level.join(steps, how="cross", maintain_order="left_right").with_columns(
            (BEGIN + (pl.col("step") + batch * STEPS_PER_BATCH) * PERIOD)
            .cast(pl.Datetime("us", "UTC"))
            .alias("time"),
            pl.lit(1, pl.Int64).alias("boot"),
            pl.lit(batch, pl.Int64).alias("sequence"),
        )
        moves = (
            ((pl.struct("device", "time").hash(number) % 101).cast(pl.Int64) - 50).cum_sum().over("device")
            for number in range(len(PROPERTIES))
        )
        rows = rows.with_columns(pl.col(name) + move for name, move in zip(PROPERTIES, moves, strict=True))
        level = rows.group_by("device", maintain_order=True).agg(pl.col(PROPERTIES).last())
        yield rows.select(list(TABLE.columns))


class LakeStore(Store):
    """The lake itself: every message of a device under a key of its own, 1,000 keys a commit."""

    durability = (
        "data file, log entry and folders fsynced before append returns; every message's key "
        "remembered forever; SHA-256 of its rows computed"
    )

    def __init__(self, folder: Path) -> None:
        """Create the table."""
        super().__init__(folder)
        self.lake = Lake(folder)
        self.lake.create(TABLE)
        self.last_values = LastValues(folder / "last_values.sqlite3")

    def prepare(self, batch: pl.DataFrame) -> tuple[pl.DataFrame, list[Part]]:
        """The frame and one key per device."""
        number = batch["sequence"][0]
        return batch, [Part(Key(f"{device}/1", number), STEPS_PER_BATCH) for device in range(DEVICES)]

    def append(self, prepared: tuple[pl.DataFrame, list[Part]]) -> None:
        """One durable commit."""
        receipt = self.lake.append(TABLE.name, *prepared)
        if not all(receipt.accepted):
            raise RuntimeError("a new message was taken for a known one")

    def finish(self) -> None:
        """Sorted compaction."""
        self.lake.compact(TABLE.name)
        self.lake.vacuum(TABLE.name, keep=timedelta(0))

    def hour(self, device: int, start: datetime) -> list[tuple[Any, ...]]:
        """Time and all properties of one device's hour."""
        end = start + timedelta(hours=1)
        return self.lake.read(TABLE.name, ["time", *PROPERTIES], start, end, [device]).rows()

    def last(self, device: int) -> object:
        """From the file of last values; what it costs to fill is `last_values_update_ms`."""
        if not self.last_values.token():
            self.last_values.rebuild(self.lake, [TABLE.name])
        return self.last_values.get(device)

    def close(self) -> None:
        """Give back the lock."""
        self.last_values.close()
        self.lake.close()


def run() -> dict[str, Any]:
    """Measure the lake and every peer that is installed."""
    machine = describe()
    with _folder() as root:
        lake, answers = _measure(LakeStore, root / "lake")
        lake |= _last_values(root)
        lake |= _beside_compaction(root)
        lake |= _many_versions(root)
        peers: dict[str, dict[str, Any]] = {}
        for name, peer in (
            ("sqlite", SQLiteFile),
            ("duckdb_file", DuckDBFile),
            ("victoria_metrics", VictoriaMetrics),
        ):
            missing = peer.missing()
            if missing:
                peers[name] = {"skipped": missing}
                continue
            peers[name], theirs = _measure(peer, root / name)
            if theirs != answers:
                raise RuntimeError(f"{name} gave other answers than the lake")
    return {
        "name": "lake",
        "machine": machine,
        "workload": {
            "devices": DEVICES,
            "properties": len(PROPERTIES),
            "period_s": PERIOD.total_seconds(),
            "values": BATCHES * VALUES_PER_BATCH,
            "values_per_commit": VALUES_PER_BATCH,
        },
        "results": lake,
        "peers": peers,
        "ratios": _ratios(lake, peers),
    }


def _measure(kind: type[Store], folder: Path) -> tuple[dict[str, Any], list[Any]]:
    """One store's figures, and its answers for comparison with the others'."""
    folder.mkdir()
    store = kind(folder)
    try:
        commits = []
        for batch in batches():
            prepared = store.prepare(batch)
            commits.append(_seconds(partial(store.append, prepared)))
        finishing = _seconds(store.finish)
        start = BEGIN + timedelta(minutes=30)
        devices = [number * 37 % DEVICES for number in range(QUERIES)]
        hours = [_seconds(partial(store.hour, device, start)) for device in devices]
        store.last(0)
        lasts = [_seconds(partial(store.last, device)) for device in devices]
        answers = [store.hour(device, start) for device in devices[:5]]
        values = BATCHES * VALUES_PER_BATCH
        figures = {
            "durability": store.durability,
            "values_per_second": round(values / (sum(commits) + finishing)),
            "values_per_second_without_compaction": round(values / sum(commits)),
            "compaction_s": round(finishing, 3),
            "commit_ms": _spread(commits),
            "device_hour_ms": _spread(hours),
            "last_value_ms": _spread(lasts),
            "bytes_per_value": round(store.size() / values, 2),
        }
    finally:
        store.close()
    return figures, answers


def _last_values(root: Path) -> dict[str, Any]:
    """What it costs to keep the file of last values: 10,000 of them change with each batch."""
    last = LastValues(root / "last_values.sqlite3")
    puts = [_seconds(partial(last.put_frame, batch)) for batch in islice(batches(), 20)]
    last.close()
    return {"last_values_update_ms": _spread(puts)}


_COMPACTING = """
import pathlib, sys, time
from jinmai.lake import Lake
lake = Lake(pathlib.Path(sys.argv[1]))
while True:
    lake.compact(sys.argv[2])
    print("done", flush=True)
"""


def _beside_compaction(root: Path) -> dict[str, Any]:
    """Commit times while another process compacts the same table without pause."""
    folder = root / "beside"
    folder.mkdir()
    store = LakeStore(folder)
    command = [sys.executable, "-c", _COMPACTING, str(folder), TABLE.name]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as compacting:
        if compacting.stdout is None or not compacting.stdout.readline():
            raise RuntimeError("the compacting process did not start")
        commits = [_seconds(partial(store.append, store.prepare(batch))) for batch in batches()]
        compacting.terminate()
    merged = sum(name.startswith("sorted") for name in store.lake.snapshot(TABLE.name).files)
    store.close()
    return {"commit_beside_compaction_ms": _spread(commits), "compacted_files_meanwhile": merged}


def _many_versions(root: Path) -> dict[str, Any]:
    """Opening and committing to a table of 2,000 versions that was never compacted."""
    folder = root / "versions"
    folder.mkdir()
    with Lake(folder) as lake:
        lake.create(TABLE)
        frame = next(batches()).head(STEPS_PER_BATCH)
        commits = []
        for number in range(2_000):
            ready = frame.with_columns(pl.col("time") + number * STEPS_PER_BATCH * PERIOD)
            commits.append(_seconds(partial(lake.append_one, TABLE.name, ready, Key("0/1", number))))
        opening = [_seconds(partial(Snapshot, folder / TABLE.name)) for _ in range(5)]
    return {
        "small_commit_ms_first_200_versions": _spread(commits[:200]),
        "small_commit_ms_last_200_of_2000_versions": _spread(commits[-200:]),
        "opening_ms_at_2000_versions": _spread(opening),
    }


def _ratios(lake: dict[str, Any], peers: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """How many times better the lake is than each peer; below 1 the peer is better."""
    ratios: dict[str, dict[str, float]] = {}
    for name, peer in peers.items():
        if "skipped" in peer:
            continue
        ratios[name] = {
            "values_per_second": round(lake["values_per_second"] / peer["values_per_second"], 2),
            **{
                what: round(peer[what]["p50"] / lake[what]["p50"], 2)
                for what in ("commit_ms", "device_hour_ms", "last_value_ms")
            },
            "bytes_per_value": round(peer["bytes_per_value"] / lake["bytes_per_value"], 2),
        }
    return ratios


def _seconds(action: Callable[[], object]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50": round(ordered[len(ordered) // 2] * 1000, 3),
        "p95": round(ordered[int(len(ordered) * 0.95)] * 1000, 3),
        "max": round(ordered[-1] * 1000, 3),
    }


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder on the disk that holds temporary files, removed afterwards."""
    root = Path(tempfile.mkdtemp(prefix="jinmai-bench-"))
    try:
        yield root
    finally:
        shutil.rmtree(root)
