"""The event hash of the Core Business Vocabulary 2.0: an event's name made from what it says."""

from __future__ import annotations

from jinmai.standards.event_hash.hashing import EventHasher, document_hashes, event_hash, ignored_fields

__all__ = ["EventHasher", "document_hashes", "event_hash", "ignored_fields"]
