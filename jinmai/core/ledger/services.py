"""Every write to the ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection

from jinmai.core.ledger.envelope import Draft, draft
from jinmai.core.ledger.models import Entry, Payload


class NotInTransactionError(Exception):
    """``append`` was called outside a transaction: the fact and its entry could part ways."""

    def __init__(self) -> None:
        super().__init__(
            "append an entry inside the transaction that changes the rows it speaks of: "
            "with transaction.atomic(): …"
        )


def append(  # noqa: PLR0913 - the fields of an entry, each by its name
    *,
    kind: str,
    subject: str,
    payload: msgspec.Struct,
    actor: str,
    occurred: datetime | None = None,
    key: str = "",
) -> UUID:
    """Record a fact in the caller's transaction and give the entry's id.

    ``kind`` is a versioned name such as ``industry.alarm_raised.v1``; ``subject`` and ``actor`` are keys
    (``plant:hongrong-saf``, ``user:17``, ``device:…``) and public, so never a person's name; ``payload``
    holds the rest. ``occurred`` is when it happened, where that is not now. ``key`` is an idempotency key: a
    second entry with it is refused by the database.

    Raises :class:`NotInTransactionError`, and :class:`EntryRefused` with the field that is wrong.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError
    entry = draft(kind=kind, subject=subject, payload=payload, actor=actor, occurred=occurred, key=key)
    _store(entry)
    return entry.envelope.id


def _store(entry: Draft) -> None:
    said = entry.envelope
    row = Entry.objects.create(
        id=said.id,
        kind=said.kind,
        subject=said.subject,
        actor=said.actor,
        occurred_at=said.occurred,
        recorded_at=said.recorded,
        key=said.key or None,
        leaf=entry.leaf,
    )
    Payload.objects.create(entry=row, salt=entry.salt, content=entry.payload)
