"""Lawful erasure: a payload goes, by an entry that says who demanded it and under which law.

The envelope stays in the log, so every proof still holds; without its salt the digest in it tells nothing.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction

from jinmai.core.ledger.kinds import PAYLOAD_ERASED, PayloadErased
from jinmai.core.ledger.models import Entry, Payload
from jinmai.core.ledger.services import append
from jinmai.core.ledger.store import id_value


class ErasureRefusedError(Exception):
    """This payload is not erased; the message says why."""


def erase_payload(*, entry: UUID, reason: str, actor: str) -> UUID:
    """Erase the payload of ``entry`` and record it; gives the id of the entry that records it.

    ``reason`` names the law and the request, and no person: it stands in the ledger for ever. Raises
    :class:`ErasureRefusedError`.
    """
    if not reason.strip():
        raise ErasureRefusedError("reason: which law, which request?")
    with transaction.atomic():
        row = Entry.objects.filter(id=entry).first()
        if row is None:
            raise ErasureRefusedError(f"entry: there is no entry {entry}")
        if row.kind == PAYLOAD_ERASED:
            raise ErasureRefusedError("entry: the record of an erasure is not erased itself")
        if Payload.objects.select_for_update().get(entry=row).erased_by_id:
            raise ErasureRefusedError("entry: its payload was erased before")
        by = append(
            kind=PAYLOAD_ERASED,
            subject=row.subject,
            payload=PayloadErased(entry=entry, reason=reason.strip()),
            actor=actor,
        )
        _overwrite(entry, by)
    _forget_old_pages()
    return by


def _overwrite(entry: UUID, by: UUID) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA secure_delete = ON")  # what the row leaves free is filled with zeros
        cursor.execute(
            "UPDATE ledger_payload SET salt = %s, content = %s, erased_by_id = %s WHERE entry_id = %s",
            [b"", b"", id_value(by), id_value(entry)],
        )


def _forget_old_pages() -> None:
    """Move the write-ahead log into the database file and empty it: it still holds the old page.

    Readers may keep it open; then the next erasure empties it. PostgreSQL's vacuum does the like.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
