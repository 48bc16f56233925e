"""Lots: opened, treated, weighed, made of others, held, and codes for their animals."""

from __future__ import annotations

from datetime import datetime

import msgspec

LOT_OPENED = "traceability.lot_opened.v1"
LOT_STATE_CHANGED = "traceability.lot_state_changed.v1"
TREATMENT_RECORDED = "traceability.treatment_recorded.v1"
HARVEST_WEIGHED = "traceability.harvest_weighed.v1"
LOT_TRANSFORMED = "traceability.lot_transformed.v1"
BATCH_MINTED = "traceability.batch_minted.v1"
PROMISE_GIVEN = "traceability.promise_given.v1"
LOT_SHIPPED = "traceability.lot_shipped.v1"
LOT_TAKEN_BACK = "traceability.lot_taken_back.v1"
LOT_RECEIVED = "traceability.lot_received.v1"


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


class PromiseGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A promise certificate of farm products. ``report`` is empty where it rests on no test."""

    gtin: str
    lot: str
    number: int
    basis: str
    grams: int
    report: str


class LotShipped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of a lot left one firm for another, under the despatch advice ``number``."""

    number: str
    gtin: str
    lot: str
    from_site: str
    to_site: str
    animals: int | None
    grams: int | None
    at: datetime


class LotTakenBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sender took back what the despatch advice ``number`` names before anybody took it in."""

    number: str
    gtin: str
    lot: str
    site: str
    animals: int | None
    grams: int | None
    at: datetime


class LotReceived(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of what the despatch advice ``number`` names arrived at ``site``."""

    number: str
    gtin: str
    lot: str
    site: str
    animals: int | None
    grams: int | None
    at: datetime
