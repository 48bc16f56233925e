"""Backlogs: what a room still has before it, so that work that stands still is seen.

A job or a part may be well and yet get nothing done: a handler fails at the same entry again and again. The
manifest names the functions (``backlogs``) that tell how far such work has come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

# Longer than any work of the house takes while all is well.
LONGEST_AGE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Backlog:
    """Work that waits: how many entries, since how many seconds the oldest, and the failures in a row.

    ``error`` is the last one, class and words; pages show the class alone.
    """

    name: str
    waiting: int
    age: float = 0.0
    failures: int = 0
    error: str = ""

    @property
    def late(self) -> bool:
        """Whether something waits that should be done by now."""
        return self.waiting > 0 and self.age > LONGEST_AGE_SECONDS


def backlogs() -> list[Backlog]:
    """Those of all rooms, in the order of their manifests."""
    manifests = (*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS)
    paths = [path for manifest in manifests for path in manifest.backlogs]
    return [one for path in paths for one in cast("Callable[[], list[Backlog]]", import_string(path))()]
