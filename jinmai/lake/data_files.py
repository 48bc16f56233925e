"""Writing one Parquet file of a table: checked rows in, a durable file and its statistics out."""

import hashlib
import json
import time
import uuid
from datetime import UTC
from pathlib import Path
from typing import cast

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from jinmai.durable import write_new
from jinmai.lake.errors import InputRefusedError
from jinmai.lake.snapshot import DataFile, to_moment
from jinmai.lake.tables import TIMESTAMP, ColumnType, Table

ROW_GROUP = 65_536


def conform(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The frame with all columns of the table, in its order and types.

    A column that the frame lacks becomes null; integers of other widths are converted exactly.

    Raises:
        InputRefusedError: an unknown column, a wrong type, a value out of range, a null where the
            sort order needs a value; the message names column and row.
    """
    unknown = [name for name in frame.columns if name not in table.columns]
    if unknown:
        raise InputRefusedError(f"table {table.name} has no column {unknown[0]!r}")
    columns = []
    for name, kind in table.columns.items():
        if name in frame.columns:
            columns.append(_conform_column(frame[name], kind, table))
        else:
            columns.append(pl.Series(name, [None], kind.polars).extend_constant(None, 0))
            columns[-1] = columns[-1].new_from_index(0, frame.height)
        if name in table.order and columns[-1].null_count():
            row = columns[-1].is_null().arg_max()
            raise InputRefusedError(f"table {table.name}, column {name!r}, row {row}: no value")
    return pl.DataFrame(columns)


def _conform_column(column: pl.Series, kind: ColumnType, table: Table) -> pl.Series:
    place = f"table {table.name}, column {column.name!r}"
    if kind is TIMESTAMP:
        if not isinstance(column.dtype, pl.Datetime) or column.dtype.time_zone is None:
            raise InputRefusedError(f"{place}: {column.dtype} is no time with a time zone")
        if column.dtype.time_unit == "ns":
            raise InputRefusedError(f"{place}: nanoseconds would be cut to microseconds")
        return column.dt.convert_time_zone(str(UTC)).cast(kind.polars)
    if not (column.dtype.is_integer() or column.dtype == pl.Null):
        raise InputRefusedError(f"{place}: {column.dtype} is no integer")
    exact = column.cast(kind.polars, strict=False)
    lost = exact.is_null() & column.is_not_null()
    if lost.any():
        row = lost.arg_max()
        raise InputRefusedError(f"{place}, row {row}: {column[row or 0]} does not fit {kind.value}")
    return exact


def encode(frame: pl.DataFrame) -> memoryview:
    """The frame as Parquet: delta-packed integers, zstd, row groups of 64k rows.

    Delta packing halves the size of a sorted file against dictionary encoding and reads as fast.
    """
    sink = pa.BufferOutputStream()
    pq.write_table(
        frame.to_arrow(),
        sink,
        compression="zstd",
        compression_level=1,
        row_group_size=ROW_GROUP,
        use_dictionary=False,
        column_encoding=dict.fromkeys(frame.columns, "DELTA_BINARY_PACKED"),
    )
    return memoryview(sink.getvalue())


def write_data_file(folder: Path, frame: pl.DataFrame, table: Table, prefix: str) -> DataFile:
    """Store a conforming, non-empty frame as one durable file of `folder`.

    The file's name carries the SHA-256 of its bytes, so that a changed byte is found as long as
    the name is known.
    """
    # Statistics first: they refuse times that no calendar can write.
    statistics = _statistics(frame, table)
    content = encode(frame)
    name = f"{prefix}-{uuid.uuid4().hex}-{hashlib.sha256(content).hexdigest()}.parquet"
    write_new(folder / name, content)
    return DataFile.from_action(
        {
            "path": name,
            "size": content.nbytes,
            "modificationTime": time.time_ns() // 1_000_000,
            "stats": statistics,
        }
    )


def _statistics(frame: pl.DataFrame, table: Table) -> str:
    lowest: dict[str, int | str] = {}
    highest: dict[str, int | str] = {}
    for name in table.order:
        physical = frame[name].to_physical()
        # `conform` saw to it that no value is missing.
        low, high = cast("int", physical.min()), cast("int", physical.max())
        if table.columns[name] is TIMESTAMP:
            lowest[name], highest[name] = _iso(low, name, table), _iso(high, name, table)
        else:
            lowest[name], highest[name] = low, high
    return json.dumps(
        {
            "numRecords": frame.height,
            "minValues": lowest,
            "maxValues": highest,
            "nullCount": {name: frame[name].null_count() for name in frame.columns},
        }
    )


def _iso(microseconds: int, column: str, table: Table) -> str:
    try:
        moment = to_moment(microseconds)
    except OverflowError:
        raise InputRefusedError(
            f"table {table.name}, column {column!r}: {microseconds} us since 1970 is not in years 1 to 9999"
        ) from None
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
