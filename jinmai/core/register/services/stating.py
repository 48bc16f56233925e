"""What an entry says of a fact, with every column that decides what stands."""

from __future__ import annotations

from jinmai.core.register.entries import FactStated
from jinmai.core.register.models import Fact


def statement(fact: Fact) -> FactStated:
    """All that a fact says; of a withdrawal neither number nor words."""
    return FactStated(
        fact=fact.pk,
        kind=fact.kind.key,
        number=fact.number,
        text=fact.text,
        source=fact.source.key,
        as_of=fact.as_of.isoformat(),
        effective_from=fact.effective_from.isoformat(),
        effective_to=fact.effective_to.isoformat() if fact.effective_to else "",
        illustrative=fact.illustrative,
        note=fact.note,
        bound=fact.bound,
        entered_at=fact.entered_at.isoformat(),
    )
