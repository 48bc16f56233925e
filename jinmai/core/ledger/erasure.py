"""Lawful erasure: a payload goes, by an entry that says who demanded it and under which law.

The envelope stays in the log, so every proof still holds; without its salt the digest in it tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import connection, transaction

from jinmai.core.ledger.kinds import PAYLOAD_ERASED, PayloadErased
from jinmai.core.ledger.models import Entry, Payload
from jinmai.core.ledger.selectors import RecordedEntry, recorded
from jinmai.core.ledger.services import append
from jinmai.core.ledger.store import id_value

Hook = Callable[[RecordedEntry, str, str], None]
_hooks: dict[str, Hook] = {}


class ErasureRefusedError(Exception):
    """This payload is not erased; the message says why."""


def before_erasure(kinds: Iterable[str], hook: Hook) -> None:
    """Call ``hook`` with an entry of these kinds, the reason and the actor before its payload is erased.

    For rooms whose rows say the same as the payload: they erase it there, in the same transaction, and record
    that they did. To be called once, from ``AppConfig.ready``.
    """
    _hooks.update(dict.fromkeys(kinds, hook))


def erase_payload(*, entry: UUID, reason: str, actor: str) -> UUID:
    """Erase the payload of ``entry`` and record it; gives the id of the entry that records it.

    ``reason`` names the law and the request, and no person: it stands in the ledger for ever. Raises
    :class:`ErasureRefusedError`.
    """
    if not reason.strip():
        raise ErasureRefusedError("reason: which law, which request?")
    with transaction.atomic():
        row = Entry.objects.select_related("payload").filter(id=entry).first()
        if row is None:
            raise ErasureRefusedError(f"entry: there is no entry {entry}")
        if row.kind == PAYLOAD_ERASED:
            raise ErasureRefusedError("entry: the record of an erasure is not erased itself")
        if Payload.objects.select_for_update().get(entry=row).erased_by_id:
            raise ErasureRefusedError("entry: its payload was erased before")
        if (hook := _hooks.get(row.kind)) is not None:
            hook(recorded(row), reason.strip(), actor)
        by = append(
            kind=PAYLOAD_ERASED,
            subject=row.subject,
            payload=PayloadErased(entry=entry, reason=reason.strip()),
            actor=actor,
        )
        _overwrite(entry, by)
    forget_old_pages()
    return by


def _overwrite(entry: UUID, by: UUID) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA secure_delete = ON")  # what the row leaves free is filled with zeros
        cursor.execute(
            "UPDATE ledger_payload SET salt = %s, content = %s, erased_by_id = %s WHERE entry_id = %s",
            [b"", b"", id_value(by), id_value(entry)],
        )


def forget_old_pages() -> None:
    """Move the write-ahead log into the database file and empty it: it still holds the old page.

    Readers may keep it open; then the next erasure empties it. PostgreSQL's vacuum does the like.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
