"""Every read of the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from jinmai.core.ledger.models import Entry, Payload
from jinmai.core.ledger.tree import NotInLogError


class RecordedEntry(msgspec.Struct, frozen=True):
    """An entry as other rooms see it.

    ``index`` is None until the sealer has numbered it (a second or so). ``payload`` is the decoded content,
    None where it was erased; ``content`` are its bytes, for decoding into a type of one's own.
    """

    id: UUID
    index: int | None
    kind: str
    subject: str
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    content: bytes
    erased: bool

    @property
    def payload(self) -> dict[str, Any] | None:
        """The payload as plain values."""
        return None if self.erased else msgspec.json.decode(self.content, type=dict[str, Any])


def entries_for(subject: str, *, kinds: Iterable[str] = (), limit: int = 100) -> list[RecordedEntry]:
    """The latest entries about a subject, newest first; of all kinds, or of those named."""
    rows = Entry.objects.filter(subject=subject).select_related("payload").order_by("-id")
    if kinds := list(kinds):
        rows = rows.filter(kind__in=kinds)
    return [recorded(row, row.payload) for row in rows[:limit]]


def recorded(entry: Entry, payload: Payload) -> RecordedEntry:
    """What other rooms may know of a row."""
    return RecordedEntry(
        id=entry.id,
        index=entry.index,
        kind=entry.kind,
        subject=entry.subject,
        actor=entry.actor,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        content=bytes(payload.content),
        erased=payload.erased_by_id is not None,
    )


def leaf_at(index: int) -> bytes:
    """The envelope of a sealed entry; raises :class:`NotInLogError`."""
    leaf = Entry.objects.filter(index=index).values_list("leaf", flat=True).first()
    if leaf is None:
        raise NotInLogError(f"there is no entry {index}")
    return bytes(leaf)


class Opening(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands in a proof's ``extra``: the leaf, and what opens its payload digest, each in base64."""

    leaf: bytes
    payload: bytes | None = None
    salt: bytes | None = None


def opening(index: int, *, with_payload: bool) -> bytes:
    """The ``extra`` of an entry's proof; raises :class:`NotInLogError`."""
    leaf = leaf_at(index)
    kept = Payload.objects.filter(entry__index=index, erased_by=None).first() if with_payload else None
    if kept is None:
        return msgspec.json.encode(Opening(leaf))
    return msgspec.json.encode(Opening(leaf, bytes(kept.content), bytes(kept.salt)))
