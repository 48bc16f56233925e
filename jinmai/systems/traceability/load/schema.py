"""The form of this system's files in a city pack. Unknown keys are refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec

Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Code = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")]
Gtin = Annotated[str, msgspec.Meta(pattern=r"^\d{14}$")]
Amount = Annotated[int, msgspec.Meta(ge=0)]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One phrase in both languages."""

    zh: str
    en: str


class SiteEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A site of an organisation that the pack's people name."""

    key: Key
    owner: Code
    kind: str
    name: Words
    district: str
    gln: str = ""
    licence: str = ""
    certificate: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    water_m3: Amount | None = None
    pond_m2: Amount | None = None
    mail_order: bool = False
    illustrative: bool = False


class ProductEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A trade item under its GTIN."""

    gtin: Gtin
    owner: Code
    form: str
    name: Words
    grade_least: Amount | None = None
    grade_most: Amount | None = None
    net_grams: Amount | None = None
    grams_least: Amount = 1
    yield_permille: Amount = 1000
    company_prefix_length: Amount | None = None
    industrial_identifier: str = ""
    illustrative: bool = False


class PreparationEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name of what is given at the ponds, as a source has it from a day on."""

    name: Words
    kind: str
    since: date
    source: str
    until: date | None = None


class Preparations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``preparations.toml``: probiotics, herbs and the like in both languages."""

    preparations: list[PreparationEntry] = []


class Chain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``chain.toml``: where animals live and what they become."""

    sites: list[SiteEntry] = []
    products: list[ProductEntry] = []


class SourceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lot that another one is made of."""

    gtin: Gtin
    lot: str
    animals: Amount | None = None
    grams: Amount | None = None


class TreatmentEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something given to the animals or their water."""

    kind: str
    substance: str
    dose: str
    at: datetime
    withdrawal_days: Amount = 0


class HarvestEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The weighing of a harvest lot."""

    at: datetime
    animals: Amount
    grams: Amount
    heaviest_grams: Amount | None = None
    festival: bool = False


class LotEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lot with what it was made of and what was done to it; ``by`` is the user name of who recorded it."""

    gtin: Gtin
    code: str
    kind: str
    site: Key
    by: str
    began: datetime
    animals: Amount | None = None
    grams: Amount | None = None
    made_of: list[SourceEntry] = []
    treatments: list[TreatmentEntry] = []
    harvest: HarvestEntry | None = None


class Lots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``lots.toml``: an illustrative lot from the hatchery to the processor, in the order of its life."""

    lots: list[LotEntry] = []


class ResultEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measured value in the item's unit, or none above the detection limit."""

    item: str
    value: Decimal | None = None
    detection_limit: Decimal | None = None


class ReportEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A laboratory's report of a lot, issued with its certificate."""

    number: str
    gtin: Gtin
    lot: str
    laboratory: Key
    by: str
    units_in_lot: Amount
    units_taken: Amount
    sampled: datetime
    tested_on: date
    results: list[ResultEntry]


class BoxEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Boxes of so many animals each, on their way to a site, stacked on one ``pallet`` or not.

    ``received`` is when they arrived there, ``received_by`` the user name of who took them in.
    """

    animals: Amount
    boxes: Amount
    packed: datetime
    bound_for: Key = ""
    shipped: datetime | None = None
    pallet: bool = False
    received: datetime | None = None
    received_by: str = ""


class BatchEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Animals that get a code. ``request`` names the batch, so that a second load gives no more codes."""

    request: UUID
    gtin: Gtin
    lot: str
    by: str
    animals: Amount
    packed: list[BoxEntry] = []


class Goods(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``goods.toml``: the report of an illustrative lot, the codes of its animals, and boxes on their way."""

    reports: list[ReportEntry] = []
    batches: list[BatchEntry] = []


class ReadingsEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Readings at equal distances: the first moment, and degrees Celsius one after the other."""

    start: datetime
    every_minutes: Annotated[int, msgspec.Meta(ge=1)]
    degrees: list[Decimal]


class LoggerEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A temperature logger in a room of a site; ``by`` is the user name of who registered it."""

    serial: str
    name: str
    site: Key
    form: str
    by: str
    readings: list[ReadingsEntry] = []


class Temperatures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``temperatures.toml``: loggers and what they measured."""

    loggers: list[LoggerEntry] = []
