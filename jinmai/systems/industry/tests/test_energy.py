"""A plant's figures are exact to the last digit, gaps are gaps, and unknown is never nought."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as project

from jinmai.core.web.api import forget
from jinmai.systems.industry.choices import Quantity
from jinmai.systems.industry.load import load
from jinmai.systems.industry.models import Device, EmissionFactor, Plant
from jinmai.systems.industry.selectors import energy
from jinmai.systems.industry.selectors.periods import Period, period_of
from jinmai.systems.industry.selectors.stores import lake
from jinmai.systems.industry.tests.factories import make_device
from jinmai.systems.industry.tests.readings import seconds_from, steel_year, store

pytestmark = pytest.mark.django_db
DAY = period_of("day", date(2026, 11, 24))


@pytest.fixture
def steel(data: Path, shared_data: Path) -> Plant:
    """The steel works with its real year."""
    load(project.JINMAI_CITY)
    times, values = steel_year(shared_data / "steel" / "Steel_industry_data.csv")
    store(Device.objects.get(key="steel-main-meter"), times, values)
    return Plant.objects.get(key="steel")


def test_a_real_year_adds_up_to_the_last_digit(steel: Plant) -> None:
    found = energy.figures(steel, period_of("year", date(2018, 7, 1)))
    assert found.emission is not None
    assert (found.rows, found.kwh, found.emission.tonnes) == (35_040, Decimal("959636.71"), Decimal("403.81"))
    assert found.emission.measured
    assert sum(bar.kwh or 0 for bar in found.bars) == found.kwh
    assert found.cost is not None
    assert sum((one.energy_kwh for one in found.cost.bands), Decimal(0)) == found.kwh
    shares = energy.state_shares(steel, period_of("year", date(2018, 7, 1)), Quantity.LOAD_TYPE) or []
    assert [one.readings for one in shares] == [18_072, 9_696, 7_272]
    assert sum(one.kwh or 0 for one in shares) == found.kwh


def test_the_year_is_the_same_from_its_roll_ups(steel: Plant) -> None:
    year = period_of("year", date(2018, 7, 1))
    from_rows = energy.figures(steel, year)
    for every in ("1m", "1h"):
        lake().roll_up("telemetry_steel_works_meter", every)
    forget()
    rolled = energy.figures(steel, year)
    assert (rolled.rows, rolled.kwh, rolled.bars) == (from_rows.rows, from_rows.kwh, from_rows.bars)
    assert (rolled.cost, rolled.emission) == (from_rows.cost, from_rows.emission)
    assert rolled.power_factor == from_rows.power_factor


def test_twelve_months_make_the_year(steel: Plant) -> None:
    months = [energy.figures(steel, period_of("month", date(2018, month, 1))) for month in range(1, 13)]
    assert sum(one.rows for one in months) == 35_040
    assert sum(one.kwh or 0 for one in months) == Decimal("959636.71")


def test_power_factor_is_that_of_the_energies(data: Path, steel: Plant) -> None:
    found = energy.figures(steel, period_of("year", date(2018, 7, 1))).power_factor
    assert found is not None
    assert (found.value, found.billed) == (Decimal("0.8509"), True)


@pytest.fixture
def furnace(data: Path) -> Device:
    """A furnace that used 0.01 kWh each second of its third hour, and nothing was heard before."""
    device = make_device()
    times = seconds_from(DAY.start + timedelta(hours=2), 3600)
    store(device, times, {"energy": [1] * 3600, "active_power": [36] * 3600, "state": [0] * 900 + [1] * 2700})
    return device


def test_hours_without_readings_are_gaps_not_nought(furnace: Device) -> None:
    found = energy.figures(furnace.plant, DAY)
    assert [bar.kwh for bar in found.bars[:4]] == [None, None, Decimal(36), None]


def test_without_meter_carbon_dioxide_comes_from_the_dated_factor(furnace: Device) -> None:
    EmissionFactor.objects.create(
        valid_from=date(2022, 1, 1), kilograms_per_kwh=Decimal("0.5"), source_zh="测试", source_en="test"
    )
    found = energy.figures(furnace.plant, DAY).emission
    assert found is not None
    assert (found.tonnes, found.measured, found.factors[0].source_en) == (Decimal("0.018"), False, "test")


def test_states_are_shared_out_with_the_energy_of_their_intervals(furnace: Device) -> None:
    found = energy.state_shares(furnace.plant, DAY, Quantity.OPERATING_STATE) or []
    assert [(one.value, one.readings, one.share, one.kwh) for one in found] == [
        (0, 900, Decimal("0.25"), Decimal(9)),
        (1, 2700, Decimal("0.75"), Decimal(27)),
    ]


def test_a_state_has_its_share_of_the_time_not_of_the_readings(data: Path) -> None:
    device, noon = make_device(), datetime(2026, 11, 24, 4, tzinfo=UTC)
    minutes, seconds = seconds_from(noon, 60, every=60), seconds_from(noon + timedelta(hours=1), 3600)
    store(device, [*minutes, *seconds], {"state": [0] * 60 + [1] * 3600})
    after_a_silence = seconds_from(noon + timedelta(hours=9), 240)
    store(device, after_a_silence, {"state": [2] * 240}, number=1)
    found = energy.state_shares(device.plant, DAY, Quantity.OPERATING_STATE) or []
    assert [(one.value, one.readings, round(one.share, 2)) for one in found] == [
        *((0, 60, Decimal("0.48")), (1, 3600, Decimal("0.49")), (2, 240, Decimal("0.03"))),
    ]


def test_a_period_without_readings_is_unknown(furnace: Device) -> None:
    empty = energy.figures(furnace.plant, Period("days", date(2020, 1, 1), date(2020, 1, 3)))
    assert (empty.rows, empty.kwh, empty.emission, empty.cost, empty.power_factor) == (
        0,
        None,
        None,
        None,
        None,
    )


def test_too_many_states_to_count_are_not_guessed(furnace: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(energy, "MOST_STATE_ROWS", 3599)
    assert energy.state_shares(furnace.plant, DAY, Quantity.OPERATING_STATE) is None
