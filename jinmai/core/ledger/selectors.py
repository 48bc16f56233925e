"""Every read of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.urls import reverse

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
    leaf: bytes

    @property
    def proof_url(self) -> str:
        """Where the entry's ``.tlog-proof`` is to be had; empty until it is sealed."""
        return "" if self.index is None else reverse("log_proof", args=[self.index])

    @property
    def payload(self) -> dict[str, Any] | None:
        """The payload as plain values."""
        return None if self.erased else msgspec.json.decode(self.content, type=dict[str, Any])


def entries_for(subject: str, *, kinds: Iterable[str] = (), limit: int = 100) -> list[RecordedEntry]:
    """The latest entries about a subject, newest first; of all kinds, or of those named."""
    rows = Entry.objects.filter(subject=subject).select_related("payload").order_by("-id")
    if kinds := list(kinds):
        rows = rows.filter(kind__in=kinds)
    return [recorded(row) for row in rows[:limit]]


def entries_of(kinds: Iterable[str]) -> Iterator[RecordedEntry]:
    """Every entry of these kinds, oldest first, whatever it is about."""
    rows = Entry.objects.filter(kind__in=list(kinds)).select_related("payload").order_by("id")
    for row in rows.iterator(1000):
        yield recorded(row)


def subjects_of(kinds: Iterable[str]) -> set[str]:
    """Whatever has entries of these kinds."""
    return set(Entry.objects.filter(kind__in=list(kinds)).values_list("subject", flat=True).distinct())


def recorded(entry: Entry) -> RecordedEntry:
    """What other rooms may know of a row; one whose payload is gone (``fsck`` says so) reads as erased."""
    payload = getattr(entry, "payload", None)
    return RecordedEntry(
        id=entry.id,
        index=entry.index,
        kind=entry.kind,
        subject=entry.subject,
        actor=entry.actor,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        content=_octets(payload.content) if payload else b"",
        erased=payload is None or payload.erased_by_id is not None,
        leaf=_octets(entry.leaf),
    )


def _octets(kept: bytes | memoryview | str) -> bytes:
    """SQLite gives text back where somebody put text; ``fsck`` names it, and the rooms go on reading."""
    return kept.encode() if isinstance(kept, str) else bytes(kept)


def sealed_entry(index: int) -> RecordedEntry:
    """The entry at a place of the log; raises :class:`NotInLogError`."""
    row = Entry.objects.select_related("payload").filter(index=index).first()
    if row is None:
        raise NotInLogError(f"there is no entry {index}")
    return recorded(row)


def latest_entry() -> RecordedEntry | None:
    """The newest sealed entry."""
    row = Entry.objects.select_related("payload").filter(index__isnull=False).order_by("-index").first()
    return recorded(row) if row else None


def erased_by(entry: RecordedEntry) -> RecordedEntry | None:
    """The entry that says by whom and why the payload of another was erased."""
    row = Entry.objects.select_related("payload").filter(erasures__entry=entry.id).first()
    return recorded(row) if row else None


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
