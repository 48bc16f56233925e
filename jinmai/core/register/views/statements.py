"""Facts as a page shows them: value, source, as-of day, effective period, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from jinmai.core.register import bitemporal, selectors
from jinmai.core.register.disclosure import MASKED, Disclosure
from jinmai.core.register.models import Fact, Party, Place, Thing
from jinmai.core.register.renderings import rendered
from jinmai.core.register.values import shown
from jinmai.core.web.api import Status, formats

TONES = {"operating": "good", "suspended": "attention", "revoked": "alarm", "deregistered": "unknown"}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of the table."""

    fact: Fact
    kind: str
    value: str
    period: str
    source: str
    as_of: date
    href: str
    rests_on: Sequence[str]
    note: str
    own_words: str  # what the source said, where the page shows a rendering of it


def lines_of(facts: Iterable[Fact], subject: Party | Place | Thing, disclosure: Disclosure) -> list[Line]:
    """Facts with everything that makes them facts; each leads to its history."""
    facts = list(facts)
    party = person_behind(subject)
    bases = selectors.bases_of(facts)
    return [
        Line(
            fact=fact,
            kind=fact.kind.name,
            value=disclosure.value(fact, party),
            period=period(fact),
            source=fact.source.name,
            as_of=fact.as_of,
            href=history_of(subject, fact.kind.key),
            rests_on=[
                gettext("%(kind)s %(value)s, %(source)s")
                % {
                    "kind": row.basis.kind.name,
                    "value": disclosure.value(row.basis, party),
                    "source": row.basis.source.name,
                }
                for row in bases.get(fact.pk, ())
            ],
            note=rendered(fact.note),
            own_words=fact.text if fact.text != rendered(fact.text) == disclosure.value(fact, party) else "",
        )
        for fact in facts
    ]


def person_behind(subject: Party | Place | Thing) -> Party | None:
    """The party whose protection covers what is said of a subject: itself, or whose the thing is."""
    return subject if isinstance(subject, Party) else subject.party


def name_of(subject: Party | Place | Thing) -> str:
    """Its name in the page's language, that of a person masked."""
    return MASKED.name(subject) if isinstance(subject, Party) else subject.name


def page_of(subject: Party | Place | Thing) -> str:
    """The address of its page."""
    match subject:
        case Party():
            return reverse("party", args=[subject.handle])
        case Place():
            return reverse("place", args=[subject.key])
        case _:
            return reverse("thing", args=[subject.key])


def crumbs_of(subject: Party | Place | Thing) -> list[tuple[str, str]]:
    """The way to its page: the list that it stands in, and itself."""
    match subject:
        case Party():
            listed = (reverse("parties"), gettext("Parties"))
        case Place():
            listed = (reverse("places"), gettext("Places"))
        case _:
            listed = (reverse("things"), gettext("Things"))
    return [listed, (page_of(subject), name_of(subject))]


def history_of(subject: Party | Place | Thing, kind: str) -> str:
    """The address of everything that was ever said of one kind about a subject."""
    match subject:
        case Party():
            return reverse("fact_history", args=[subject.handle, kind])
        case Place():
            return reverse("place_fact_history", args=[subject.key, kind])
        case _:
            return reverse("thing_fact_history", args=[subject.key, kind])


def period(fact: Fact) -> str:
    """The effective period in words: a year, from a day on, from day to day."""
    begins, ends = fact.effective_from, fact.effective_to
    if ends is None:
        return gettext("from %(day)s") % {"day": formats.day(begins)}
    if whole_year(fact):
        return gettext("%(year)s (whole year)") % {"year": begins.year}
    last = ends - timedelta(days=1)
    if last == begins:
        return formats.day(begins)
    return gettext("%(first)s to %(last)s") % {"first": formats.day(begins), "last": formats.day(last)}


def whole_year(fact: Fact) -> bool:
    """Whether a fact speaks of one calendar year."""
    begins = fact.effective_from
    return (begins.month, begins.day, fact.effective_to) == (1, 1, date(begins.year + 1, 1, 1))


def state_of(facts: Iterable[Fact]) -> Status:
    """The party's registration as it stands today; unknown says so."""
    today = timezone.localdate()
    for fact in bitemporal.counting(facts, today):
        if fact.kind.key == "registration_status":
            return Status(shown(fact), TONES.get(fact.text, ""))  # type: ignore[arg-type]
    return Status(gettext("registration status unknown"), "unknown")
