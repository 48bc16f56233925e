"""What the traceability system appends to the ledger. Others decode these by their versioned names.

Subjects are public keys: ``traceability.lot:{gtin}/{lot}``, ``traceability.unit:{sscc}``. Weights are grams.
"""

from __future__ import annotations

import msgspec

LOT_OPENED = "traceability.lot_opened.v1"
EVENTS_CAPTURED = "traceability.events_captured.v1"


class LotOpened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lot came into being at a site. A count or weight that nobody took is None."""

    gtin: str
    lot: str
    kind: str
    site: str
    animals: int | None
    grams: int | None


class EventsCaptured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Events were captured. ``owner`` is the capturing organisation's code, empty for the city.

    ``merkle_root`` (hex) is the root after RFC 6962 over the SHA-256 of the CBV event hashes in their order.
    """

    capture: str
    owner: str
    events: int
    merkle_root: str
