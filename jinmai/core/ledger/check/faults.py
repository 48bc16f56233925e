"""What a check finds."""

from __future__ import annotations

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """One thing that is not as it was recorded: where it lies and what is wrong with it."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


class Report(msgspec.Struct, frozen=True):
    """The outcome of a whole check. ``erased`` counts payloads that were lawfully erased."""

    entries: int
    erased: int
    faults: list[Fault]

    @property
    def ok(self) -> bool:
        """Whether everything is as it was recorded."""
        return not self.faults
