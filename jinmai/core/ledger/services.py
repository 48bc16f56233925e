"""Every write to the ledger."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection

from jinmai.core.ledger.envelope import draft
from jinmai.core.ledger.group_writer import writer
from jinmai.core.ledger.store import store


class NotInTransactionError(Exception):
    """``append`` was called outside a transaction: the fact and its entry could part ways."""

    def __init__(self) -> None:
        super().__init__(
            "append an entry inside the transaction that changes the rows it speaks of: "
            "with transaction.atomic(): …"
        )


class InTransactionError(Exception):
    """``append_durably`` was called inside a transaction, which would wait for itself."""

    def __init__(self) -> None:
        super().__init__("inside a transaction use append: append_durably commits by itself")


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
    store([entry])
    return entry.envelope.id


def append_durably(  # noqa: PLR0913 - the fields of an entry, each by its name
    *,
    kind: str,
    subject: str,
    payload: msgspec.Struct,
    actor: str,
    occurred: datetime | None = None,
    key: str = "",
) -> Future[bool]:
    """Record a fact by itself, grouped with others that come at the same time, for entries that come often.

    The future gives True when the entry is on the disk, False where its ``key`` was recorded before with the
    same content; it raises :class:`EntryRefused` where the key was used for something else. Not to be
    called inside a transaction: the writer would wait for it and it for the writer.
    """
    if connection.in_atomic_block:
        raise InTransactionError
    entry = draft(kind=kind, subject=subject, payload=payload, actor=actor, occurred=occurred, key=key)
    return writer().submit(entry)
