"""Parties, places, things, kinds of facts and source registers against the entries that told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from django.db.models import Max

from jinmai.core.ledger.api import Fault, compared, entries_of, gone
from jinmai.core.register import entries
from jinmai.core.register.bulk import PartyRow
from jinmai.core.register.importing.write import digest_of_parties, party_line
from jinmai.core.register.models import FactKind, ImportChunk, Party, Place, Source, Thing
from jinmai.core.register.services.kinds import (
    kind_as_declared,
    source_as_declared,
)
from jinmai.core.register.services.parties import industry_of, party_entered
from jinmai.core.register.services.places import place_entered, thing_entered

Fields = dict[str, Any]
LONG_AGO = ""  # parties' moments of entry are in no line


class Told(NamedTuple):
    """What the entries say: how each subject stands now, and how the changed ones stood at first."""

    now: dict[str, Fields | None]  # None: an entry of it was erased, so nobody knows
    first: dict[str, Fields]

    @classmethod
    def by(cls, *kinds: str) -> Told:
        """From all entries of these kinds, oldest first."""
        told = cls({}, {})
        for entry in entries_of(kinds):
            if entry.payload is None:
                told.now[entry.subject] = None
            elif "after" in entry.payload:
                told._change(entry.subject, entry.payload)
            else:
                told.now[entry.subject] = dict(entry.payload)
        return told

    def _change(self, subject: str, said: Fields) -> None:
        first = self.first.setdefault(subject, {})
        for name, value in said["before"].items():
            first.setdefault(name, value)
        if subject not in self.now:
            self.now[subject] = {}  # an import brought it; only what changed since is told of it alone
        now = self.now[subject]
        if now is not None:
            now |= said["after"]


def master_faults() -> Iterator[Fault]:
    """Every row that is not as it was recorded, or that no entry recorded, and every one that is gone."""
    places, things = Place.objects.select_related("party"), Thing.objects.select_related("party", "place")
    yield from _party_faults()
    yield from _faults("place", places, place_entered, (entries.PLACE_ENTERED, entries.PLACE_CHANGED))
    yield from _faults("thing", things, thing_entered, (entries.THING_ENTERED,))
    yield from _faults("fact_kind", FactKind.objects.all(), kind_as_declared, (entries.KIND_DECLARED,))
    yield from _faults("source", Source.objects.all(), source_as_declared, (entries.SOURCE_DECLARED,))


def _faults(
    name: str, rows: Iterable[Any], as_told: Callable[[Any], msgspec.Struct], kinds: tuple[str, ...]
) -> Iterator[Fault]:
    told = Told.by(*kinds).now
    for row in rows:
        yield from compared(f"{name}:{row.key}", msgspec.structs.asdict(as_told(row)), told)
    yield from gone(told)


def _party_faults() -> Iterator[Fault]:
    told = Told.by(entries.PARTY_ENTERED, entries.PARTY_CHANGED)
    imported, unknown = set[int](), 0
    for entry in entries_of([entries.CHUNK_WRITTEN]):
        if entry.payload is None:  # erased: as many parties as a chunk has rows may be without an entry
            unknown += _largest_chunk(entry.subject)
            continue
        numbers = [number for first, last in entry.payload["parties"] for number in range(first, last + 1)]
        imported.update(numbers)
        rows = Party.objects.filter(pk__in=numbers).order_by("pk")
        if digest_of_parties(_at_first(row, told.first) for row in rows) != entry.payload["parties_digest"]:
            place = f"{entry.subject.replace(':', ' ')}, chunk {entry.payload['chunk']}"
            yield Fault(place, "its parties are not those that were imported")
    for party in Party.objects.order_by("pk").iterator():
        code = party.industry_code
        if party.industry != (industry_of(code, party.industry_edition) if code else ""):
            yield Fault(party.subject, "its industry of 2017 does not follow from its industry code")
        if party.pk in imported:
            told.now.setdefault(party.subject, {})
        elif party.subject not in told.now and unknown:
            unknown -= 1
            continue
        yield from compared(party.subject, msgspec.structs.asdict(party_entered(party)), told.now)
    yield from gone(told.now)


def _largest_chunk(subject: str) -> int:
    chunks = ImportChunk.objects.filter(batch=int(subject.removeprefix("import:")))
    return chunks.aggregate(most=Max("rows"))["most"] or 0


def _at_first(row: Party, first: dict[str, Fields]) -> tuple[Any, ...]:
    """The line of a party as it was when it was imported, before it was changed."""
    was = {**msgspec.structs.asdict(party_entered(row)), **first.get(row.subject, {})}
    district = was.pop("district")
    return party_line(PartyRow(id=row.pk, industry="", entered_at=LONG_AGO, district_id=district, **was))
