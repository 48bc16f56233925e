"""Plays the simulated devices: their past once, then a value every second."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from jinmai.systems.industry.messaging import Broker, SignIn
from jinmai.systems.industry.sender import Sender, SignInRefusedError, next_boot
from jinmai.systems.industry.simulator.submerged_arc_furnace import SubmergedArcFurnace
from jinmai.systems.industry.simulator.vacuum_sintering_furnace import VacuumSinteringFurnace

# The past of a new device: a month of minutes, so that no curve is empty.
PAST = timedelta(days=35)
PAST_STEP_SECONDS = 60
PAST_POINTS = 480
# Two points a payload: half the commits, and nobody waits longer than two seconds for a value.
POINTS = 2
DRAIN_SECONDS = 300.0
REFUSED_SECONDS = 10
log = logging.getLogger(__name__)


class Model(Protocol):
    """A simulated device."""

    def step(self, time: float, seconds: float) -> Mapping[str, float]:
        """The values of the interval that ends at ``time``."""
        ...


MODELS: Mapping[str, Callable[[int, float], Model]] = {
    "submerged_arc_furnace": SubmergedArcFurnace,
    "vacuum_sintering_furnace": VacuumSinteringFurnace,
}


class Player:
    """One device in a thread of its own."""

    def __init__(  # noqa: PLR0913 - what a device is configured with
        self,
        *,
        where: Broker,
        name: str,
        sign_in: Callable[[], SignIn],
        product_type: str,
        number: int,
        has_past: bool,
        boots: Path,
    ) -> None:
        """``sign_in`` gives the secret that is in force; it is asked before each connection."""
        self._where = where
        self._name = name
        self._sign_in = sign_in
        self._has_past = has_past
        self._boots = boots
        self._now = math.floor(time.time())
        self._model = MODELS[product_type](number, float(self._now))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._play, name=name, daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Send no more."""
        self._stop.set()
        self._thread.join(10)

    @property
    def alive(self) -> bool:
        """Whether it still plays."""
        return self._thread.is_alive()

    def _play(self) -> None:
        """Play until told to stop. A device that is refused tries again; the others go on meanwhile."""
        while not self._stop.is_set():
            boot = next_boot(self._boots / f"{self._name}.boot")
            try:
                with Sender(self._where, self._sign_in(), boot) as sender:
                    following = math.floor(time.time())
                    if not self._has_past:
                        following = self._send_past(sender) + 1
                        self._has_past = True
                    self._send_present(sender, following)
            except SignInRefusedError as error:
                log.warning("%s; trying again in %d s", error, REFUSED_SECONDS)
                self._stop.wait(REFUSED_SECONDS)

    def _send_past(self, sender: Sender) -> int:
        """A month of minutes up to the last full one, whose end is given."""
        last = self._now - self._now % PAST_STEP_SECONDS
        begin = last - int(PAST.total_seconds())
        times = range(begin, last + 1, PAST_STEP_SECONDS)
        for first in range(0, len(times), PAST_POINTS):
            if self._stop.is_set():
                break
            sender.send(
                [
                    (_moment(each), self._model.step(each, PAST_STEP_SECONDS))
                    for each in times[first : first + PAST_POINTS]
                ]
            )
        sender.drain(DRAIN_SECONDS)
        return last

    def _send_present(self, sender: Sender, following: int) -> None:
        """A point for every second of the clock; seconds that were missed meanwhile are made up for."""
        points: list[tuple[datetime, Mapping[str, float]]] = []
        while not self._stop.wait(max(0.0, following - time.time())):
            points.append((_moment(following), self._model.step(following, 1)))
            # All devices send in the same seconds, so that their payloads share a commit.
            if following % POINTS == 0:
                sender.send(points)
                points = []
            following += 1


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
