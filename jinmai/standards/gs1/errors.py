"""The one way in which GS1 data is refused."""

from __future__ import annotations


class Gs1Error(ValueError):
    """Data that GS1 does not allow: ``place`` names the part (``(01)``, ``/01``, ``?10``), ``reason`` why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.place = place
        self.reason = reason
