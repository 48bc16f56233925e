"""What a check finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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


def compared(subject: str, kept: dict[str, Any], told: dict[str, dict[str, Any] | None]) -> Iterator[Fault]:
    """A row against what entries told of its subject (None: erased), which is taken out of ``told``."""
    if subject not in told:
        yield Fault(subject, "no entry recorded it")
        return
    said = told.pop(subject)
    if said is not None:
        wrong = sorted(name for name, value in said.items() if kept.get(name) != value)
        if wrong:
            yield Fault(subject, f"is not as it was recorded: {', '.join(wrong)}")


def gone(told: dict[str, dict[str, Any] | None]) -> Iterator[Fault]:
    """Whatever was told of and has no row."""
    for subject in sorted(told):
        yield Fault(subject, "is missing")
