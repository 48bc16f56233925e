"""Cost under a dated tariff: every kilowatt-hour is priced once, unknown is never free."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.systems.industry.choices import TariffBand
from jinmai.systems.industry.models import EmissionFactor
from jinmai.systems.industry.selectors import tariffs
from jinmai.systems.industry.selectors.periods import midnight
from jinmai.systems.industry.selectors.tariffs import PricedSpan, PriceList

DAY = date(2018, 6, 1)
SPANS = (
    PricedSpan(0, 450, TariffBand.VALLEY, 31_500),
    PricedSpan(450, 690, TariffBand.PEAK, 94_500),
    PricedSpan(690, 1440, TariffBand.FLAT, 63_000),
)


def price_list(valid_from: date = DAY, valid_to: date | None = None, *, factor: int = 1) -> PriceList:
    spans = tuple(PricedSpan(each.starts, each.ends, each.band, each.price * factor) for each in SPANS)
    return PriceList(
        "价", "Tariff", valid_from, valid_to, "测试", "test", illustrative=True, own=False, spans=spans
    )


def slots(*energies: str, start: datetime | None = None) -> list[tuple[datetime, Decimal]]:
    """Energies of the half-hours from midnight."""
    begin = start or midnight(DAY)
    return [(begin + timedelta(minutes=30 * place), Decimal(each)) for place, each in enumerate(energies)]


def test_no_price_changes_within_a_slot() -> None:
    assert tariffs.slot_minutes([price_list()]) == 30
    assert tariffs.slot_minutes([]) == 60


def test_energy_is_priced_by_the_local_clock() -> None:
    found = tariffs.cost(slots(*["100"] * 48), [price_list()])
    assert [(one.band, one.energy_kwh, one.fen) for one in found.bands] == [
        (TariffBand.PEAK, Decimal(800), 75_600),
        (TariffBand.FLAT, Decimal(2500), 157_500),
        (TariffBand.VALLEY, Decimal(1500), 47_250),
    ]
    assert found.fen == 280_350


def test_energy_on_days_without_a_tariff_is_unknown_not_free() -> None:
    found = tariffs.cost(slots("10"), [price_list(DAY + timedelta(days=1))])
    assert (found.fen, found.unpriced_kwh, found.tariffs) == (0, Decimal(10), ())


def test_the_tariff_of_the_day_is_taken_and_the_one_that_ended_is_not() -> None:
    old = price_list(DAY, DAY + timedelta(days=1))
    new = price_list(DAY + timedelta(days=1), factor=2)
    found = tariffs.cost(slots("1") + slots("1", start=midnight(DAY + timedelta(days=1))), [new, old])
    assert found.bands[0].fen == 94  # 31.5 fen and 63 fen, 94.5 rounded half to even
    assert sorted(found.bands[0].prices) == [31_500, 63_000]


@given(st.lists(st.decimals(0, 10_000, places=3), max_size=96))
def test_every_kilowatt_hour_is_priced_exactly_once(energies: list[Decimal]) -> None:
    found = tariffs.cost(slots(*map(str, energies)), [price_list(valid_to=DAY + timedelta(days=1))])
    assert sum((one.energy_kwh for one in found.bands), found.unpriced_kwh) == sum(energies, Decimal(0))
    assert found.fen == sum(one.fen for one in found.bands)


@pytest.mark.django_db
def test_emission_takes_the_factor_in_force_on_each_day() -> None:
    EmissionFactor.objects.create(
        valid_from=date(2015, 1, 1), kilograms_per_kwh=Decimal("0.6"), source_zh="a", source_en="a"
    )
    EmissionFactor.objects.create(
        valid_from=date(2022, 1, 1), kilograms_per_kwh=Decimal("0.5"), source_zh="b", source_en="b"
    )
    found = tariffs.emission_by_factor(
        [
            (date(2014, 12, 31), Decimal(7)),
            (date(2021, 12, 31), Decimal(100)),
            (date(2022, 1, 1), Decimal(200)),
        ]
    )
    assert (found.tonnes, found.unknown_kwh) == (Decimal("0.16"), Decimal(7))
    assert [one.source_en for one in found.factors] == ["a", "b"]


def test_local_midnight_is_not_that_of_utc() -> None:
    late = [(datetime(2018, 6, 1, 15, 30, tzinfo=UTC), Decimal(1))]  # 23:30 in the city
    assert tariffs.cost(late, [price_list()]).bands[0].band == TariffBand.FLAT
