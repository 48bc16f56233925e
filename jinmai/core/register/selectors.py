"""Every read of the register but the search."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from jinmai.core.ledger.api import RecordedEntry, entries_for
from jinmai.core.register import bitemporal, entries
from jinmai.core.register.choices import DERIVED, HANDLE
from jinmai.core.register.models import (
    District,
    Fact,
    FactBasis,
    FactKind,
    Import,
    Industry,
    Party,
    Place,
    Source,
    Thing,
)
from jinmai.core.web.api import remembered
from jinmai.standards.gbt4754 import names

LONGEST_NUMBER = 18
MOST_CHANGES = 200

Subject = Party | Place | Thing

# Chunks of the largest table that is taken: its rows by 1,000, and as many tries anew after a stop.
MOST_CHUNKS = 2_000


def party_by_code(code: str) -> Party:
    """The party with this code. Raises ``Party.DoesNotExist``."""
    return Party.objects.select_related("district").get(code=code)


def party_by_handle(code: str) -> Party:
    """The party that an address names, by its code or its handle. Raises ``Party.DoesNotExist``."""
    number = code.removeprefix(HANDLE)
    if number == code or not number.isdecimal() or len(number) > LONGEST_NUMBER:
        return party_by_code(code)
    return Party.objects.select_related("district").get(pk=int(number))


def place_by_key(key: str) -> Place:
    """The place with this key. Raises ``Place.DoesNotExist``."""
    return Place.objects.select_related("district", "party").get(key=key)


def thing_by_key(key: str) -> Thing:
    """The thing with this key. Raises ``Thing.DoesNotExist``."""
    return Thing.objects.select_related("party__district", "place__district").get(key=key)


def fact_by_number(number: int) -> Fact:
    """The fact with this number, its subject beside it. Raises ``Fact.DoesNotExist``."""
    if number >= 10**LONGEST_NUMBER:
        raise Fact.DoesNotExist
    beside = ("kind", "source", "party", "place__party", "thing__party")
    found: Fact = Fact.objects.select_related(*beside).get(pk=number)
    return found


def facts_of(subject: Subject, kind: str = "") -> QuerySet[Fact]:
    """All that was ever said about a subject, corrected and withdrawn facts among it."""
    rows = Fact.objects.filter(**_about(subject)).select_related("kind", "source")
    return rows.filter(kind__key=kind) if kind else rows


def facts_as_of(
    subject: Subject, kind: str = "", *, effective: date | None = None, known: datetime | None = None
) -> list[Fact]:
    """What counts on the day ``effective`` (today), as known at ``known`` (now): one fact a source and kind.

    Empty means unknown, which is never "no". The most trusted source stands first.
    """
    rows = facts_of(subject, kind)
    if known is not None:
        rows = rows.filter(entered_at__lte=known)
    day = effective or timezone.localdate()
    found = bitemporal.counting(list(rows), day, known)
    return sorted(found, key=lambda fact: (fact.kind.key, fact.source.rank, -fact.id))


def latest_facts(subject: Subject, known: datetime | None = None) -> list[Fact]:
    """What stands of every kind, source and period, newest period first within its kind."""
    found = bitemporal.latest(list(facts_of(subject)), known)
    return sorted(found, key=lambda fact: fact.kind.key)


def bases_of(facts: Iterable[Fact]) -> dict[int, list[FactBasis]]:
    """The facts that derived ones rest on."""
    found: dict[int, list[FactBasis]] = {}
    rows = FactBasis.objects.filter(fact__in=[fact.pk for fact in facts])
    for row in rows.select_related("basis__kind", "basis__source"):
        found.setdefault(row.fact_id, []).append(row)
    return found


def changes_of(party: Party) -> list[RecordedEntry]:
    """Every change of a party's own particulars, newest first."""
    return entries_for(party.subject, kinds=[entries.PARTY_CHANGED], limit=MOST_CHANGES)


def fact_kinds() -> dict[str, FactKind]:
    """Every kind of fact by its key."""
    return {kind.key: kind for kind in FactKind.objects.all()}


def sources() -> dict[str, Source]:
    """Every source register by its key."""
    return {source.key: source for source in Source.objects.all()}


def sources_for(subject: Subject | None = None, kind: FactKind | None = None) -> list[str]:
    """Keys of the sources that may say a kind of fact of a subject; None: of parties, any kind.

    Where the kind names its sources, those. Else all but, for parties and places, the ones that have only
    ever spoken of things: standards say what goods must be, and nothing about a firm.
    """
    known = [key for key in sources() if key != DERIVED]
    if kind is not None and kind.sources:
        return [key for key in known if key in kind.sources]
    if isinstance(subject, Thing):
        return known
    of_things = remembered(
        "register.sources_of_things", _sources_of_things, unchanged=timezone.now, seconds=600.0
    )
    return [key for key in known if key not in of_things]


def _sources_of_things() -> set[str]:
    about = {
        one: set(Fact.objects.filter(**{f"{one}__isnull": False}).values_list("source", flat=True).distinct())
        for one in ("party", "place", "thing")
    }
    alone = about["thing"] - about["party"] - about["place"]
    return set(Source.objects.filter(pk__in=alone).values_list("key", flat=True))


def districts() -> dict[str, District]:
    """The city's districts by code."""
    return {district.code: district for district in District.objects.all()}


def industry_name(code: str) -> str:
    """The name of an industry: its own where the city pack names it, else that of its division."""
    if not code:
        return ""
    own = remembered("register.industries", Industry.objects.in_bulk, unchanged=timezone.now, seconds=60.0)
    if code in own:
        return own[code].name
    return division_name(code, (get_language() or "zh").startswith("zh"))


@lru_cache(maxsize=512)
def division_name(code: str, chinese: bool) -> str:  # noqa: FBT001 - the cache wants plain arguments
    """The name of the division or section that a code lies in."""
    found = names(code)
    return found.zh if chinese else found.en


def import_by_number(number: int) -> Import:
    """The import with this number. Raises ``Import.DoesNotExist``."""
    return Import.objects.select_related("source").get(pk=number)


def _about(subject: Subject) -> dict[str, Any]:
    match subject:
        case Party():
            return {"party": subject}
        case Place():
            return {"place": subject}
        case _:
            return {"thing": subject}


def subject_of(fact: Fact) -> Subject:
    """What a fact is about."""
    subject = fact.party or fact.place or fact.thing
    assert subject is not None  # noqa: S101 - the database holds fact_has_one_subject
    return subject


def imports_of(party: Party) -> list[Import]:
    """The imports that brought facts of a party."""
    numbers = Fact.objects.filter(party=party, batch__isnull=False).values_list("batch", flat=True).distinct()
    return list(Import.objects.filter(pk__in=list(numbers)))


def _derivations_of(numbers: set[int]) -> list[RecordedEntry]:
    """Entries of imports that recorded derived facts of these numbers, which they name as ranges."""
    rows = FactBasis.objects.filter(fact__in=numbers, basis__batch__isnull=False)
    batches = rows.values_list("basis__batch", flat=True).distinct()
    return [
        entry
        for batch in batches
        for entry in entries_for(f"import:{batch}", kinds=[entries.FACTS_DERIVED], limit=MOST_CHUNKS)
        if _names_one_of(entry, numbers)
    ]


def _writings_of(batch: int, numbers: set[int]) -> list[RecordedEntry]:
    """What committed to the rows of an import, and the entries of those chunks that wrote these facts."""
    subject = f"import:{batch}"
    accepted = entries_for(subject, kinds=[entries.IMPORT_ACCEPTED])
    chunks = entries_for(subject, kinds=[entries.CHUNK_WRITTEN], limit=MOST_CHUNKS)
    return [*accepted, *(entry for entry in chunks if _names_one_of(entry, numbers))]


def _names_one_of(entry: RecordedEntry, numbers: set[int]) -> bool:
    ranges = (entry.payload or {}).get("facts", ())
    return any(first <= number <= last for first, last in ranges for number in numbers)


def entries_of(facts: Iterable[Fact]) -> list[RecordedEntry]:
    """The ledger entries that recorded these facts: their own, or that of their import."""
    facts = list(facts)
    numbers = {fact.pk for fact in facts}
    found: dict[UUID, RecordedEntry] = {}
    for subject in {subject_of(fact).subject for fact in facts}:
        for entry in entries_for(subject, limit=1_000):
            said = entry.payload or {}
            stated = said.get("statement", said)
            if numbers & {stated.get("fact"), said.get("fact"), said.get("corrects")}:
                found[entry.id] = entry
    for batch in {fact.batch_id for fact in facts if fact.batch_id}:
        brought = {fact.pk for fact in facts if fact.batch_id == batch}
        for entry in _writings_of(batch, brought):
            found[entry.id] = entry
    for entry in _derivations_of(numbers):
        found[entry.id] = entry
    return sorted(found.values(), key=lambda entry: entry.recorded_at, reverse=True)
