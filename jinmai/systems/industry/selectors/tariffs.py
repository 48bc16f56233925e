"""Which dated tariff and which emission factor hold on a day, and what energy costs under them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from math import gcd

from django.db.models import Q
from django.utils import timezone

from jinmai.systems.industry.choices import TariffBand
from jinmai.systems.industry.models import EmissionFactor, Plant, Tariff
from jinmai.systems.industry.selectors.periods import Period

MILLIFEN_PER_FEN = 1000
MINUTES_OF_A_DAY = 1440
KILOGRAMS_PER_TONNE = 1000


@dataclass(frozen=True)
class PricedSpan:
    """Minutes of the local day with one price, the end excluded; the price in 0.001 fen per kWh."""

    starts: int
    ends: int
    band: TariffBand
    price: int


@dataclass(frozen=True)
class PriceList:
    """A tariff as it is needed for reckoning: valid from a day on until before another (None: open)."""

    name_zh: str
    name_en: str
    valid_from: date
    valid_to: date | None
    source_zh: str
    source_en: str
    illustrative: bool
    own: bool
    spans: tuple[PricedSpan, ...]

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on the day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def at(self, minute: int) -> PricedSpan:
        """The span that a minute of the day lies in; the loader sees to it that there is one."""
        return next(span for span in self.spans if span.starts <= minute < span.ends)


@dataclass
class BandCost:
    """What was used in one band of the tariff and what it cost."""

    band: TariffBand
    energy_kwh: Decimal = Decimal(0)
    millifen: Decimal = Decimal(0)
    prices: set[int] = field(default_factory=set)

    @property
    def fen(self) -> int:
        """The cost in whole fen, half to even."""
        return _fen(self.millifen)


@dataclass(frozen=True)
class Cost:
    """What a period's energy cost. ``unpriced_kwh`` fell on days without a tariff: unknown, not free."""

    bands: tuple[BandCost, ...]
    tariffs: tuple[PriceList, ...]
    unpriced_kwh: Decimal

    @property
    def fen(self) -> int:
        """The whole cost: the sum of the bands as they are shown, so that the page adds up."""
        return sum(one.fen for one in self.bands)


def price_lists(plant: Plant, period: Period) -> list[PriceList]:
    """The tariffs in force on any day of the period, the plant's own before the city's."""
    rows = (
        Tariff.objects.filter(Q(plant=plant) | Q(plant__isnull=True), valid_from__lt=period.until)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=period.first))
        .prefetch_related("periods")
    )
    found = [
        PriceList(
            name_zh=row.name_zh,
            name_en=row.name_en,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            source_zh=row.source_zh,
            source_en=row.source_en,
            illustrative=row.illustrative,
            own=row.plant_id is not None,
            spans=tuple(
                PricedSpan(each.starts_minute, each.ends_minute, TariffBand(each.band), each.price_millifen)
                for each in row.periods.all()
            ),
        )
        for row in rows
    ]
    # The plant's own first, then the one that began last.
    return sorted(found, key=lambda one: (not one.own, -one.valid_from.toordinal()))


def slot_minutes(lists: Iterable[PriceList]) -> int:
    """The longest step in minutes that no price changes within; at most an hour."""
    edges = [edge for one in lists for span in one.spans for edge in (span.starts, span.ends)]
    return gcd(60, *edges)


def cost(slots: Sequence[tuple[datetime, Decimal]], lists: Sequence[PriceList]) -> Cost:
    """Price energy (kWh by the moment its slot begins, slots not longer than :func:`slot_minutes`)."""
    bands: dict[TariffBand, BandCost] = {}
    used: dict[int, PriceList] = {}
    unpriced = Decimal(0)
    by_day: dict[date, PriceList | None] = {}
    for at, energy in slots:
        local = timezone.localtime(at)
        day = local.date()
        if day not in by_day:
            by_day[day] = next((one for one in lists if one.holds_on(day)), None)
        chosen = by_day[day]
        if chosen is None:
            unpriced += energy
            continue
        span = chosen.at(local.hour * 60 + local.minute)
        band = bands.setdefault(span.band, BandCost(span.band))
        band.energy_kwh += energy
        band.millifen += energy * span.price
        band.prices.add(span.price)
        used[id(chosen)] = chosen
    order = list(TariffBand)
    return Cost(
        bands=tuple(sorted(bands.values(), key=lambda one: order.index(one.band))),
        tariffs=tuple(used.values()),
        unpriced_kwh=unpriced,
    )


@dataclass(frozen=True)
class Emission:
    """Carbon dioxide of a period in tonnes: measured, or energy times the dated grid factor.

    ``unknown_kwh`` was used on days before the first factor.
    """

    tonnes: Decimal
    measured: bool
    factors: tuple[EmissionFactor, ...] = ()
    unknown_kwh: Decimal = Decimal(0)


def emission_by_factor(
    days: Iterable[tuple[date, Decimal]], factors: Sequence[EmissionFactor] | None = None
) -> Emission:
    """Carbon dioxide of kWh by local day, under the factor in force on each day.

    ``factors`` (newest first) are for callers that reckon many plants and have read them already.
    """
    if factors is None:
        factors = list(EmissionFactor.objects.order_by("-valid_from"))
    used: dict[int, EmissionFactor] = {}
    kilograms = unknown = Decimal(0)
    for day, energy in days:
        factor = next((one for one in factors if one.valid_from <= day), None)
        if factor is None:
            unknown += energy
            continue
        kilograms += energy * factor.kilograms_per_kwh
        used[factor.pk] = factor
    return Emission(
        tonnes=kilograms / KILOGRAMS_PER_TONNE,
        measured=False,
        factors=tuple(sorted(used.values(), key=lambda one: one.valid_from)),
        unknown_kwh=unknown,
    )


def price_curve(chosen: PriceList) -> list[tuple[timedelta, int]]:
    """The beginnings of the spans of a day with their prices, for drawing."""
    return [(timedelta(minutes=span.starts), span.price) for span in chosen.spans]


def _fen(millifen: Decimal) -> int:
    return int((millifen / MILLIFEN_PER_FEN).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
