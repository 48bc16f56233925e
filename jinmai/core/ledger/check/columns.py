"""Rows as the database keeps them, past every conversion that could hide a changed byte.

SQLite stores what it is given in whatever type it comes; so each column is read together with its storage
class and as raw bytes. PostgreSQL's columns are typed, its values are compared as Python reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

Raw = Any
"""A column as read: on SQLite its storage class and bytes, on PostgreSQL its value."""
Value = UUID | datetime | str | bytes | int | None
_ROWS_AT_ONCE = 1000


class Columns(Protocol):
    """How one kind of database keeps values."""

    def rows(self, table: str, columns: Sequence[str], order: str = "") -> Iterator[tuple[Raw, ...]]:
        """Every row of a ledger table, its columns in the order named."""

    def as_kept(self, value: Value) -> Raw:
        """How a value lies in the database when nobody has touched it."""

    def number(self, raw: Raw) -> int | None:
        """A raw column as a whole number, None where it is none."""

    def octets(self, raw: Raw) -> bytes | None:
        """A raw column as bytes, None where it does not hold bytes."""

    def text(self, raw: Raw) -> str | None:
        """A raw column as text, None where it is none or not UTF-8."""

    def shown(self, raw: Raw) -> str:
        """A raw column in a sentence, whatever it holds, cut where it is long."""


def columns() -> Columns:
    """The columns of the database in use."""
    return _SqliteColumns() if connection.vendor == "sqlite" else _TypedColumns()


class _SqliteColumns:
    def rows(self, table: str, columns: Sequence[str], order: str = "") -> Iterator[tuple[Raw, ...]]:
        """Storage class and bytes of each column, in pairs."""
        chosen = ", ".join(f'typeof("{column}"), CAST("{column}" AS BLOB)' for column in columns)
        for row in _select(table, chosen, order):
            yield tuple(zip(row[::2], row[1::2], strict=True))

    def as_kept(self, value: Value) -> Raw:
        """Django writes ids as 32 digits and times in UTC without their zone."""
        match value:
            case str():
                kept: Raw = ("text", value.encode())
            case datetime():
                kept = ("text", str(value.replace(tzinfo=None)).encode())
            case UUID():
                kept = ("text", value.hex.encode())
            case None:
                kept = ("null", None)
            case bytes():
                kept = ("blob", value)
            case int():
                kept = ("integer", str(value).encode())
        return kept

    def shown(self, raw: Raw) -> str:
        """Text as it stands, bytes in hexadecimal."""
        octets = raw[1] if isinstance(raw[1], bytes) else str(raw[1]).encode()
        return octets[:60].hex() if raw[0] == "blob" else octets.decode(errors="replace")[:60]

    def number(self, raw: Raw) -> int | None:
        """From SQLite's integers only."""
        return int(raw[1]) if raw[0] == "integer" else None

    def octets(self, raw: Raw) -> bytes | None:
        """From SQLite's blobs only."""
        return raw[1] if raw[0] == "blob" else None

    def text(self, raw: Raw) -> str | None:
        """From SQLite's texts only."""
        try:
            return raw[1].decode() if raw[0] == "text" else None
        except UnicodeDecodeError:
            return None


class _TypedColumns:
    def rows(self, table: str, columns: Sequence[str], order: str = "") -> Iterator[tuple[Raw, ...]]:
        """The values as the driver reads them."""
        for row in _select(table, ", ".join(f'"{column}"' for column in columns), order):
            yield tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)

    def as_kept(self, value: Value) -> Raw:
        """As it is."""
        return value

    def shown(self, raw: Raw) -> str:
        """As Python writes it."""
        return str(raw)[:60]

    def number(self, raw: Raw) -> int | None:
        """Numbers are numbers."""
        return raw if isinstance(raw, int) else None

    def octets(self, raw: Raw) -> bytes | None:
        """Bytes are bytes."""
        return raw if isinstance(raw, bytes) else None

    def text(self, raw: Raw) -> str | None:
        """Text is text."""
        return raw if isinstance(raw, str) else None


def _select(table: str, chosen: str, order: str) -> Iterator[tuple[Any, ...]]:
    tail = f" ORDER BY {order}" if order else ""
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {chosen} FROM {table}{tail}")  # noqa: S608 - names are constants of this house
        while found := cursor.fetchmany(_ROWS_AT_ONCE):
            yield from found
