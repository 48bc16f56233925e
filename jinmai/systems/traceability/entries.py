"""What the traceability system appends to the ledger. Others decode these by their versioned names.

Subjects are public keys: ``traceability.lot:{gtin}/{lot}``, ``traceability.unit:{sscc}``. Weights are grams;
a count or weight that nobody took is None.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

LOT_OPENED = "traceability.lot_opened.v1"
LOT_STATE_CHANGED = "traceability.lot_state_changed.v1"
TREATMENT_RECORDED = "traceability.treatment_recorded.v1"
HARVEST_WEIGHED = "traceability.harvest_weighed.v1"
LOT_TRANSFORMED = "traceability.lot_transformed.v1"
BATCH_MINTED = "traceability.batch_minted.v1"
UNIT_PACKED = "traceability.unit_packed.v1"
UNIT_MOVED = "traceability.unit_moved.v1"
BALANCE_BROKEN = "traceability.balance_broken.v1"
EXCEPTION_CLOSED = "traceability.exception_closed.v1"
RECALL_STARTED = "traceability.recall_started.v1"
RECALL_CLOSED = "traceability.recall_closed.v1"
EVENTS_CAPTURED = "traceability.events_captured.v1"


class LotOpened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lot came into being at a site."""

    gtin: str
    lot: str
    kind: str
    site: str
    animals: int | None
    grams: int | None


class LotStateChanged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lot was held, released or closed, and why."""

    gtin: str
    lot: str
    state: str
    reason: str


class TreatmentRecorded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something was given to the animals of a lot or to their water."""

    gtin: str
    lot: str
    kind: str
    substance: str
    dose: str
    at: datetime


class HarvestWeighed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A harvest lot was counted and weighed."""

    gtin: str
    lot: str
    at: datetime
    animals: int
    grams: int
    heaviest_grams: int | None
    festival: bool


class LotInputTaken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a lot took from another."""

    gtin: str
    lot: str
    animals: int | None
    grams: int | None


class LotTransformed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lot was made of others."""

    gtin: str
    lot: str
    inputs: list[LotInputTaken]


class BatchMinted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Animals of a lot got codes of their own. ``root`` is the Merkle root over their serials, in hex."""

    batch: int
    gtin: str
    lot: str
    animals: int
    root: str


class UnitPacked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box was packed with animals of a batch, or a pallet with boxes."""

    sscc: str
    kind: str
    site: str
    batch: int | None
    first: int | None
    last: int | None
    children: list[str]


class UnitMoved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box or pallet was shipped, received or sold."""

    sscc: str
    state: str
    site: str
    bound_for: str
    buyer: str
    at: datetime


class BalanceBroken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """More came out of a lot than went in, or more than its water can bear."""

    exception: int
    gtin: str
    lot: str
    rule: str
    found: int
    limit: int


class ExceptionClosed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody looked into a finding and closed it with a reason."""

    exception: int
    reason: str


class RecallStarted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lot is called back with all that was made of it."""

    recall: int
    gtin: str
    lot: str
    reason: str
    drill: bool
    lots: int
    units: int
    animals: int


class RecallClosed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recall ended with this result."""

    recall: int
    note: str


class EventsCaptured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Events were captured. ``owner`` is the capturing organisation's code, empty for the city.

    ``merkle_root`` (hex) is the root after RFC 6962 over the SHA-256 of the CBV event hashes in their order.
    """

    capture: str
    owner: str
    events: int
    merkle_root: str
