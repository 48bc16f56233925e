"""Facts as a page shows them: value, source, as-of day, effective period, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from jinmai.core.register import bitemporal, selectors
from jinmai.core.register.disclosure import Disclosure
from jinmai.core.register.models import Fact, Party
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


def lines_of(facts: Iterable[Fact], party: Party | None, disclosure: Disclosure) -> list[Line]:
    """Facts with everything that makes them facts; those of a party lead to their history."""
    facts = list(facts)
    bases = selectors.bases_of(facts)
    return [
        Line(
            fact=fact,
            kind=fact.kind.name,
            value=disclosure.value(fact, party),
            period=period(fact),
            source=fact.source.name,
            as_of=fact.as_of,
            href=reverse("fact_history", args=[party.handle, fact.kind.key]) if party else "",
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


def period(fact: Fact) -> str:
    """The effective period in words: a year, from a day on, from day to day."""
    begins, ends = fact.effective_from, fact.effective_to
    if ends is None:
        return gettext("from %(day)s") % {"day": formats.day(begins)}
    if (begins.month, begins.day, ends) == (1, 1, date(begins.year + 1, 1, 1)):
        return gettext("%(year)s (whole year)") % {"year": begins.year}
    last = ends - timedelta(days=1)
    if last == begins:
        return formats.day(begins)
    return gettext("%(first)s to %(last)s") % {"first": formats.day(begins), "last": formats.day(last)}


def state_of(facts: Iterable[Fact]) -> Status:
    """The party's registration as it stands today; unknown says so."""
    today = timezone.localdate()
    for fact in bitemporal.counting(facts, today):
        if fact.kind.key == "registration_status":
            return Status(shown(fact), TONES.get(fact.text, ""))  # type: ignore[arg-type]
    return Status(gettext("registration status unknown"), "unknown")
