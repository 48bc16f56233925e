"""Simulated devices: believable, within their thing model, and the energy is that of the power."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from django.conf import settings

from jinmai.systems.industry.ingest.known import read_known
from jinmai.systems.industry.load import load
from jinmai.systems.industry.simulator.playing import MODELS, Model
from jinmai.systems.industry.simulator.signals import event
from jinmai.systems.industry.simulator.submerged_arc_furnace import SubmergedArcFurnace
from jinmai.systems.industry.simulator.vacuum_sintering_furnace import VacuumSinteringFurnace

NOON = 1_795_492_800.0
DAY = 86_400


def _day(model: Model, step: int = 10) -> list[dict[str, float]]:
    return [dict(model.step(NOON + second, step)) for second in range(step, DAY + 1, step)]


@pytest.mark.django_db
@pytest.mark.parametrize(("product_type", "make"), sorted(MODELS.items()))
def test_day_of_values_lies_within_the_thing_model(
    product_type: str, make: Callable[[int, float], Model]
) -> None:
    load(settings.JINMAI_CITY)
    thing = read_known().things[f"telemetry_{product_type}"]
    values = _day(make(1, NOON))
    assert {key for row in values for key in row} == set(thing.by_key)
    outside = [
        (key, value)
        for row in values
        for key, value in row.items()
        if not thing.by_key[key].minimum <= value <= thing.by_key[key].maximum
    ]
    assert outside == []


@pytest.mark.parametrize("make", [SubmergedArcFurnace, VacuumSinteringFurnace])
def test_energy_is_the_power_over_the_interval(make: Callable[[int, float], Model]) -> None:
    rows = _day(make(0, NOON), 60)
    energy = sum(row["energy"] for row in rows)
    assert math.isclose(energy, sum(row["active_power"] for row in rows) / 60, rel_tol=1e-3)


def test_ferrochrome_furnace_takes_what_such_furnaces_take() -> None:
    rows = _day(SubmergedArcFurnace(0, NOON), 60)
    tonnes = sum(row["tapped_mass"] for row in rows)
    specific = sum(row["energy"] for row in rows) / tonnes
    assert 2800 < specific < 3800


def test_meter_of_a_furnace_that_tripped_does_not_stand_still() -> None:
    furnace = SubmergedArcFurnace(0, NOON)
    tripped = next(at for at in range(0, 2 * DAY, 60) if furnace.step(NOON + at, 60)["operating_state"] == 0)
    power = [furnace.step(NOON + tripped + second, 1)["active_power"] for second in range(1, 121)]
    assert 0 < max(power) < 60
    assert all(len(set(power[at : at + 20])) > 1 for at in range(0, 120, 20))


def test_hot_spot_crosses_the_limit_of_the_alarm_soon_after_the_start_and_goes_by() -> None:
    model = SubmergedArcFurnace(0, NOON)
    shell = [model.step(NOON + second, 1)["shell_temperature"] for second in range(-600, 1800)]
    assert max(shell[:500]) < 262
    assert max(shell[600:1000]) > 262
    assert min(shell[1000:]) < 250


def test_leak_of_the_vacuum_furnace_lasts_long_enough_for_its_alarm_and_goes_by() -> None:
    model = VacuumSinteringFurnace(0, NOON)
    pressure = [model.step(NOON + second, 1)["chamber_pressure"] for second in range(300)]
    assert sum(value > 50 for value in pressure) > 30
    assert pressure[0] < 1
    assert pressure[-1] < 20


def test_event_returns_and_ends() -> None:
    on = [event(second, every=10, lasting=3, offset=2) for second in range(12)]
    assert on == [False, False, True, True, True, *[False] * 7]
