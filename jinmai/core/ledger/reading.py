"""Reading the payload of an entry in full: it may hold personal data, so each reading is recorded first."""

from __future__ import annotations

from django.db import transaction

from jinmai.core.ledger.kinds import PAYLOAD_READ, PayloadRead
from jinmai.core.ledger.selectors import RecordedEntry
from jinmai.core.ledger.services import append


def read_payload(*, entry: RecordedEntry, reason: str, actor: str) -> bytes:
    """The payload, after the entry about who read it and why is committed; empty where it was erased."""
    with transaction.atomic():
        append(
            kind=PAYLOAD_READ,
            subject=entry.subject,
            payload=PayloadRead(entry=entry.id, reason=reason.strip()),
            actor=actor,
        )
    return b"" if entry.erased else entry.content
