"""How drafts become rows: two statements for any number of entries, past the ORM for its cost a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from jinmai.core.ledger.envelope import Draft

ENTRY_COLUMNS = ("id", "kind", "subject", "actor", "occurred_at", "recorded_at", "key", "leaf")
PAYLOAD_COLUMNS = ("entry_id", "salt", "content")


def store(drafts: Sequence[Draft]) -> None:
    """Insert entries with their payloads, inside the transaction that is open."""
    if not drafts:
        return
    identify, adapt = _identify(), connection.ops.adapt_datetimefield_value
    entries = [_entry_row(draft, identify, adapt) for draft in drafts]
    payloads = [(row[0], draft.salt, draft.payload) for row, draft in zip(entries, drafts, strict=True)]
    with connection.cursor() as cursor:
        cursor.executemany(_insert("ledger_entry", ENTRY_COLUMNS), entries)
        cursor.executemany(_insert("ledger_payload", PAYLOAD_COLUMNS), payloads)


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - constant names


def _entry_row(draft: Draft, identify: Callable[[UUID], Any], adapt: Callable[[Any], Any]) -> tuple[Any, ...]:
    said = draft.envelope
    return (
        identify(said.id),
        said.kind,
        said.subject,
        said.actor,
        adapt(said.occurred),
        adapt(said.recorded),
        said.key or None,
        draft.leaf,
    )


def id_value(value: UUID) -> Any:
    """An id as the database keeps it."""
    return _identify()(value)


def id_values(values: Iterable[UUID]) -> list[Any]:
    """Ids as the database keeps them."""
    return list(map(_identify(), values))


def _identify() -> Callable[[UUID], Any]:
    return (lambda value: value) if connection.features.has_native_uuid_field else (lambda value: value.hex)
