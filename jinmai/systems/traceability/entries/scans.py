"""Codes in the hands of buyers; nobody is named."""

from __future__ import annotations

import msgspec

SCAN_CONFLICT = "traceability.scan_conflict.v1"
ITEM_CLAIMED = "traceability.item_claimed.v1"
PINS_TAKEN = "traceability.pins_taken.v1"
ITEM_REVOKED = "traceability.item_revoked.v1"


class ScanConflict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The scans of a code do not fit one animal: a copied label is suspected."""

    exception: int
    gtin: str
    serial: str
    rule: str
    scans: int


class ItemClaimed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody scratched the PIN free and was the first to claim the animal; nobody is named."""

    gtin: str
    serial: str
    scans: int


class PinsTaken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody took the list of hidden PINs of a batch, to have them printed."""

    gtin: str
    lot: str
    batch: int
    animals: int


class ItemRevoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code of one animal no longer counts."""

    gtin: str
    serial: str
    reason: str
