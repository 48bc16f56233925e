"""Which facts stand: for a day in the world (effective) and as this house knew it at a moment (known).

The law, in four sentences. What was entered after the moment is not known yet. A fact that a known
correction names stands no longer, and neither does the correction where that one is corrected. Of the facts
of one source that stand and whose period covers the day, the one whose period begins last counts; among
those that begin on one day, the one entered last. Sources never overrule each other: each has its say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol, TypeVar


class Statement(Protocol):
    """What the law needs to know of a fact."""

    @property
    def id(self) -> int: ...
    @property
    def kind_id(self) -> int: ...
    @property
    def source_id(self) -> int: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def effective_to(self) -> date | None: ...
    @property
    def entered_at(self) -> datetime: ...
    @property
    def corrects_id(self) -> int | None: ...
    @property
    def withdrawn(self) -> bool: ...
    @property
    def erased(self) -> bool: ...


S = TypeVar("S", bound=Statement)


def standing(facts: Iterable[S], known: datetime | None = None) -> list[S]:
    """The facts that stand at the moment ``known`` (None: now), in the order of entry."""
    heard = [fact for fact in facts if known is None or fact.entered_at <= known]
    corrected = {fact.corrects_id for fact in heard}
    left = [fact for fact in heard if fact.id not in corrected and not fact.withdrawn and not fact.erased]
    return sorted(left, key=lambda fact: (fact.entered_at, fact.id))


def covers(fact: Statement, day: date) -> bool:
    """Whether the day lies in the fact's effective period."""
    return fact.effective_from <= day and (fact.effective_to is None or day < fact.effective_to)


def counting(facts: Iterable[S], effective: date, known: datetime | None = None) -> list[S]:
    """The fact of each kind and source that counts on a day, in the order of entry."""
    chosen: dict[tuple[int, int], S] = {}
    for fact in standing(facts, known):  # in the order of entry, so of two that begin together the later wins
        if not covers(fact, effective):
            continue
        key = (fact.kind_id, fact.source_id)
        if key not in chosen or fact.effective_from >= chosen[key].effective_from:
            chosen[key] = fact
    return sorted(chosen.values(), key=lambda fact: (fact.entered_at, fact.id))


def latest(facts: Iterable[S], known: datetime | None = None) -> list[S]:
    """For each kind, source and period the fact that stands; newest period first."""
    chosen: dict[tuple[int, int, date, date | None], S] = {}
    for fact in standing(facts, known):
        chosen[fact.kind_id, fact.source_id, fact.effective_from, fact.effective_to] = fact
    return sorted(chosen.values(), key=lambda fact: (fact.effective_from, fact.id), reverse=True)
