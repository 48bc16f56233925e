"""What the live plants of the whole city use: today, this month, by plant and by day, in a few queries.

Figures are kept some seconds: all screens and officers' pages share one reading of the lake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from jinmai.core.web.api import remembered
from jinmai.systems.industry.choices import Clock, PropertyKind, Quantity
from jinmai.systems.industry.models import Device, EmissionFactor, Property, TagCount
from jinmai.systems.industry.selectors import tariffs, telemetry
from jinmai.systems.industry.selectors.coverage import percent
from jinmai.systems.industry.selectors.periods import Period, period_of

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Use:
    """What one plant used this month: ``days`` kWh by local day, ``measured`` tonnes by its own meter."""

    days: dict[date, Decimal] = field(default_factory=dict)
    measured: Decimal | None = None
    tonnes: Decimal | None = None

    @property
    def today(self) -> Decimal | None:
        """Energy of the local day so far in kWh; None: nothing received."""
        return self.days.get(timezone.localdate())

    @property
    def month(self) -> Decimal | None:
        """Energy of the month so far in kWh; None: nothing received."""
        return sum(self.days.values(), Decimal(0)) if self.days else None


def this_month() -> Mapping[int, Use]:
    """Energy and carbon dioxide of the local month so far, by plant, for all live plants."""
    month = period_of("month", timezone.localdate())
    return remembered(("city.month", month), lambda: _uses(month), unchanged=timezone.now)


def energy_by_hour() -> Sequence[float | None]:
    """Energy in kWh of each of the last 24 whole hours, all live plants together; None: nothing received."""
    end = timezone.now().replace(minute=0, second=0, microsecond=0)
    return remembered(
        ("city.hours", end), lambda: _energy(_last(end, HOUR, 24)), unchanged=timezone.now, seconds=60.0
    )


def power_by_minute() -> Sequence[float | None]:
    """Mean active power in kW of each of the last 60 whole minutes, all live plants together."""
    end = timezone.now().replace(second=0, microsecond=0)
    return remembered(
        ("city.power", end), lambda: _power(_last(end, MINUTE, 60)), unchanged=timezone.now, seconds=60.0
    )


def rows_today() -> int:
    """How many readings of live plants lie in the lake with a time of today."""
    today = period_of("day", timezone.localdate())
    return remembered(
        ("city.rows", today),
        lambda: sum(
            telemetry.row_count(table, [device.pk for device in devices], today)
            for table, devices in _by_table().items()
        ),
        unchanged=timezone.now,
        seconds=2.0,
    )


def coverage_today(plants: Sequence[int] | None = None) -> Mapping[int, Decimal | None]:
    """Received of expected values of today in percent by live plant; 0 is all of them together."""
    rows = TagCount.objects.filter(day=timezone.localdate(), device__plant__clock=Clock.LIVE)
    if plants is not None:
        rows = rows.filter(device__plant__in=plants)
    summed = rows.order_by().values("device__plant").annotate(got=Sum("received"), due=Sum("expected"))
    found = [(row["device__plant"], row["got"], row["due"]) for row in summed]
    every = percent(sum(got for _, got, _ in found), sum(due for _, _, due in found))
    return {0: every} | {plant: percent(got, due) for plant, got, due in found}


def _by_table() -> dict[str, list[Device]]:
    """All devices of live plants by their table of the lake."""
    rows = Device.objects.filter(plant__clock=Clock.LIVE).select_related("product_type")
    found: dict[str, list[Device]] = {}
    for device in rows.prefetch_related("product_type__properties"):
        found.setdefault(device.product_type.table, []).append(device)
    return found


def _uses(month: Period) -> dict[int, Use]:
    uses: dict[int, Use] = {}
    for table, devices in _by_table().items():
        for quantity in (Quantity.ENERGY, Quantity.EMISSION):
            for plant, place, amount in _sums(table, devices, quantity, month):
                use = uses.setdefault(plant, Use())
                if quantity == Quantity.EMISSION:
                    use.measured = (use.measured or Decimal(0)) + amount
                else:
                    day = month.first + place * DAY
                    use.days[day] = use.days.get(day, Decimal(0)) + amount
    factors = list(EmissionFactor.objects.order_by("-valid_from"))
    for use in uses.values():
        use.tonnes = use.measured
        if use.tonnes is None and use.days:
            use.tonnes = tariffs.emission_by_factor(use.days.items(), factors).tonnes
    return uses


def _sums(
    table: str, devices: Sequence[Device], quantity: Quantity, period: Period
) -> list[tuple[int, int, Decimal]]:
    """Plant, number of the day, and sum of the totals of intervals that measure the quantity."""
    meters = _meters(devices, quantity, PropertyKind.INTERVAL_TOTAL)
    plant_of = {device.pk: device.plant_id for device in devices}
    frame = telemetry.buckets(table, [one.key for one in meters], list(plant_of), period, DAY)
    return [
        (plant_of[device], place, scaled * one.resolution)
        for one in meters
        for device, place, scaled in frame.select("device", "bucket", f"{one.key}_sum")
        .drop_nulls()
        .iter_rows()
    ]


@dataclass(frozen=True)
class _Steps:
    """A row of equal steps that ends at a moment, and the local days that it lies in."""

    period: Period
    step: timedelta
    first: int
    count: int


def _last(end: datetime, step: timedelta, count: int) -> _Steps:
    start = end - count * step
    days = Period("days", timezone.localtime(start).date(), timezone.localtime(end).date() + DAY)
    return _Steps(days, step, (start - days.start) // step, count)


def _energy(steps: _Steps) -> list[float | None]:
    """Sums of each step over all devices."""
    return _gathered(steps, Quantity.ENERGY, PropertyKind.INTERVAL_TOTAL, mean=False)


def _power(steps: _Steps) -> list[float | None]:
    """Sums over all devices of their means of each step."""
    return _gathered(steps, Quantity.ACTIVE_POWER, PropertyKind.GAUGE, mean=True)


def _gathered(steps: _Steps, quantity: Quantity, kind: PropertyKind, *, mean: bool) -> list[float | None]:
    sums: list[float | None] = [None] * steps.count
    for table, devices in _by_table().items():
        meters = _meters(devices, quantity, kind)
        keys, numbers = [one.key for one in meters], [each.pk for each in devices]
        frame = telemetry.buckets(table, keys, numbers, steps.period, steps.step)
        for one in meters:
            kept = frame.select("bucket", f"{one.key}_sum", f"{one.key}_count").drop_nulls()
            for bucket, scaled, values in kept.iter_rows():
                place = bucket - steps.first
                if 0 <= place < steps.count and values:
                    amount = float(scaled * one.resolution) / (values if mean else 1)
                    sums[place] = (sums[place] or 0.0) + amount
    return sums


def _meters(devices: Sequence[Device], quantity: Quantity, kind: PropertyKind) -> list[Property]:
    properties = devices[0].product_type.properties.all()
    return [one for one in properties if one.quantity == quantity and one.kind == kind]
