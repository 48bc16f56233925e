"""Tables of the traceability system. What happens to them stands in ``services``."""

from __future__ import annotations

from jinmai.systems.traceability.models.certificates import Certificate, RevokedItem, SigningKey
from jinmai.systems.traceability.models.exceptions import ChainException
from jinmai.systems.traceability.models.laboratory import TestReport, TestResult
from jinmai.systems.traceability.models.lots import Harvest, Lot, LotInput, Treatment
from jinmai.systems.traceability.models.minting import MintBatch
from jinmai.systems.traceability.models.preparations import Preparation
from jinmai.systems.traceability.models.products import Product
from jinmai.systems.traceability.models.promises import Promise
from jinmai.systems.traceability.models.recalls import Recall
from jinmai.systems.traceability.models.repository import (
    CaptureJob,
    Event,
    EventContext,
    EventMention,
    EventReader,
    NamedQuery,
    Subscription,
)
from jinmai.systems.traceability.models.repository_paging import PlaceWithin, SpentPageToken
from jinmai.systems.traceability.models.scans import ScannedItem
from jinmai.systems.traceability.models.shipments import LotShipment
from jinmai.systems.traceability.models.sites import Site
from jinmai.systems.traceability.models.temperature import Excursion, TemperatureLogger, TemperatureReading
from jinmai.systems.traceability.models.units import LogisticUnit

__all__ = [
    "CaptureJob",
    "Certificate",
    "ChainException",
    "Event",
    "EventContext",
    "EventMention",
    "EventReader",
    "Excursion",
    "Harvest",
    "LogisticUnit",
    "Lot",
    "LotInput",
    "LotShipment",
    "MintBatch",
    "NamedQuery",
    "PlaceWithin",
    "Preparation",
    "Product",
    "Promise",
    "Recall",
    "RevokedItem",
    "ScannedItem",
    "SigningKey",
    "Site",
    "SpentPageToken",
    "Subscription",
    "TemperatureLogger",
    "TemperatureReading",
    "TestReport",
    "TestResult",
    "Treatment",
]
