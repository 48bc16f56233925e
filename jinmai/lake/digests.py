r"""The canonical digest of the rows that arrived under one key.

Files change under compaction, rows do not: the digest depends only on the rows, not on their order,
their file, or columns that were added to the table later. The encoding hashed by SHA-256 is

    b"jinmai-rows-1\n"
    the names of the columns that hold a value in at least one row, sorted, as JSON, then b"\n"
    the number of rows, 8 bytes little-endian
    for each of these columns in turn, one byte per row: 1 where there is a value, else 0
    for each of these columns in turn, 8 bytes per row: the value as little-endian int64, 0 where
        there is none; a timestamp counts microseconds since 1970-01-01 UTC

with the rows sorted by (device, time) or whatever the table's order is, then by all other columns
in the order of their names, none before any value.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, compress

import polars as pl

_PART = "\x00part"  # no column can be named so


def row_digests(frame: pl.DataFrame, sizes: Sequence[int], order: Sequence[str]) -> list[bytes]:
    """One digest for each run of rows: the first `sizes[0]` rows of `frame`, the next, and so on.

    `frame` holds int32, int64 and timestamp columns only; `order` is the table's sort order.
    """
    ordered = _canonical(frame, sizes, order)
    names = sorted(name for name in frame.columns if ordered[name].null_count() < ordered.height)
    values = [_bytes(column) for column in ordered.select(pl.col(names).fill_null(0))]
    if all(ordered[name].null_count() == 0 for name in names):
        return _full_digests(names, values, sizes)
    masks = [_bytes(column) for column in ordered.select(pl.col(names).is_not_null().cast(pl.UInt8))]
    digests = []
    for size, end in zip(sizes, accumulate(sizes), strict=True):
        begin = end - size
        present = [mask[begin:end] for mask in masks]
        numbers = [value[begin * 8 : end * 8] for value in values]
        held = [1 in mask for mask in present]
        pieces = (*compress(present, held), *compress(numbers, held))
        header = _header(tuple(compress(names, held)), size)
        digests.append(hashlib.sha256(b"".join((header, *pieces))).digest())
    return digests


def _full_digests(names: Sequence[str], values: Sequence[bytes], sizes: Sequence[int]) -> list[bytes]:
    """The digests where no value is missing: most frames, and a city sends thousands of parts a second."""
    digests = []
    for size, end in zip(sizes, accumulate(sizes), strict=True):
        begin, stop = (end - size) * 8, end * 8
        header = _full_header(tuple(names), size)
        digests.append(hashlib.sha256(header + b"".join([v[begin:stop] for v in values])).digest())
    return digests


def row_digest(frame: pl.DataFrame, order: Sequence[str]) -> bytes:
    """The digest of all rows of `frame`, for instance of one key's rows read back."""
    return row_digests(frame, [frame.height], order)[0]


@lru_cache(maxsize=4096)
def _header(names: tuple[str, ...], rows: int) -> bytes:
    return b"jinmai-rows-1\n" + json.dumps(names).encode() + b"\n" + rows.to_bytes(8, "little")


@lru_cache(maxsize=4096)
def _full_header(names: tuple[str, ...], rows: int) -> bytes:
    held = names if rows else ()
    return _header(held, rows) + b"\x01" * (rows * len(held))


def _canonical(frame: pl.DataFrame, sizes: Sequence[int], order: Sequence[str]) -> pl.DataFrame:
    """The rows as int64, those of each part in the canonical order."""
    numbers = pl.Series(range(len(sizes)), dtype=pl.Int32)
    parts = numbers.repeat_by(pl.Series(sizes, dtype=pl.UInt32)).list.explode(empty_as_null=False)
    whole = frame.select(pl.col(frame.columns).cast(pl.Int64)).with_columns(parts.alias(_PART))
    by_order = [_PART, *order]
    # Ties in the sort order are rare; only they make the other columns matter.
    ordered = whole.sort(by_order)
    ties = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in by_order)
    if not ordered.select(ties.any()).item():
        return ordered
    rest = sorted(name for name in frame.columns if name not in order)
    return whole.sort([*by_order, *rest], nulls_last=False)


def _bytes(column: pl.Series) -> bytes:
    """The column's values, which lack none, one after the other in memory order."""
    chunk = column.rechunk().to_arrow()
    width = chunk.type.bit_width // 8
    return bytes(memoryview(chunk.buffers()[1])[chunk.offset * width :][: len(chunk) * width])
