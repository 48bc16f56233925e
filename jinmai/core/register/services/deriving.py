"""Facts that follow from others by a dated rule, such as "above scale" from the revenue of a year.

A rule reads the number of the most trusted source and names every standing statement of the period as its
basis. Where no number is known nothing is derived: unknown is never "no". What was derived before and no
longer follows is withdrawn, so the register never says more than its facts do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from jinmai.core.ledger.api import append
from jinmai.core.register import bitemporal, entries
from jinmai.core.register.choices import DERIVED
from jinmai.core.register.models import Fact, FactBasis, FactKind, Party, Source
from jinmai.core.register.rules import Rule, rules
from jinmai.core.register.services.stating import statement


class Conclusion(NamedTuple):
    """What a rule concludes for one period of one party, and from which facts."""

    begins: date
    ends: date
    as_of: date
    yes: bool
    bases: list[Fact]
    illustrative: bool


class Change(NamedTuple):
    """A derived fact that is to be entered, or (without a conclusion) the one that is withdrawn."""

    party: Party
    conclusion: Conclusion | None
    replaces: Fact | None


def follow(parties: Collection[int], read: FactKind, *, actor: str) -> list[Fact]:
    """Derive anew, for these parties, whatever rules read facts of the kind ``read``; an entry for each."""
    made = []
    for rule in rules():
        if rule.reads == read.key:
            with transaction.atomic():
                for change, fact in enter_changes(rule, changes(parties, rule, read)):
                    _record(change, fact, rule, actor=actor)
                    made.append(fact)
    return made


def conclude(rule: Rule, facts: Sequence[Fact], decimals: int) -> list[Conclusion]:
    """What follows from the facts of one party; pure, so it can be put to worked examples.

    A year that has ended concludes for the whole of it. A year that has not, and a part of one, concludes
    "yes" from the as-of day to the end of that year, and never "no": the rest of the year is not known yet.
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
        assert best.number is not None  # noqa: S101 - chosen so above, told to the type checker
        yes = best.number >= int(line.scaleb(decimals))
        whole = is_whole_year(best.effective_from, best.effective_to, best.as_of)
        if not whole and not yes:
            continue
        since = begins if whole else max(begins, min(best.as_of, date(begins.year, 12, 31)))
        illustrative = any(fact.illustrative for fact in said)
        ends = date(begins.year + 1, 1, 1)
        found.append(Conclusion(since, ends, best.as_of, yes, ranked, illustrative))
    return found


def is_whole_year(begins: date, ends: date | None, as_of: date) -> bool:
    """Whether a fact speaks of a calendar year that had ended when it was said."""
    year_ends = date(begins.year + 1, 1, 1)
    return begins == date(begins.year, 1, 1) and ends == year_ends and as_of >= date(begins.year, 12, 31)


def changes(parties: Collection[int], rule: Rule, read: FactKind) -> list[Change]:
    """How the derived facts of these parties differ from what follows now, or from what it follows."""
    said: dict[int, list[Fact]] = {}
    rows = Fact.objects.filter(party__in=parties, kind=read).select_related("kind", "source")
    for fact in rows:
        said.setdefault(fact.party_id, []).append(fact)
    present: dict[int, list[Fact]] = {}
    derived = Fact.objects.filter(party__in=parties, kind__key=rule.gives, source__key=DERIVED)
    for fact in derived.select_related("kind", "source").prefetch_related("bases"):
        present.setdefault(fact.party_id, []).append(fact)
    found = []
    for party in Party.objects.filter(pk__in=parties).order_by("pk"):
        standing = {
            (fact.effective_from, fact.effective_to): fact
            for fact in bitemporal.latest(present.get(party.pk, ()))
        }
        applies = rule.applies(party.industry)
        concluded = conclude(rule, said.get(party.pk, ()), read.decimals) if applies else []
        wanted = {(each.begins, each.ends): each for each in concluded}
        found += [Change(party, None, fact) for period, fact in standing.items() if period not in wanted]
        found += [
            Change(party, each, standing.get(period))
            for period, each in wanted.items()
            if period not in standing or not _says(standing[period], each)
        ]
    return found


def _says(fact: Fact, conclusion: Conclusion) -> bool:
    """Whether a derived fact says what follows now, and from the same facts."""
    said = (bool(fact.number), fact.as_of, fact.illustrative, {basis.basis_id for basis in fact.bases.all()})
    bases = {basis.pk for basis in conclusion.bases}
    return said == (conclusion.yes, conclusion.as_of, conclusion.illustrative, bases)


def enter_changes(rule: Rule, wanted: Sequence[Change]) -> list[tuple[Change, Fact]]:
    """Write the derived facts with their bases. Called inside a transaction; the caller records them."""
    if not wanted:
        return []
    kind, source = FactKind.objects.get(key=rule.gives), Source.objects.get(key=DERIVED)
    facts = [_fact(change, kind, source, rule) for change in wanted]
    Fact.objects.bulk_create(facts)
    FactBasis.objects.bulk_create(
        FactBasis(fact=fact, basis=basis, rule=rule.key)
        for change, fact in zip(wanted, facts, strict=True)
        if change.conclusion is not None
        for basis in change.conclusion.bases
    )
    return list(zip(wanted, facts, strict=True))


def _fact(change: Change, kind: FactKind, source: Source, rule: Rule) -> Fact:
    fact = Fact(
        party=change.party, kind=kind, source=source, entered_at=timezone.now(), corrects=change.replaces
    )
    if change.conclusion is not None:
        fact.number = int(change.conclusion.yes)
        fact.as_of = change.conclusion.as_of
        fact.effective_from, fact.effective_to = change.conclusion.begins, change.conclusion.ends
        fact.illustrative = change.conclusion.illustrative
        return fact
    old = change.replaces
    assert old is not None  # noqa: S101 - a change without conclusion withdraws something
    fact.withdrawn, fact.note, fact.as_of = True, rule.key, old.as_of
    fact.effective_from, fact.effective_to = old.effective_from, old.effective_to
    return fact


def _record(change: Change, fact: Fact, rule: Rule, *, actor: str) -> None:
    if change.conclusion is None:
        reason = f"no longer follows by {rule.key}"
        gone = entries.FactWithdrawn(corrects=fact.corrects_id or 0, statement=statement(fact), reason=reason)
        append(kind=entries.FACT_WITHDRAWN, subject=change.party.subject, payload=gone, actor=actor)
        return
    said = entries.FactDerived(
        statement=statement(fact),
        rule=rule.key,
        reference=rule.reference.en,
        bases=[basis.pk for basis in change.conclusion.bases],
        corrects=fact.corrects_id,
    )
    append(kind=entries.FACT_DERIVED, subject=change.party.subject, payload=said, actor=actor)
