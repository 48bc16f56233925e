"""A vacuum sintering furnace for titanium parts; charges pass through a lock, so it stays evacuated."""

from __future__ import annotations

import random
from collections.abc import Mapping

from jinmai.systems.industry.simulator.signals import Inertia, Noise, event, limited

CYCLE, HEATING, HOLDING = 6 * 3600.0, 1.5 * 3600.0, 2.5 * 3600.0
WAITING_DEGREES, SINTERING_DEGREES = 620.0, 1310.0
LEAK_EVERY, LEAK_LASTS = 9000.0, 75.0


class VacuumSinteringFurnace:
    """One furnace. A seal that leaks for a moment shows soon after ``started`` and every few hours."""

    def __init__(self, number: int, started: float) -> None:
        numbers = random.Random(f"vacuum-sintering-{number}-{int(started)}")  # noqa: S311 - a simulation
        self._number = number
        self._started = started
        self._power = Noise(numbers, 15, 4)
        self._factor = Noise(numbers, 600, 0.004)
        self._pressure = Noise(numbers, 200, 0.006)
        self._chamber = Inertia(WAITING_DEGREES, 1500)
        self._evacuated = Inertia(0.045, 12)

    def step(self, time: float, seconds: float) -> Mapping[str, float]:
        """The values of the interval of so many seconds that ends at ``time`` (Unix seconds)."""
        phase = (time + self._number * 4000) % CYCLE
        hot = phase < HEATING + HOLDING
        target = SINTERING_DEGREES if hot else WAITING_DEGREES
        chamber = self._chamber.step(target, seconds)
        # Losses grow with temperature; heating up takes the difference to the target on top.
        power = 40 + 0.115 * chamber + max(0.0, 0.32 * (target - chamber)) + self._power.step(seconds)
        power = limited(power, 0, 480)
        leak = event(time, every=LEAK_EVERY, lasting=LEAK_LASTS, offset=self._started + 45)
        pressure = self._evacuated.step(130.0 if leak else 0.045, seconds)
        return {
            "active_power": round(power, 1),
            "power_factor": round(limited(0.955 + self._factor.step(seconds), 0.5, 1), 3),
            "energy": round(power * seconds / 3600, 4),
            "chamber_temperature": round(chamber, 1),
            "chamber_pressure": round(max(0.001, pressure + self._pressure.step(seconds)), 3),
        }
