"""Dated rules by which a fact follows from another; the rules themselves are data (``rules.toml``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

import msgspec

from jinmai.core.web.api import Words


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At least this much, for periods that begin on ``since`` or later."""

    since: date
    at_least: Decimal


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A worked example that the tests hold the rule to."""

    revenue: Decimal
    year: int
    gives: bool


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``gives`` (yes or no) follows from the number ``reads`` for parties of these industry sections."""

    key: str
    name: Words
    reads: str
    gives: str
    sections: list[str]
    reference: Words
    lines: list[Line]
    examples: list[Example] = []

    def applies(self, industry: str) -> bool:
        """Whether the rule speaks of parties of this industry (empty: unknown, so it does not)."""
        return industry[:1] in self.sections

    def line(self, begins: date) -> Decimal | None:
        """The amount in force for a period that begins then; None before the first line."""
        found = [line.at_least for line in self.lines if line.since <= begins]
        return found[-1] if found else None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rules: list[Rule]


@cache
def rules() -> Sequence[Rule]:
    """All rules of the house."""
    content = (files(__package__) / "rules.toml").read_bytes()
    return tuple(msgspec.toml.decode(content, type=_File).rules)
