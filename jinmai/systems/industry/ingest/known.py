"""What the ingest knows of devices, thing models and alarm rules: an immutable picture of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from jinmai.lake import INT32, INT64, TIMESTAMP, Table
from jinmai.standards.telemetry import Measure, Thing
from jinmai.systems.industry.choices import Clock, Direction, PropertyKind
from jinmai.systems.industry.models import AlarmRule, Device, Property

# Columns that every telemetry table has before those of its properties.
ROW_COLUMNS = {
    "device": INT32,
    "time": TIMESTAMP,
    "received": TIMESTAMP,
    "boot": INT64,
    "sequence": INT64,
}


@dataclass(frozen=True)
class KnownDevice:
    """A device as the ingest needs it. ``live``: its times are now, so alarms are watched."""

    pk: int
    key: str
    enabled: bool
    live: bool
    table: str


@dataclass(frozen=True)
class WatchedRule:
    """An alarm rule in the integers of its property. ``devices``: those it holds for."""

    pk: int
    table: str
    property: str
    above: bool
    limit: int
    release: int
    duration: int
    resolution: Decimal
    devices: frozenset[int]

    def is_bad(self, value: int) -> bool:
        """Whether the value is beyond the threshold."""
        return value > self.limit if self.above else value < self.limit

    def is_released(self, value: int) -> bool:
        """Whether the value is normal again."""
        return value <= self.release if self.above else value >= self.release


@dataclass(frozen=True)
class Known:
    """Everything at one moment. ``things`` by the name of their table."""

    devices: Mapping[str, KnownDevice]
    things: Mapping[str, Thing]
    rules: Sequence[WatchedRule]

    def tables(self) -> list[Table]:
        """The lake tables that these things need."""
        return [
            Table(name, {**ROW_COLUMNS, **{measure.key: INT64 for measure in thing.measures}})
            for name, thing in self.things.items()
        ]


def read_known(before: Known | None = None) -> Known:
    """Read the picture; things that did not change keep their compiled decoders from ``before``."""
    measures: dict[str, list[Measure]] = {}
    for row in Property.objects.select_related("product_type"):
        measures.setdefault(row.product_type.table, []).append(_measure(row))
    things = {}
    for table, own in measures.items():
        old = before.things.get(table) if before else None
        things[table] = old if old and old.measures == tuple(own) else Thing(table, own)
    devices = {
        device.key: KnownDevice(
            device.pk, device.key, device.enabled, device.plant.clock == Clock.LIVE, device.product_type.table
        )
        for device in Device.objects.select_related("plant", "product_type")
        if device.product_type.table in things
    }
    return Known(devices, things, [_watched(rule) for rule in _rules()])


def _rules() -> list[AlarmRule]:
    return list(AlarmRule.objects.filter(enabled=True).select_related("property__product_type"))


def _measure(row: Property) -> Measure:
    return Measure(
        row.key, row.unit, row.minimum, row.maximum, row.resolution, row.kind == PropertyKind.STATE
    )


def _watched(rule: AlarmRule) -> WatchedRule:
    """The rule in stored integers: "above 260.05" at a resolution of 0.1 is "above 2600"."""
    above = rule.direction == Direction.ABOVE
    towards = ROUND_FLOOR if above else ROUND_CEILING
    resolution = rule.property.resolution
    devices = Device.objects.filter(
        product_type=rule.property.product_type_id, enabled=True, plant__clock=Clock.LIVE
    )
    if rule.plant_id:
        devices = devices.filter(plant=rule.plant_id)
    return WatchedRule(
        pk=rule.pk,
        table=rule.property.product_type.table,
        property=rule.property.key,
        above=above,
        limit=int((rule.threshold / resolution).to_integral_value(towards)),
        release=int((rule.release / resolution).to_integral_value(towards)),
        duration=rule.duration_seconds * 1_000_000,
        resolution=resolution,
        devices=frozenset(devices.values_list("pk", flat=True)),
    )
