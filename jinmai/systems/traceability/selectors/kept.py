"""Values that a process keeps for a moment, because they are asked for a hundred times a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

Value = TypeVar("Value")
MOST_KEPT: Final = 5_000


class Kept:
    """Values by their key for so many seconds. What must be fresh is part of the key."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._values: dict[Hashable, tuple[float, Any]] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of ``key``, made where none is kept or its time is over."""
        now, found = time.monotonic(), self._values.get(key)
        if found is not None and found[0] > now:
            return found[1]  # type: ignore[no-any-return]  # whoever names a key makes its values alike
        value = make()
        if len(self._values) >= MOST_KEPT:
            self._values.clear()
        self._values[key] = now + self._seconds, value
        return value

    def clear(self) -> None:
        """Keep nothing."""
        self._values.clear()
