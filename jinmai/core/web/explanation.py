"""Why: a sentence first, then each clause with its fact and source, then what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django_stubs_ext import StrOrPromise

Outcome = Literal["yes", "no", "unknown"]
SIGNS: dict[Outcome, str] = {"yes": "check", "no": "no", "unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: whether it is met, by which fact of which source as of which day."""

    text: StrOrPromise
    met: Outcome
    fact: StrOrPromise = ""
    value: StrOrPromise = ""
    source: StrOrPromise = ""
    as_of: date | None = None

    @property
    def sign(self) -> str:
        """The icon that is drawn."""
        return SIGNS[self.met]


@dataclass(frozen=True, slots=True)
class Explanation:
    """An outcome and its reasons. ``would_change`` says what would make it otherwise."""

    outcome: Outcome
    sentence: StrOrPromise
    clauses: Sequence[Clause] = ()
    would_change: Sequence[StrOrPromise] = ()

    @property
    def sign(self) -> str:
        """The icon that is drawn."""
        return SIGNS[self.outcome]
