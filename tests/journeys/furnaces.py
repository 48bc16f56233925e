"""Two submerged-arc furnaces that publish over MQTT: what the journeys need of a plant that is at work."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import pytest

pytest.importorskip("jinmai.systems.industry", reason="a city without this system")

from jinmai.systems.industry.messaging import Broker, SignIn
from jinmai.systems.industry.sender import Sender
from tests.instance import Instance

ANSWERED_WITHIN = 60.0
# High-carbon ferrochrome at about 10 MW, as an interval of one second.
RUNNING = {
    "active_power": 9800.0,
    "power_factor": 0.87,
    "energy": 2.722,
    "shell_temperature": 222.0,
    "operating_state": 1.0,
}


class Furnace:
    """One furnace: sends its past once, then a value each second until it is closed.

    ``specific_energy`` is what a tonne of ferrochrome takes at present, in kWh.
    """

    def __init__(self, instance: Instance, device: str, specific_energy: float) -> None:
        secret = instance.run("device_credential", device).stdout.strip()
        self.specific_energy = specific_energy
        self._sender = Sender(Broker("127.0.0.1", instance.port + 1), SignIn(device, secret), boot=1)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread.ident:
            self._thread.join()
        self._sender.close()

    def tell_past(self, minutes: int, last: float) -> None:
        """One point a minute up to now, with an energy per tonne that drifts to ``last``."""
        now = datetime.now(UTC).replace(microsecond=0)
        first = self.specific_energy
        points = [
            (
                now - timedelta(minutes=minutes - place),
                self._values(first + (last - first) * place / minutes, seconds=60),
            )
            for place in range(minutes)
        ]
        self.specific_energy = last
        self._sender.send(points)
        if not self._sender.drain(ANSWERED_WITHIN) or self._sender.refused:
            pytest.fail(f"the past was not stored: {self._sender.refused}")

    def start(self) -> None:
        """Publish each second from now on."""
        self._thread.start()

    def _run(self) -> None:
        turn = 0
        while not self._stop.wait(1.0):
            turn += 1
            self._sender.send([(datetime.now(UTC), self._values(self.specific_energy, power=turn % 40))])

    def _values(self, specific: float, *, seconds: int = 1, power: int = 0) -> Mapping[str, float]:
        """Values of one interval; ``power`` moves the load a little, as a real furnace's does."""
        load = RUNNING["active_power"] + power
        values = {**RUNNING, "active_power": load, "energy": round(load * seconds / 3600, 3)}
        return {**values, "specific_energy": round(specific)}
