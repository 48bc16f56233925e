"""How often one address may write within a minute. It is kept in memory: a restart forgives."""

from __future__ import annotations

import threading
import time
from typing import Final

MINUTE: Final = 60
MOST_KEPT = 50_000


class Pace:
    """So many times a minute for each key, counted in whole minutes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._minute = 0
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """Count once more; False where it was too often. When too many keys come, new ones are refused."""
        minute = int(time.monotonic() // MINUTE)
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._counts.clear()
            count = self._counts.get(key, 0)
            if count >= self.most or (count == 0 and len(self._counts) >= MOST_KEPT):
                return False
            self._counts[key] = count + 1
        return True
