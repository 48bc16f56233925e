"""Tables of the industry system. Telemetry itself is no table here: its truth is the lake."""

from __future__ import annotations

from jinmai.systems.industry.models.alarms import Alarm, AlarmRule
from jinmai.systems.industry.models.intake import CountedUntil, QuarantineCount, QuarantinedPayload, TagCount
from jinmai.systems.industry.models.plants import Device, Plant
from jinmai.systems.industry.models.tariffs import EmissionFactor, Tariff, TariffPeriod
from jinmai.systems.industry.models.thing_model import ProductType, Property, PropertyState

__all__ = [
    "Alarm",
    "AlarmRule",
    "CountedUntil",
    "Device",
    "EmissionFactor",
    "Plant",
    "ProductType",
    "Property",
    "PropertyState",
    "QuarantineCount",
    "QuarantinedPayload",
    "TagCount",
    "Tariff",
    "TariffPeriod",
]
