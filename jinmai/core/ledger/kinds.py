"""Kinds of entries that the ledger itself appends."""

from __future__ import annotations

from uuid import UUID

import msgspec

PAYLOAD_ERASED = "ledger.payload_erased.v1"


class PayloadErased(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of ``entry`` was erased because the law demands it: ``reason`` names the paragraph."""

    entry: UUID
    reason: str
