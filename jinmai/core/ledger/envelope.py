"""The envelope of an entry: the bytes that a leaf of the log commits to.

An envelope names what happened to what, by whom and when, and holds a salted digest of the payload. It is
public (the log's tiles serve it), so ``subject`` and ``actor`` are keys, never names of persons; whatever
must stay private or may have to be erased belongs into the payload.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

import msgspec

KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\.v[1-9][0-9]*")
LONGEST_KEY = 200
LARGEST_PAYLOAD = 1_000_000
SALT_BYTES = 16


class EntryRefused(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """An entry that cannot be recorded; the message names the field and says why."""


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a leaf says. Fields stand in alphabetical order, times are UTC with microseconds.

    ``payload`` is the hexadecimal SHA-256 of salt and payload. ``key`` is the caller's idempotency key or
    empty.
    """

    actor: str
    id: UUID
    key: str
    kind: str
    occurred: datetime
    payload: str
    recorded: datetime
    subject: str
    version: int = 1


class Draft(msgspec.Struct, frozen=True):
    """An entry that is ready to be stored: envelope, its bytes, and the payload with its salt."""

    envelope: Envelope
    leaf: bytes
    salt: bytes
    payload: bytes


def draft(  # noqa: PLR0913 - the fields of an entry, each by its name
    *,
    kind: str,
    subject: str,
    payload: msgspec.Struct,
    actor: str,
    occurred: datetime | None = None,
    key: str = "",
) -> Draft:
    """Make an entry of what a service verb says; raises :class:`EntryRefused` with the field's name."""
    if not KIND.fullmatch(kind) or len(kind) > LONGEST_KEY:
        raise EntryRefused(f"kind: {kind[:80]!r} is not of the form 'industry.alarm_raised.v1'")
    _check_key("subject", subject)
    _check_key("actor", actor)
    if key:
        _check_key("key", key)
    now = datetime.now(UTC)
    if occurred is not None and occurred.utcoffset() is None:
        raise EntryRefused("occurred: a time without its zone")
    content = msgspec.json.encode(payload)
    if len(content) > LARGEST_PAYLOAD:
        raise EntryRefused(f"payload: {len(content):,} bytes, at most {LARGEST_PAYLOAD:,} are taken")
    salt = secrets.token_bytes(SALT_BYTES)
    envelope = Envelope(
        actor=actor,
        id=new_id(),
        key=key,
        kind=kind,
        occurred=now if occurred is None else occurred.astimezone(UTC),
        payload=payload_digest(salt, content).hex(),
        recorded=now,
        subject=subject,
    )
    return Draft(envelope, msgspec.json.encode(envelope), salt, content)


def payload_digest(salt: bytes, content: bytes) -> bytes:
    """SHA-256 over salt and payload: without the salt it tells nothing about a payload that was erased."""
    return hashlib.sha256(salt + content).digest()


def _check_key(field: str, value: str) -> None:
    if not value or value != value.strip() or not value.isprintable():
        raise EntryRefused(f"{field}: {value[:80]!r} is empty, has blanks around it or cannot be printed")
    if len(value) > LONGEST_KEY:
        raise EntryRefused(f"{field}: {len(value)} characters, at most {LONGEST_KEY} are taken")


class _Clock:
    """Milliseconds and a counter that never repeat or go back within this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last = 0

    def next(self) -> int:
        """The next value: 48 bits of Unix milliseconds, 12 bits of counter."""
        with self.lock:
            self.last = max((time.time_ns() // 1_000_000) << 12, self.last + 1)
            return self.last


_clock = _Clock()


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): ids of one process sort in the order they were made."""
    value = _clock.next()
    high = ((value >> 12) << 16) | 0x7000 | (value & 0xFFF)
    low = (0b10 << 62) | (int.from_bytes(os.urandom(8)) >> 2)
    return UUID(int=(high << 64) | low)
