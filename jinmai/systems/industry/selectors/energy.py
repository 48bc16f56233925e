"""What a plant used in a period: energy, carbon dioxide, cost, power factor, load types.

Everything comes from integer sums of the lake, so a year adds up to the last digit of its meter. The value
of an interval total stands at the beginning of its interval: what stands at 00:00 was used after 00:00.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl
from django.utils import timezone

from jinmai.core.web.api import remembered
from jinmai.lake import Slice
from jinmai.systems.industry.choices import PropertyKind, Quantity
from jinmai.systems.industry.models import Plant, Property, PropertyState
from jinmai.systems.industry.selectors import tariffs, telemetry
from jinmai.systems.industry.selectors.periods import Period
from jinmai.systems.industry.selectors.stores import lake
from jinmai.systems.industry.selectors.telemetry import Meters

# A share of states needs every single reading; beyond this many the page asks for a shorter period.
MOST_STATE_ROWS = 8_000_000
# From this distance on (or twice the agreed one) two readings have a silence between them.
SHORTEST_SILENCE = timedelta(minutes=2)


@dataclass(frozen=True)
class EnergyBar:
    """Energy of one bar's span. ``kwh`` is None where nothing was received: a gap, not nought."""

    start: datetime
    end: datetime
    kwh: Decimal | None
    tonnes: Decimal | None


@dataclass(frozen=True)
class PowerFactor:
    """``value`` between 0 and 1. ``billed``: from active and reactive energy, else the mean of readings."""

    value: Decimal
    billed: bool


@dataclass(frozen=True)
class StateShare:
    """How many readings were in one state, their energy, and the state's share of the time.

    A reading speaks for the time until the device's next one, but not for a silence.
    """

    state: PropertyState | None
    value: int
    readings: int
    kwh: Decimal | None
    share: Decimal


@dataclass(frozen=True)
class Figures:
    """A plant's period in numbers. None is unknown: no such property, or no reading."""

    period: Period
    rows: int
    kwh: Decimal | None
    bars: tuple[EnergyBar, ...]
    emission: tariffs.Emission | None
    cost: tariffs.Cost | None
    power_factor: PowerFactor | None
    computed_at: datetime


def figures(plant: Plant, period: Period) -> Figures:
    """The period's figures, kept as long as no file with readings of the period changes."""
    return remembered(
        ("figures", plant.pk, period),
        lambda: _figures(plant, telemetry.meters(plant), period),
        unchanged=lambda: _readings_of(plant, period),
    )


def _readings_of(plant: Plant, period: Period) -> int:
    """The state of the files with the plant's readings of the period."""
    return telemetry.fingerprint([(one.table, one.devices) for one in telemetry.meters(plant)], period)


# What a period's figures are made of; all of it is gathered in one pass over the readings.
QUANTITIES = (
    Quantity.ENERGY,
    Quantity.EMISSION,
    Quantity.REACTIVE_ENERGY,
    Quantity.ACTIVE_POWER,
    Quantity.REACTIVE_POWER,
    Quantity.POWER_FACTOR,
)
Gathered = Sequence[tuple[Meters, pl.DataFrame]]
Slots = list[tuple[datetime, Decimal]]


def _figures(plant: Plant, found: Sequence[Meters], period: Period) -> Figures:
    lists = tariffs.price_lists(plant, period)
    step = timedelta(minutes=tariffs.slot_minutes(lists))
    gathered = [(one, _gather(one, period, step)) for one in found]
    slots = _slots(gathered, period, Quantity.ENERGY, step)
    measured = _slots(gathered, period, Quantity.EMISSION, step)
    metered = any(one.of_quantity(Quantity.ENERGY) for one in found)
    return Figures(
        period=period,
        rows=sum(telemetry.row_count(one.table, one.devices, period) for one in found),
        kwh=sum((energy for _, energy in slots), Decimal(0)) if slots else None,
        bars=_bars(period, slots, measured) if metered else (),
        emission=_emission(found, slots, measured),
        cost=tariffs.cost(slots, lists) if slots else None,
        power_factor=_power_factor(gathered),
        computed_at=timezone.now(),
    )


def _gather(one: Meters, period: Period, step: timedelta) -> pl.DataFrame:
    keys = [each.key for each in one.properties if each.quantity in QUANTITIES]
    return telemetry.buckets(one.table, keys, one.devices, period, step)


def _slots(gathered: Gathered, period: Period, quantity: str, step: timedelta) -> Slots:
    """Sums of a quantity over all devices by the moment a slot begins; empty slots are left out."""
    sums: dict[int, Decimal] = {}
    for one, frame in gathered:
        for each in one.of_quantity(quantity):
            if each.kind != PropertyKind.INTERVAL_TOTAL:
                continue
            kept = frame.select("bucket", f"{each.key}_sum").drop_nulls()
            for bucket, scaled in kept.iter_rows():
                sums[bucket] = sums.get(bucket, Decimal(0)) + scaled * each.resolution
    return [(period.start + bucket * step, sums[bucket]) for bucket in sorted(sums)]


def _bars(period: Period, slots: Slots, measured: Slots) -> tuple[EnergyBar, ...]:
    spans = period.bars()
    kwh, tonnes = _by_span(spans, slots), _by_span(spans, measured)
    return tuple(EnergyBar(start, end, kwh[place], tonnes[place]) for place, (start, end) in enumerate(spans))


def _by_span(spans: Sequence[tuple[datetime, datetime]], slots: Slots) -> list[Decimal | None]:
    """The slots' sums by the span they begin in; both in order of time."""
    sums: list[Decimal | None] = [None] * len(spans)
    place = 0
    for at, amount in slots:
        while at >= spans[place][1]:
            place += 1
        sums[place] = (sums[place] or Decimal(0)) + amount
    return sums


def _emission(
    found: Sequence[Meters],
    slots: Slots,
    measured: Slots,
) -> tariffs.Emission | None:
    """Measured where the plant has such a meter, else energy times the dated factor."""
    if any(one.of_quantity(Quantity.EMISSION) for one in found):
        if not measured:
            return None
        return tariffs.Emission(sum((amount for _, amount in measured), Decimal(0)), measured=True)
    if not slots:
        return None
    days: dict[date, Decimal] = {}
    for at, energy in slots:
        day = timezone.localtime(at).date()
        days[day] = days.get(day, Decimal(0)) + energy
    return tariffs.emission_by_factor(days.items())


def _power_factor(gathered: Gathered) -> PowerFactor | None:
    """From energies where reactive energy is metered, else from momentary powers, else the readings' mean."""
    for active, reactive, billed in (
        (Quantity.ENERGY, Quantity.REACTIVE_ENERGY, True),
        (Quantity.ACTIVE_POWER, Quantity.REACTIVE_POWER, False),
    ):
        real, blind = _total(gathered, active), _total(gathered, reactive)
        if real and blind is not None:
            apparent = (real * real + blind * blind).sqrt()
            return PowerFactor((real / apparent).quantize(Decimal("0.0001"), ROUND_HALF_EVEN), billed)
    return _mean_power_factor(gathered)


def _total(gathered: Gathered, quantity: str) -> Decimal | None:
    total: Decimal | None = None
    for one, frame in gathered:
        for each in one.of_quantity(quantity):
            scaled = frame[f"{each.key}_sum"].drop_nulls()
            if len(scaled):
                total = (total or Decimal(0)) + int(scaled.sum()) * each.resolution
    return total


def _mean_power_factor(gathered: Gathered) -> PowerFactor | None:
    total, count = Decimal(0), 0
    for one, frame in gathered:
        for each in one.of_quantity(Quantity.POWER_FACTOR):
            per_unit = Decimal(100) if each.unit == "%" else Decimal(1)
            total += int(frame[f"{each.key}_sum"].sum() or 0) * each.resolution / per_unit
            count += int(frame[f"{each.key}_count"].sum() or 0)
    return PowerFactor((total / count).quantize(Decimal("0.0001")), billed=False) if count else None


def state_shares(plant: Plant, period: Period, quantity: str) -> list[StateShare] | None:
    """How the readings of a state are shared out; None where there are too many readings to count here."""
    return remembered(
        ("states", plant.pk, period, quantity),
        lambda: _state_shares(telemetry.meters(plant), period, quantity),
        unchanged=lambda: _readings_of(plant, period),
    )


def _state_shares(found: Sequence[Meters], period: Period, quantity: str) -> list[StateShare] | None:
    shares: list[StateShare] = []
    for one in found:
        for each in one.of_quantity(quantity):
            if each.key not in telemetry.columns_of(one.table):
                continue
            if telemetry.row_count(one.table, one.devices, period) > MOST_STATE_ROWS:
                return None
            shares += _shares_of(one, each, period)
    return shares


def _shares_of(one: Meters, state: Property, period: Period) -> list[StateShare]:
    energy = next(iter(one.of_quantity(Quantity.ENERGY)), None)
    of_energy = f'"{energy.key}"' if energy and energy.key in telemetry.columns_of(one.table) else "NULL"
    longest = max(SHORTEST_SILENCE, 2 * timedelta(seconds=state.sampling_seconds))
    frame = lake().query(
        "SELECT state, count(*) AS readings, sum(energy)::BIGINT AS energy, sum(lasts)::BIGINT AS lasts "  # noqa: S608 - keys and tables are checked names
        f'FROM (SELECT "{state.key}" AS state, {of_energy} AS energy, least($longest, coalesce('
        "epoch_us(lead(time) OVER w) - epoch_us(time), epoch_us(time) - epoch_us(lag(time) OVER w), 1)) "
        f'AS lasts FROM {one.table} WHERE "{state.key}" IS NOT NULL '
        "WINDOW w AS (PARTITION BY device ORDER BY time)) "
        "GROUP BY 1 ORDER BY 1",
        [Slice(one.table, period.start, period.end, one.devices)],
        {"longest": longest // timedelta(microseconds=1)},
    )
    names = {each.value: each for each in state.states.all()}
    whole = int(frame["lasts"].sum() or 0) or 1
    return [
        StateShare(
            state=names.get(int(value)),
            value=int(value),
            readings=int(count),
            kwh=telemetry.value(scaled, energy) if energy else None,
            share=Decimal(lasts) / whole,
        )
        for value, count, scaled, lasts in frame.iter_rows()
    ]
