"""Facts that follow from others by a dated rule, such as "above scale" from the revenue of a year.

A rule reads the number of the most trusted source and names every standing statement of the period as its
basis. Where no number is known nothing is derived: unknown is never "no". What was derived before and no
longer follows is withdrawn, so the register never says more than its facts do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from jinmai.core.ledger.api import append
from jinmai.core.register import bitemporal, entries
from jinmai.core.register.models import Fact, FactBasis, FactKind, Party, Source
from jinmai.core.register.rules import Rule, rules

DERIVED = "derived"


class Conclusion(NamedTuple):
    """What a rule concludes for one period of one party, and from which facts."""

    begins: date
    ends: date
    as_of: date
    yes: bool
    bases: list[Fact]
    illustrative: bool


def follow(parties: Iterable[int], read: FactKind, *, actor: str) -> list[Fact]:
    """Derive anew, for these parties, whatever rules read facts of the kind ``read``."""
    made = []
    for rule in rules():
        if rule.reads == read.key:
            for party in Party.objects.filter(pk__in=list(parties)):
                made += _derive(party, rule, read, actor=actor)
    return made


def conclude(rule: Rule, facts: Sequence[Fact], decimals: int) -> list[Conclusion]:
    """What follows from the standing facts of one party; pure, so it can be put to worked examples.

    A year that has ended concludes for the whole of it. A part of a year (an amount already passed) concludes
    "yes" from its as-of day to the end of that year, and never "no": the rest of the year is not known yet.
    """
    periods: dict[date, list[Fact]] = {}
    for fact in bitemporal.latest(facts):
        if fact.effective_to is not None and fact.number is not None:
            periods.setdefault(fact.effective_from, []).append(fact)
    found = []
    for begins, said in sorted(periods.items()):
        line = rule.line(begins)
        if line is None:
            continue
        ranked = sorted(said, key=lambda fact: (fact.source.rank, -fact.pk))
        best = ranked[0]
        assert best.effective_to is not None  # noqa: S101 - chosen so above, told to the type checker
        assert best.number is not None  # noqa: S101 - as above
        yes = best.number >= int(line.scaleb(decimals))
        year_ends = date(begins.year + 1, 1, 1)
        whole = begins == date(begins.year, 1, 1) and best.effective_to >= year_ends
        if not whole and not yes:
            continue
        since = begins if whole else max(begins, min(best.as_of, date(begins.year, 12, 31)))
        illustrative = any(fact.illustrative for fact in said)
        found.append(Conclusion(since, year_ends, best.as_of, yes, ranked, illustrative))
    return found


def _derive(party: Party, rule: Rule, read: FactKind, *, actor: str) -> list[Fact]:
    kind = FactKind.objects.get(key=rule.gives)
    source = Source.objects.get(key=DERIVED)
    facts = list(Fact.objects.filter(party=party, kind=read).select_related("kind", "source"))
    present = {
        (fact.effective_from, fact.effective_to): fact
        for fact in bitemporal.latest(Fact.objects.filter(party=party, kind=kind, source=source))
    }
    conclusions = conclude(rule, facts, read.decimals) if rule.applies(party.industry) else []
    wanted = {(each.begins, each.ends): each for each in conclusions}
    with transaction.atomic():
        for period, fact in present.items():
            if period not in wanted:
                _withdraw(party, fact, rule, actor=actor)
        return [
            _enter(party, rule, kind, source, each, replaces=present.get(period), actor=actor)
            for period, each in wanted.items()
            if period not in present or bool(present[period].number) is not each.yes
        ]


def _enter(  # noqa: PLR0913 - what makes a derived fact
    party: Party,
    rule: Rule,
    kind: FactKind,
    source: Source,
    conclusion: Conclusion,
    *,
    replaces: Fact | None,
    actor: str,
) -> Fact:
    fact = Fact(
        party=party,
        kind=kind,
        number=int(conclusion.yes),
        source=source,
        as_of=conclusion.as_of,
        effective_from=conclusion.begins,
        effective_to=conclusion.ends,
        entered_at=_now(),
        corrects=replaces,
        illustrative=conclusion.illustrative,
    )
    fact.save()
    FactBasis.objects.bulk_create(
        FactBasis(fact=fact, basis=basis, rule=rule.key) for basis in conclusion.bases
    )
    said = entries.FactDerived(
        statement=entries.FactStated(
            fact=fact.pk,
            kind=kind.key,
            number=fact.number,
            text="",
            source=source.key,
            as_of=fact.as_of.isoformat(),
            effective_from=conclusion.begins.isoformat(),
            effective_to=conclusion.ends.isoformat(),
            illustrative=fact.illustrative,
        ),
        rule=rule.key,
        reference=rule.reference.en,
        bases=[basis.pk for basis in conclusion.bases],
    )
    append(kind=entries.FACT_DERIVED, subject=party.subject, payload=said, actor=actor)
    return fact


def _withdraw(party: Party, fact: Fact, rule: Rule, *, actor: str) -> None:
    row = Fact(
        party=party,
        kind=fact.kind,
        source=fact.source,
        as_of=fact.as_of,
        effective_from=fact.effective_from,
        effective_to=fact.effective_to,
        entered_at=_now(),
        corrects=fact,
        withdrawn=True,
        note=rule.key,
    )
    row.save()
    said = entries.FactWithdrawn(corrects=fact.pk, fact=row.pk, reason=f"no longer follows by {rule.key}")
    append(kind=entries.FACT_WITHDRAWN, subject=party.subject, payload=said, actor=actor)


def _now() -> datetime:
    return timezone.now()
