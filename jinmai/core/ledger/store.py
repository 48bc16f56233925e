"""How drafts become rows: two statements for any number of entries, past the ORM for its cost a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
    with connection.cursor() as cursor:
        cursor.executemany(_insert("ledger_entry", ENTRY_COLUMNS), [_entry_row(draft) for draft in drafts])
        cursor.executemany(
            _insert("ledger_payload", PAYLOAD_COLUMNS), [_payload_row(draft) for draft in drafts]
        )


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - constant names


def _entry_row(draft: Draft) -> tuple[Any, ...]:
    said = draft.envelope
    return (
        id_value(said.id),
        said.kind,
        said.subject,
        said.actor,
        _time(said.occurred),
        _time(said.recorded),
        said.key or None,
        draft.leaf,
    )


def _payload_row(draft: Draft) -> tuple[Any, ...]:
    return id_value(draft.envelope.id), draft.salt, draft.payload


def id_value(value: UUID) -> Any:
    """An id as the database keeps it."""
    return value if connection.features.has_native_uuid_field else value.hex


def _time(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)
