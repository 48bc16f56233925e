"""Facts are entered, corrected and withdrawn, never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple

from django.db import transaction
from django.utils import timezone

from jinmai.core.ledger.api import append
from jinmai.core.register import bitemporal, entries, selectors
from jinmai.core.register.choices import DERIVED, FIRST_YEAR, LAST_YEAR, Bound, Period
from jinmai.core.register.models import Fact, FactKind, Party, Place, Source, Thing
from jinmai.core.register.services import deriving
from jinmai.core.register.services.stating import statement
from jinmai.core.register.values import Value, ValueFault, parse

Field = Literal["kind", "value", "source", "as_of", "period", "reason", "fact", "bound"]


class FactRefused(ValueError):  # noqa: N818 - a refusal is an answer
    """A fact that cannot be entered; ``field`` names where, ``reason`` why in one word."""

    def __init__(self, field: Field, reason: str, detail: str = "") -> None:
        super().__init__(" ".join(filter(None, [f"{field}:", reason, detail])))
        self.field: Field = field
        self.reason = reason
        self.detail = detail


class When(NamedTuple):
    """Which time a fact speaks of (half open), and as of which day its source said so."""

    as_of: date
    effective_from: date
    effective_to: date | None = None

    @classmethod
    def year(cls, year: int, as_of: date) -> When:
        """A whole calendar year."""
        return cls(as_of, date(year, 1, 1), date(year + 1, 1, 1))


def enter_fact(  # noqa: PLR0913 - what makes a fact
    *,
    subject: Party | Place | Thing,
    kind: str,
    value: str,
    source: str,
    when: When,
    actor: str,
    illustrative: bool = False,
    note: str = "",
    bound: str = "",
) -> Fact:
    """Enter what a source says; the same statement that stands already is given back as it is.

    ``value`` is text (exact: ``"19200000.00"``), read by the kind; ``bound`` says that a number is meant as
    at least, at most or about. Facts that follow by a rule are derived in the same transaction. Raises
    :class:`FactRefused`.
    """
    fact_kind, register = _checked(kind, source, when)
    said = _value(fact_kind, value)
    if bound and bound not in Bound.values:
        raise FactRefused("bound", "unknown", bound[:20])
    with transaction.atomic():
        _one_at_a_time(subject)
        fact = _row(subject, fact_kind, register, said, when)
        fact.illustrative, fact.note, fact.bound = illustrative, note, bound
        present = _same(fact)
        if present is not None:
            return present
        fact.save()
        append(kind=entries.FACT_ENTERED, subject=subject.subject, payload=statement(fact), actor=actor)
        if isinstance(subject, Party):
            deriving.follow([subject.pk], fact_kind, actor=actor)
    return fact


def correct_fact(  # noqa: PLR0913 - what makes a fact
    *, fact: Fact, value: str, reason: str, actor: str, when: When | None = None, source: str = ""
) -> Fact:
    """Enter what should have been said; what was known until now stays readable.

    ``when`` and ``source`` say so where the time or the register was wrong, not the value. What follows by a
    rule is put right at the facts that it rests on. Raises :class:`FactRefused`.
    """
    _may_be_put_right(fact, reason)
    when = when or When(fact.as_of, fact.effective_from, fact.effective_to)
    _, register = _checked(fact.kind.key, source or fact.source.key, when)
    said = _value(fact.kind, value)
    with transaction.atomic():
        _one_at_a_time(selectors.subject_of(fact))
        _must_stand(fact)
        row = _row(selectors.subject_of(fact), fact.kind, register, said, when)
        row.corrects, row.illustrative, row.note = fact, fact.illustrative, reason.strip()
        row.bound = fact.bound
        row.save()
        payload = entries.FactCorrected(corrects=fact.pk, statement=statement(row), reason=reason.strip())
        append(
            kind=entries.FACT_CORRECTED,
            subject=selectors.subject_of(row).subject,
            payload=payload,
            actor=actor,
        )
        if row.party_id:
            deriving.follow([row.party_id], row.kind, actor=actor)
    return row


def was_put_right(subject: Party | Place | Thing, kind: str, value: str, source: str, when: When) -> bool:
    """Whether this very statement was entered once and corrected or withdrawn since. Raises FactRefused.

    Of one whose value was lawfully erased it is enough that source, period and as-of day are the same: a pack
    that is loaded again does not bring it back.
    """
    fact_kind, register = _checked(kind, source, when)
    said = _row(subject, fact_kind, register, _value(fact_kind, value), when)
    facts = list(selectors.facts_of(subject, kind))
    corrected = {fact.corrects_id for fact in facts}
    same = [
        fact for fact in facts if _place_in_time(fact) == _place_in_time(said) and fact.as_of == said.as_of
    ]
    return any(
        fact.erased or (fact.pk in corrected and (fact.number, fact.text) == (said.number, said.text))
        for fact in same
    )


def withdraw_fact(*, fact: Fact, reason: str, actor: str) -> Fact:
    """Say that a fact is not held to be true any more; nothing stands in its place."""
    _may_be_put_right(fact, reason)
    when = When(fact.as_of, fact.effective_from, fact.effective_to)
    with transaction.atomic():
        _one_at_a_time(selectors.subject_of(fact))
        _must_stand(fact)
        row = _row(selectors.subject_of(fact), fact.kind, fact.source, Value(), when)
        row.corrects, row.withdrawn, row.note = fact, True, reason.strip()
        row.save()
        payload = entries.FactWithdrawn(corrects=fact.pk, statement=statement(row), reason=reason.strip())
        append(
            kind=entries.FACT_WITHDRAWN,
            subject=selectors.subject_of(row).subject,
            payload=payload,
            actor=actor,
        )
        if row.party_id:
            deriving.follow([row.party_id], row.kind, actor=actor)
    return row


def _checked(kind: str, source: str, when: When) -> tuple[FactKind, Source]:
    fact_kind = FactKind.objects.filter(key=kind).first()
    if fact_kind is None:
        raise FactRefused("kind", "unknown", kind[:60])
    register = Source.objects.filter(key=source).first()
    if register is None:
        raise FactRefused("source", "unknown", source[:40])
    if source == DERIVED:
        raise FactRefused("source", "may_not", source)
    if fact_kind.sources and source not in fact_kind.sources:
        raise FactRefused("source", "may_not", f"{kind} ← {', '.join(fact_kind.sources)}")
    if when.effective_to is not None and when.effective_to <= when.effective_from:
        raise FactRefused("period", "empty", f"{when.effective_from} – {when.effective_to}")
    days = {"from": when.effective_from, "to": when.effective_to}
    for name, day in days.items():
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR + (name == "to"):
            raise FactRefused("period", "day_range", f"{FIRST_YEAR}-{LAST_YEAR}")
    if fact_kind.period == Period.YEAR and when.effective_from > when.as_of:
        raise FactRefused("period", "period_to_come", f"{when.effective_from} > {when.as_of}")
    return fact_kind, register


def _one_at_a_time(subject: Party | Place | Thing) -> None:
    """Who writes about the same subject waits: two who do not see each other would both derive from it."""
    type(subject)._default_manager.select_for_update().get(pk=subject.pk)  # noqa: SLF001 - Django's documented name


def _value(kind: FactKind, given: str) -> Value:
    try:
        return parse(kind, given)
    except ValueFault as error:
        raise FactRefused("value", error.reason, error.detail) from error


def _same(fact: Fact) -> Fact | None:
    """The standing fact that says the very same, also how it is meant and what is noted of it."""
    rows = [
        row
        for row in bitemporal.standing(list(selectors.facts_of(selectors.subject_of(fact), fact.kind.key)))
        if _place_in_time(row) == _place_in_time(fact)
    ]
    last = rows[-1] if rows else None
    return last if last is not None and _wording(last) == _wording(fact) else None


def _place_in_time(fact: Fact) -> tuple[int, date, date | None]:
    return fact.source_id, fact.effective_from, fact.effective_to


def _wording(fact: Fact) -> tuple[int | None, str, date, str, str, bool]:
    return fact.number, fact.text, fact.as_of, fact.bound, fact.note, fact.illustrative


def _may_be_put_right(fact: Fact, reason: str) -> None:
    if not reason.strip():
        raise FactRefused("reason", "blank")
    if fact.source.key == DERIVED:
        raise FactRefused("fact", "derived", fact.kind.key)


def _must_stand(fact: Fact) -> None:
    """Refuse to correct what was corrected already: of two people at once the second must look again."""
    row = Fact.objects.select_for_update().get(pk=fact.pk)
    if fact.withdrawn or row.erased or Fact.objects.filter(corrects=fact.pk).exists():
        raise FactRefused("fact", "corrected_already", str(fact.pk))


def _row(subject: Party | Place | Thing, kind: FactKind, source: Source, said: Value, when: When) -> Fact:
    return Fact(
        party=subject if isinstance(subject, Party) else None,
        place=subject if isinstance(subject, Place) else None,
        thing=subject if isinstance(subject, Thing) else None,
        kind=kind,
        number=said.number,
        text=said.text,
        source=source,
        as_of=when.as_of,
        effective_from=when.effective_from,
        effective_to=when.effective_to,
        entered_at=now(),
    )


def now() -> datetime:
    """The moment of entry."""
    return timezone.now()
