"""Rows as the database keeps them, past every conversion that could hide a changed byte.

SQLite stores what it is given in whatever type it comes; so each column is read together with its storage
class and as raw bytes. PostgreSQL's columns are typed, its values are compared as Python reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

Raw = Any
"""A column as read: on SQLite its storage class and bytes, on PostgreSQL its value."""


def rows(table: str, columns: Sequence[str], order: str = "") -> Iterator[tuple[Raw, ...]]:
    """Every row of a ledger table, in the order of the columns named."""
    chosen = ", ".join(_expression(column) for column in columns)
    tail = f" ORDER BY {order}" if order else ""
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {chosen} FROM {table}{tail}")  # noqa: S608 - names are constants of this house
        while found := cursor.fetchmany(1000):
            for row in found:
                yield _paired(row) if connection.vendor == "sqlite" else tuple(_plain(value) for value in row)


def as_kept(value: UUID | datetime | str | bytes | int | None) -> Raw:
    """How a value lies in the database when nobody has touched it."""
    if connection.vendor != "sqlite":
        return value
    match value:
        case None:
            kept: Raw = ("null", None)
        case bytes():
            kept = ("blob", value)
        case int():
            kept = ("integer", str(value).encode())
        case UUID():
            kept = ("text", value.hex.encode())
        case datetime():
            kept = ("text", str(connection.ops.adapt_datetimefield_value(value)).encode())
        case str():
            kept = ("text", value.encode())
    return kept


def number(raw: Raw) -> int | None:
    """A raw column as a whole number, None where it is none."""
    if connection.vendor != "sqlite":
        return raw if isinstance(raw, int) else None
    kind, content = raw
    return int(content) if kind == "integer" else None


def octets(raw: Raw) -> bytes | None:
    """A raw column as bytes, None where it does not hold bytes."""
    if connection.vendor != "sqlite":
        return raw if isinstance(raw, bytes) else None
    kind, content = raw
    return content if kind == "blob" else None


def text(raw: Raw) -> str | None:
    """A raw column as text, None where it is none or not UTF-8."""
    if connection.vendor != "sqlite":
        return raw if isinstance(raw, str) else None
    kind, content = raw
    try:
        return content.decode() if kind == "text" else None
    except UnicodeDecodeError:
        return None


def _expression(column: str) -> str:
    quoted = f'"{column}"'
    return f"typeof({quoted}), CAST({quoted} AS BLOB)" if connection.vendor == "sqlite" else quoted


def _paired(row: tuple[Any, ...]) -> tuple[Raw, ...]:
    return tuple(zip(row[::2], row[1::2], strict=True))


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
