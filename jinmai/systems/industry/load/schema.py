"""The form of industry's files in a city pack. Unknown keys are refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec

PlainName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
TopicName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One phrase in both languages."""

    zh: str
    en: str


class StateEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The name of one value of a state."""

    value: int
    name: Words


class PropertyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One property of a thing model."""

    key: PlainName
    name: Words
    kind: str
    quantity: str
    minimum: Decimal
    maximum: Decimal
    resolution: Decimal
    sampling_seconds: float
    unit: str = ""
    states: list[StateEntry] = []


class ProductTypeEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing model."""

    key: PlainName
    name: Words
    properties: list[PropertyEntry]


class ThingModels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``thing_models.toml``."""

    product_types: list[ProductTypeEntry]


class OwnerEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The organisation that owns a plant, made where the pack's people do not name it."""

    code: str
    name: Words


class DeviceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One device of a plant."""

    key: TopicName
    name: Words
    product_type: PlainName


class SourceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where measured values of a third party come from, with the licence."""

    zh: str
    en: str
    url: str


class PlantEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One plant and its devices."""

    key: TopicName
    name: Words
    owner: OwnerEntry
    district_code: str
    industry_code: str
    devices: list[DeviceEntry]
    clock: str = "live"
    simulated: bool = False
    illustrative: bool = False
    source: SourceEntry | None = None
    order: int = 50


class Plants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``plants.toml``."""

    plants: list[PlantEntry]


class PeriodEntry(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}
):
    """One price span of the local day; the price in yuan per kWh, exact to 0.001 fen."""

    start: ClockTime
    end: ClockTime
    band: str
    price: Decimal


class TariffEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated time-of-use tariff."""

    key: str
    name: Words
    valid_from: date
    source: Words
    periods: list[PeriodEntry]
    valid_to: date | None = None
    plant: str = ""
    illustrative: bool = False


class Tariffs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``tariffs.toml``."""

    tariffs: list[TariffEntry]


class EmissionFactorEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated emission factor."""

    valid_from: date
    kilograms_per_kwh: Decimal
    source: Words
    illustrative: bool = False


class EmissionFactors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``emission_factors.toml``."""

    emission_factors: list[EmissionFactorEntry]


class AlarmRuleEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One alarm rule."""

    key: str
    product_type: PlainName
    property: PlainName
    name: Words
    direction: str
    threshold: Decimal
    release: Decimal
    duration_seconds: int
    severity: str
    advice: Words = Words("", "")
    plant: str = ""


class AlarmRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``alarm_rules.toml``."""

    alarm_rules: list[AlarmRuleEntry]
