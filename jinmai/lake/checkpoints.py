"""Checkpoints of the Delta log: the whole state in one Parquet file, so that opening stays fast.

The format is the protocol's classic single-file checkpoint. The file is durable before
`_last_checkpoint` points to it, and readers fall back to nothing else: an entry is only cleaned
away when a durable checkpoint stands above it.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jinmai.durable import publish, replace
from jinmai.lake.errors import DamagedError

_TEXTS = pa.map_(pa.string(), pa.string())
_SCHEMA = pa.schema(
    {
        "protocol": pa.struct({"minReaderVersion": pa.int32(), "minWriterVersion": pa.int32()}),
        "metaData": pa.struct(
            {
                "id": pa.string(),
                "name": pa.string(),
                "format": pa.struct({"provider": pa.string(), "options": _TEXTS}),
                "schemaString": pa.string(),
                "partitionColumns": pa.list_(pa.string()),
                "configuration": _TEXTS,
                "createdTime": pa.int64(),
            }
        ),
        "txn": pa.struct({"appId": pa.string(), "version": pa.int64()}),
        "add": pa.struct(
            {
                "path": pa.string(),
                "partitionValues": _TEXTS,
                "size": pa.int64(),
                "modificationTime": pa.int64(),
                "dataChange": pa.bool_(),
                "stats": pa.string(),
            }
        ),
        "remove": pa.struct(
            {
                "path": pa.string(),
                "deletionTimestamp": pa.int64(),
                "dataChange": pa.bool_(),
            }
        ),
    }
)
PROTOCOL = {"minReaderVersion": 1, "minWriterVersion": 2}


def checkpoint_path(log_folder: Path, version: int) -> Path:
    """Where the checkpoint of this version lives."""
    return log_folder / f"{version:020d}.checkpoint.parquet"


def last_checkpoint(log_folder: Path) -> int | None:
    """The version of the newest durable checkpoint, or None before the first."""
    pointer = log_folder / "_last_checkpoint"
    try:
        return int(json.loads(pointer.read_bytes())["version"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedError(f"{pointer}: {error}") from error


def write_checkpoint(log_folder: Path, version: int, actions: Iterable[dict[str, Any]]) -> None:
    """Store the state of `version` durably and point `_last_checkpoint` to it.

    The caller shares the log's gate: entries are cleaned away by what the pointer says.
    """
    rows = list(actions)
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA), sink, compression="zstd")
    # The same version always has the same state: whoever wrote it first, it is good.
    with suppress(FileExistsError):
        publish(checkpoint_path(log_folder, version), sink.getvalue().to_pybytes())
    pointer = json.dumps({"version": version, "size": len(rows)})
    replace(log_folder / "_last_checkpoint", pointer.encode())


def read_checkpoint(log_folder: Path, version: int) -> Iterator[dict[str, Any]]:
    """The actions of a checkpoint that make up the table's state, without the replaced files.

    Raises:
        DamagedError: the file is missing or cannot be read.
    """
    kinds = [name for name in _SCHEMA.names if name != "remove"]
    state = _read(log_folder, version, kinds)
    for kind in kinds:
        for content in state[kind].drop_null().to_pylist(maps_as_pydicts="strict"):
            yield {kind: content}


def replaced_files(log_folder: Path, version: int) -> dict[str, int]:
    """The files that were replaced before this checkpoint but not yet removed, and when (ms).

    There may be hundreds of thousands: only maintenance asks for them.
    """
    replaced = _read(log_folder, version, ["remove"])["remove"].drop_null().combine_chunks()
    paths, moments = replaced.field("path"), replaced.field("deletionTimestamp")
    return dict(zip(paths.to_pylist(), moments.to_pylist(), strict=True))


def _read(log_folder: Path, version: int, columns: list[str]) -> pa.Table:
    path = checkpoint_path(log_folder, version)
    try:
        return pq.read_table(path, schema=_SCHEMA, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise DamagedError(f"{path}: {error}") from error
