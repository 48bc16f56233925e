"""Imported parties and facts against the digests that were accepted and the entry of each chunk.

What the ledger tells is what is looked for: an import whose rows are gone, or are called dropped, is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet

from jinmai.core.ledger.api import Fault, RecordedEntry, entries_for, entries_of
from jinmai.core.register import entries
from jinmai.core.register.choices import ImportState
from jinmai.core.register.importing.staging import Digests, encoder, root
from jinmai.core.register.models import Fact, Import, ImportChunk

Ranges = Sequence[Sequence[int]]
MOST_ENTRIES = 1_000_000
Fields = dict[str, Any]
UNDECIDED = {ImportState.CHECKING, ImportState.CHECKED, ImportState.REFUSED}
# The state in which an entry leaves an import; without one, and where a check began anew, it is undecided.
STATES = {
    entries.IMPORT_ACCEPTED: {ImportState.WRITING},
    entries.IMPORT_FINISHED: {ImportState.DONE},
    entries.IMPORT_DROPPED: {ImportState.DROPPED},
    entries.IMPORT_FAILED: {ImportState.FAILED},
}
OF_IMPORTS = (*STATES, entries.IMPORT_RESUMED, entries.CHUNK_WRITTEN)


class _Told(NamedTuple):
    """What the entries say of one import. An entry that was lawfully erased says nothing any more."""

    states: set[ImportState]
    accepted: Fields | None
    decided: bool
    written: dict[int, Fields]
    erased: int

    def with_entry(self, entry: RecordedEntry) -> _Told:
        """The same after one more entry."""
        said = entry.payload
        if entry.kind == entries.CHUNK_WRITTEN:
            if said is None:
                return self._replace(erased=self.erased + 1)
            self.written[said["chunk"]] = said
            return self
        if entry.kind == entries.IMPORT_ACCEPTED:
            return self._replace(states=STATES[entry.kind], accepted=said, decided=True)
        goes_on = {ImportState.WRITING} if self.decided else UNDECIDED
        return self._replace(states=STATES.get(entry.kind, goes_on))


def import_faults() -> Iterator[Fault]:
    """What was changed or taken away since it was imported, by import and chunk."""
    told: dict[str, _Told] = {}
    erased = digests_told()
    for entry in entries_of(OF_IMPORTS):
        told[entry.subject] = told.get(entry.subject, _nothing()).with_entry(entry)
    for batch in Import.objects.order_by("pk"):
        said = told.pop(batch.subject, _nothing())
        yield from _state(batch, said)
        chunks = list(batch.chunks.order_by("number"))
        yield from _chunks(batch, chunks, said, erased)
        spans = [tuple(span) for one in said.written.values() for span in one["facts"]]
        spans += [_span(chunk) for chunk in chunks if chunk.number not in said.written and said.erased]
        yield from _strangers(batch, spans)
    for subject in sorted(told):
        yield Fault(subject.replace(":", " "), "is missing")


def _nothing() -> _Told:
    return _Told(UNDECIDED, None, decided=False, written={}, erased=0)


def _state(batch: Import, said: _Told) -> Iterator[Fault]:
    """The import's own row."""
    if batch.state not in said.states:
        yield Fault(f"import {batch.pk}", f"is called {batch.state}, which is not what the ledger says")
    accepted = {name: value for name, value in (said.accepted or {}).items() if name != "chunks"}
    wrong = sorted(name for name, value in accepted.items() if getattr(batch, name) != value)
    if wrong:
        yield Fault(f"import {batch.pk}", f"is not what was accepted: {', '.join(wrong)}")


def _chunks(
    batch: Import, chunks: Sequence[ImportChunk], said: _Told, erased: Mapping[tuple[int, int], str]
) -> Iterator[Fault]:
    whole = root(Digests(chunk.lines_digest, chunk.facts_digest) for chunk in chunks)
    if batch.state == ImportState.DONE and whole != batch.root:
        yield Fault(f"import {batch.pk}", "its chunks are not those that were accepted")
    without = 0
    for chunk in chunks:
        written = said.written.get(chunk.number)
        without += written is None
        problem = (
            _problem(chunk, written, erased)
            if written or without <= said.erased
            else "no entry says that it was written"
        )
        if problem:
            yield Fault(f"import {batch.pk}, chunk {chunk.number}", problem)
    for number in sorted(said.written.keys() - {chunk.number for chunk in chunks}):
        yield Fault(f"import {batch.pk}, chunk {number}", "is missing")


def digests_told() -> dict[tuple[int, int], str]:
    """The digest of the facts of a chunk (import, number) since one of them was lawfully erased."""
    told: dict[tuple[int, int], str] = {}
    for entry in entries_of([entries.FACT_ERASED]):
        for batch, number, digest in (entry.payload or {}).get("chunks", ()):
            told[batch, number] = digest
    return told


def chunks_with(fact: Fact) -> list[ImportChunk]:
    """The chunks of imports that brought a fact, or found it there word for word."""
    brought = ImportChunk.objects.filter(batch=fact.batch_id, batch__isnull=False).order_by("number")
    found = [chunk for chunk in brought if _holds(_ranges_of(chunk), fact.pk)]
    others = ImportChunk.objects.exclude(known=[]).order_by("batch", "number")
    return found + [chunk for chunk in others if fact.pk in {number for _place, number in chunk.known}]


def facts_digest_of(chunk: ImportChunk) -> str:
    """The digest of a chunk's facts as they stand in the database now."""
    return _facts_digest(chunk, _ranges_of(chunk))


def _ranges_of(chunk: ImportChunk) -> Ranges:
    """The numbers of the facts that a chunk brought, as its entry says them."""
    for entry in entries_for(chunk.batch.subject, kinds=[entries.CHUNK_WRITTEN], limit=MOST_ENTRIES):
        if entry.payload is not None and entry.payload["chunk"] == chunk.number:
            ranges: Ranges = entry.payload["facts"]
            return ranges
    return [_span(chunk)]


def _holds(ranges: Ranges, number: int) -> bool:
    return any(first <= number <= last for first, last in ranges)


def _problem(chunk: ImportChunk, said: Fields | None, erased: Mapping[tuple[int, int], str]) -> str:
    """What is wrong with a chunk, empty where nothing is."""
    if said and (said["lines_digest"], said["facts_digest"]) != (chunk.lines_digest, chunk.facts_digest):
        return "its digests are not those in the ledger"
    ranges = said["facts"] if said else [_span(chunk)]
    if _facts_digest(chunk, ranges) != erased.get((chunk.batch_id, chunk.number), chunk.facts_digest):
        return "its facts are not those that were imported"
    rows = Fact.objects.filter(batch=chunk.batch_id, pk__range=_around(ranges))
    moments = {at.isoformat() for at in rows.values_list("entered_at", flat=True).distinct()}
    if said and moments - {said["entered_at"]}:
        return "its facts were entered at another moment than they say"
    plain = rows.filter(corrects__isnull=True, withdrawn=False, note="", bound="")
    if plain.count() != rows.count():
        return "some of its facts say more than the file did"
    return ""


def _span(chunk: ImportChunk) -> tuple[int, int]:
    """Between which numbers its facts lie; of none a range without any."""
    return (chunk.first_fact or 1, chunk.last_fact or 0)


def _around(ranges: Ranges) -> tuple[int, int]:
    """First and last of the numbers; of none a range without any."""
    return (ranges[0][0], ranges[-1][1]) if ranges else (1, 0)


def _facts_digest(chunk: ImportChunk, ranges: Ranges) -> str:
    """The digest of the chunk's facts as they stand in the database now."""
    written = Fact.objects.filter(batch=chunk.batch_id, pk__range=_around(ranges))
    lines = [line for _number, line in _lines(written.order_by("pk"))]
    known = dict(_lines(Fact.objects.filter(pk__in=[number for _place, number in chunk.known])))
    for place, number in chunk.known:
        lines.insert(place, known.get(number, b""))
    return hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()


def _lines(rows: QuerySet[Fact]) -> Iterator[tuple[int, bytes]]:
    """The bytes that a chunk's digest takes of each fact."""
    for fields in rows.values_list(
        "pk",
        "party__code",
        "kind__key",
        "number",
        "text",
        "source__key",
        "as_of",
        "effective_from",
        "effective_to",
        "illustrative",
    ):
        key, code, kind, number, text, source, as_of, begins, ends, illustrative = fields
        said = (
            *(code, kind, number, text, source, as_of.isoformat()),
            *(begins.isoformat(), ends.isoformat() if ends else "", illustrative),
        )
        yield key, encoder.encode(said)


def _strangers(batch: Import, ranges: list[tuple[int, ...]]) -> Iterator[Fault]:
    """Facts that say they came by an import whose entries do not know them."""
    ranges.sort()
    place = 0
    for number in Fact.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True).iterator():
        while place < len(ranges) and ranges[place][1] < number:
            place += 1
        if place == len(ranges) or number < ranges[place][0]:
            yield Fault(f"fact {number}", f"says that it came by import {batch.pk}, which did not bring it")
