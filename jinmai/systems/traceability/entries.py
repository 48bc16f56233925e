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
SCAN_CONFLICT = "traceability.scan_conflict.v1"
ITEM_CLAIMED = "traceability.item_claimed.v1"
EVENTS_CAPTURED = "traceability.events_captured.v1"
PINS_TAKEN = "traceability.pins_taken.v1"
LOGGER_PLACED = "traceability.logger_placed.v1"
EXCURSION = "traceability.excursion.v1"


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


REPORT_OPENED = "traceability.report_opened.v1"
RESULTS_ENTERED = "traceability.results_entered.v1"
REPORT_ISSUED = "traceability.report_issued.v1"
REPORT_WITHDRAWN = "traceability.report_withdrawn.v1"
CERTIFICATE_ISSUED = "traceability.certificate_issued.v1"
CERTIFICATE_REVOKED = "traceability.certificate_revoked.v1"
KEY_ROTATED = "traceability.key_rotated.v1"
KEY_REVOKED = "traceability.key_revoked.v1"
ITEM_REVOKED = "traceability.item_revoked.v1"
PROMISE_GIVEN = "traceability.promise_given.v1"


class ReportOpened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sample of a lot came to a laboratory."""

    report: str
    gtin: str
    lot: str
    laboratory: str
    level: str
    units_in_lot: int
    units_required: int
    units_taken: int
    sampled_at: datetime


class ResultSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measured value as exact decimal text in the item's unit; empty is not detected, or no limit.

    ``tested_on`` is an ISO day; entries of before 2026-11-28 have none.
    """

    item: str
    value: str
    detection_limit: str
    method: str
    limit: str
    bound: str
    passes: bool | None
    tested_on: str = ""


class ResultsEntered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All results of a draft report, as they stand from now on."""

    report: str
    results: list[ResultSaid]


class ReportIssued(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report is final. ``failed`` names the items beyond their limits."""

    report: str
    gtin: str
    lot: str
    passed: bool
    failed: list[str]


class ReportWithdrawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An issued report no longer counts."""

    report: str
    reason: str


class CertificateIssued(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A credential was signed. Digests are SHA-256 of the documents as issued, in hex; no twin, no digest."""

    certificate: str
    report: str
    key: str
    digest: str
    twin_key: str
    twin_digest: str
    status_index: int


class CertificateRevoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A credential no longer counts; its bit is set in the published list."""

    certificate: str
    status_index: int
    reason: str


class KeyRotated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new public key signs from now on in the place of ``before``, empty for the first one."""

    site: str
    purpose: str
    kind: str
    tag: str
    key: str
    before: str


class KeyRevoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing that a key signed since a moment counts any longer."""

    tag: str
    since: datetime
    reason: str


class ItemRevoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code of one animal no longer counts."""

    gtin: str
    serial: str
    reason: str


class PromiseGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A promise certificate of farm products. ``report`` is empty where it rests on no test."""

    gtin: str
    lot: str
    number: int
    basis: str
    grams: int
    report: str


class LoggerPlaced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A temperature logger measures at a site from now on, or with the unit ``sscc``."""

    logger: str
    site: str
    sscc: str
    form: str


class ExcursionFound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It was warmer than allowed for longer than tolerated. ``units`` are the SSCCs of what was there."""

    exception: int
    logger: str
    site: str
    began_at: datetime
    ended_at: datetime
    warmest_centidegrees: int
    limit_centidegrees: int
    tolerated_minutes: int
    units: list[str]
