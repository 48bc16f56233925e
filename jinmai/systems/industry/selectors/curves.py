"""Curves: values of a property gathered in steps, gaps kept as gaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from jinmai.core.web.api import remembered
from jinmai.systems.industry.choices import PropertyKind, Quantity
from jinmai.systems.industry.models import Device, Plant, Property
from jinmai.systems.industry.selectors import telemetry
from jinmai.systems.industry.selectors.periods import Period

Points = list[tuple[datetime, Decimal | None]]
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True)
class Line:
    """One curve. ``spread``: a step gathers several values, so lowest and highest say more than the mean."""

    device: Device
    step: timedelta
    points: Points
    low: Points = field(default_factory=list)
    high: Points = field(default_factory=list)
    spread: bool = False
    live: str = ""


def tag_line(device: Device, tag: Property, period: Period) -> Line:
    """The means (totals of intervals: the sums; states: the last by size) of a property, step by step."""
    table = device.product_type.table
    return remembered(
        ("line", device.pk, tag.pk, period),
        lambda: _tag_line(device, tag, period),
        unchanged=lambda: telemetry.fingerprint([(table, (device.pk,))], period),
    )


def load_lines(plant: Plant, period: Period) -> list[Line]:
    """The mean power in kW of each device: measured, else the energy of an interval by its length."""
    lines = []
    for device in plant.devices.filter(enabled=True).select_related("product_type", "plant"):
        tags = list(device.product_type.properties.all())
        power = next((one for one in tags if one.quantity == Quantity.ACTIVE_POWER), None)
        if power is not None:
            lines.append(tag_line(device, power, period))
            continue
        energy = next((one for one in tags if one.quantity == Quantity.ENERGY), None)
        if energy is not None:
            lines.append(_as_power(tag_line(device, energy, period)))
    return lines


def step_of(tag: Property, period: Period) -> timedelta:
    """The period's step, or the property's own interval where values come more seldom."""
    return max(period.curve_step(), timedelta(seconds=tag.sampling_seconds))


def _tag_line(device: Device, tag: Property, period: Period) -> Line:
    step = step_of(tag, period)
    frame = telemetry.buckets(device.product_type.table, [tag.key], [device.pk], period, step)
    columns = ("bucket", *(f"{tag.key}_{name}" for name in ("count", "sum", "min", "max")))
    points: Points = []
    low: Points = []
    high: Points = []
    for bucket, count, total, lowest, highest in frame.select(columns).iter_rows():
        if not count:
            continue
        at = period.start + bucket * step
        points.append((at, _drawn(tag, count, total, highest)))
        low.append((at, lowest * tag.resolution))
        high.append((at, highest * tag.resolution))
    spread = step > timedelta(seconds=tag.sampling_seconds)
    return Line(device, step, points, low, high, spread, f"{device.pk}.{tag.key}")


def _drawn(tag: Property, count: int, total: int, highest: int) -> Decimal:
    match tag.kind:
        case PropertyKind.INTERVAL_TOTAL:
            return total * tag.resolution
        case PropertyKind.STATE:
            return Decimal(highest)
        case _:
            return (total * tag.resolution / count).quantize(tag.resolution / 10, rounding=ROUND_HALF_EVEN)


def _as_power(line: Line) -> Line:
    """KWh of a step as the mean kW in it."""
    hours = Decimal(int(line.step.total_seconds())) / SECONDS_PER_HOUR
    return Line(
        line.device,
        line.step,
        [
            (at, None if amount is None else (amount / hours).quantize(Decimal("0.01")))
            for at, amount in line.points
        ],
    )
