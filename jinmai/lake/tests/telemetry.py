"""Small telemetry tables and frames for the lake's tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from jinmai.lake import INT32, INT64, TIMESTAMP, Key, Lake, Part, Receipt, Table

FURNACE = Table(
    "telemetry_furnace",
    {
        "device": INT32,
        "time": TIMESTAMP,
        "boot": INT64,
        "sequence": INT64,
        "power": INT64,
        "temperature": INT64,
    },
)
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def message(
    device: int,
    sequence: int,
    *,
    rows: int = 3,
    start: datetime | None = None,
    power: Sequence[int | None] | None = None,
) -> pl.DataFrame:
    """The rows of one message: one row every ten seconds, by default right after the message before."""
    begin = start or NOON + timedelta(seconds=10 * rows * sequence)
    return pl.DataFrame(
        {
            "device": pl.Series([device] * rows, dtype=pl.Int32),
            "time": [begin + timedelta(seconds=10 * row) for row in range(rows)],
            "boot": pl.Series([1] * rows, dtype=pl.Int64),
            "sequence": pl.Series([sequence] * rows, dtype=pl.Int64),
            "power": pl.Series(
                [sequence * 100 + row for row in range(rows)] if power is None else power, dtype=pl.Int64
            ),
            "temperature": pl.Series([1500 + row for row in range(rows)], dtype=pl.Int64),
        },
        schema_overrides={"time": pl.Datetime("us", "UTC")},
    )


def key(device: int, sequence: int) -> Key:
    """The key of a message."""
    return Key(f"{device}/1", sequence)


def send(lake: Lake, *messages: tuple[int, int], table: Table = FURNACE) -> Receipt:
    """Append the messages (device, sequence) of three rows each in one call."""
    frames = [message(device, sequence) for device, sequence in messages]
    parts = [Part(key(device, sequence), 3) for device, sequence in messages]
    return lake.append(table.name, pl.concat(frames), parts)


def furnace_lake(root: Path) -> Lake:
    """A lake with one empty furnace table."""
    lake = Lake(root)
    lake.create(FURNACE)
    return lake
