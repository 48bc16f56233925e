"""What simulated values are made of: noise with a memory, inertia, and events that come and go."""

from __future__ import annotations

import math
import random


class Noise:
    """Noise with a memory of ``seconds`` and a standard deviation of ``size`` (Ornstein-Uhlenbeck)."""

    def __init__(self, random_numbers: random.Random, seconds: float, size: float) -> None:
        self._random = random_numbers
        self._seconds = seconds
        self._size = size
        self._value = random_numbers.gauss(0, size)

    def step(self, seconds: float) -> float:
        """The value after so many more seconds."""
        kept = math.exp(-seconds / self._seconds)
        spread = self._size * math.sqrt(1 - kept * kept)
        self._value = self._value * kept + self._random.gauss(0, spread)
        return self._value


class Inertia:
    """A value that follows its target as heat does: after ``seconds`` 63 % of the way are gone."""

    def __init__(self, value: float, seconds: float) -> None:
        self.value = value
        self._seconds = seconds

    def step(self, target: float, seconds: float) -> float:
        """The value after so many more seconds."""
        self.value += (target - self.value) * (1 - math.exp(-seconds / self._seconds))
        return self.value


def event(time: float, *, every: float, lasting: float, offset: float = 0.0) -> bool:
    """Whether an event is on that returns ``every`` so many seconds and stays for ``lasting``."""
    return (time - offset) % every < lasting


def limited(value: float, lowest: float, highest: float) -> float:
    """The value within its bounds."""
    return min(max(value, lowest), highest)
