"""A submerged-arc furnace for high-carbon ferrochrome, about 10 MW, tapped every two hours."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

from jinmai.systems.industry.simulator.signals import Inertia, Noise, event, limited

RATED_KILOWATTS = 9800.0
LINE_VOLTS = 150.0
TAP_EVERY, TAP_LASTS = 7200.0, 1080.0
# Now and then the transformer trips, the lining has a hot spot, electrodes stand too deep.
TRIP_EVERY, TRIP_LASTS = 61_200.0, 540.0
HOT_SPOT_EVERY, HOT_SPOT_LASTS = 14_400.0, 600.0
DEEP_EVERY, DEEP_LASTS = 34_000.0, 900.0
IDLE, SMELTING, TAPPING = 0, 1, 2
DAY = 86_400.0
SLOW_SECONDS = 60
# The power that a state takes, and how much of the arc's restlessness is in it. Of a furnace that tripped
# pumps and fans go on, and its meter never stands still.
LOAD = {IDLE: 0.004, SMELTING: 1.0, TAPPING: 0.9}
RESTLESS = {IDLE: 0.02, SMELTING: 1.0, TAPPING: 1.0}


class SubmergedArcFurnace:
    """One furnace. ``number`` shifts its cycles against others; ``started`` places its first hot spot."""

    def __init__(self, number: int, started: float) -> None:
        numbers = random.Random(f"submerged-arc-{number}-{int(started)}")  # noqa: S311 - a simulation
        self._number = number
        self._started = started
        self._power = Noise(numbers, 25, 0.018 * RATED_KILOWATTS)
        self._factor = Noise(numbers, 900, 0.008)
        self._phases = [Noise(numbers, 120, 0.9) for _ in range(3)]
        self._gas = Noise(numbers, 300, 12)
        self._monoxide = Noise(numbers, 600, 1.6)
        self._quality = Noise(numbers, 6 * 3600, 35)
        self._shell = Inertia(222.0, 240)
        self._gas_heat = Inertia(430.0, 600)
        self._minute = -1

    def step(self, time: float, seconds: float) -> Mapping[str, float]:
        """The values of the interval of so many seconds that ends at ``time`` (Unix seconds)."""
        state = self._state(time)
        noise = self._power.step(seconds) * RESTLESS[state]
        power = limited(RATED_KILOWATTS * LOAD[state] + noise, 0, 1.2 * RATED_KILOWATTS)
        factor = self._power_factor(time, state, seconds)
        values = {
            "active_power": round(power),
            "reactive_power": round(power * math.tan(math.acos(factor))),
            "power_factor": round(factor, 3),
            "energy": round(power * seconds / 3600, 3),
            **self._electrodes(power, factor, seconds),
            **self._heat(time, power, seconds),
            "operating_state": state,
        }
        if int(time) // SLOW_SECONDS != self._minute:
            self._minute = int(time) // SLOW_SECONDS
            values |= self._metal(time, state, seconds)
        return values

    def _state(self, time: float) -> int:
        shifted = time + self._number * 2100
        if event(shifted, every=TRIP_EVERY, lasting=TRIP_LASTS, offset=self._number * 20_000):
            return IDLE
        return TAPPING if event(shifted, every=TAP_EVERY, lasting=TAP_LASTS) else SMELTING

    def _power_factor(self, time: float, state: int, seconds: float) -> float:
        deep = event(time, every=DEEP_EVERY, lasting=DEEP_LASTS, offset=self._number * 9000)
        factor = (0.775 if deep and state != IDLE else 0.872) + self._factor.step(seconds)
        return limited(factor, 0.3, 0.97)

    def _electrodes(self, power: float, factor: float, seconds: float) -> dict[str, float]:
        kiloamperes = power / (math.sqrt(3) * LINE_VOLTS * factor)
        share = min(1.0, power / RATED_KILOWATTS)
        return {
            f"electrode_current_{name}": round(max(0.0, kiloamperes + noise.step(seconds) * share), 2)
            for name, noise in zip("abc", self._phases, strict=True)
        }

    def _heat(self, time: float, power: float, seconds: float) -> dict[str, float]:
        share = power / RATED_KILOWATTS
        hot = event(
            time,
            every=HOT_SPOT_EVERY,
            lasting=HOT_SPOT_LASTS,
            offset=self._started - 300 + self._number * 5400,
        )
        target = 60 + 162 * share + (58 if hot else 0)
        shell = self._shell.step(target, seconds)
        gas = self._gas_heat.step(150 + 290 * share, seconds) + self._gas.step(seconds)
        monoxide = limited(8 + 54 * share + self._monoxide.step(seconds), 0, 90)
        return {
            "shell_temperature": round(shell, 1),
            "off_gas_temperature": round(gas, 1),
            "off_gas_carbon_monoxide": round(monoxide, 1),
        }

    def _metal(self, time: float, state: int, seconds: float) -> dict[str, float]:
        """Alloy tapped in this minute, and the energy that a tonne takes: it drifts with ore and coke."""
        quality = self._quality.step(max(seconds, SLOW_SECONDS))
        wave = 130 * math.sin(2 * math.pi * (time / (9 * DAY) + 0.3 * self._number))
        specific = 3270 + 110 * self._number + wave + quality
        tapped = 0.0
        if state == TAPPING:
            # What was smelted since the last tap runs out over the minutes of the tapping.
            tapped = RATED_KILOWATTS * TAP_EVERY / 3600 / specific * SLOW_SECONDS / TAP_LASTS
        return {"tapped_mass": round(tapped, 3), "specific_energy": round(specific)}
