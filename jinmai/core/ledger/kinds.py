"""Kinds of entries that the ledger itself appends."""

from __future__ import annotations

from uuid import UUID

import msgspec

PAYLOAD_ERASED = "ledger.payload_erased.v1"
LAKE_SEALED = "ledger.lake_sealed.v1"
PAYLOAD_READ = "ledger.payload_read.v1"
WITNESS_USED = "ledger.witness_used.v1"
# What these say concerns no person, so whoever may read payloads reads them without a reason.
IMPERSONAL = frozenset({PAYLOAD_ERASED, LAKE_SEALED, PAYLOAD_READ, WITNESS_USED})


class PayloadErased(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of ``entry`` was erased because the law demands it: ``reason`` names the paragraph."""

    entry: UUID
    reason: str


class PayloadRead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody read the payload of ``entry`` in full, and why."""

    entry: UUID
    reason: str


class WitnessUsed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A witness countersigned for the first time, or for the first time with this key."""

    witness: str
    verifier: str


class TableSealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the lake at one version: digests of its log entry and of its live files, in hexadecimal."""

    table: str
    version: int
    entry: str
    files: int
    rows: int
    digest: str


class LakeSealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The state of all tables of the lake, sorted by name."""

    tables: list[TableSealed]
