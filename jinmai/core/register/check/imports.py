"""Imported parties and facts against the digests that were accepted and the entry of each chunk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from jinmai.core.ledger.api import Fault, entries_for
from jinmai.core.register import entries
from jinmai.core.register.importing.staging import Digests, encoder, root
from jinmai.core.register.models import Fact, Import, ImportChunk

MOST_ENTRIES = 1_000_000
Ranges = Sequence[Sequence[int]]


def import_faults() -> Iterator[Fault]:
    """What was changed since it was imported, by import and chunk."""
    for batch in Import.objects.filter(state__in=["writing", "done", "failed"]).order_by("pk"):
        written = {entry["chunk"]: entry for entry in _payloads(batch, entries.CHUNK_WRITTEN)}
        chunks = list(batch.chunks.order_by("number"))
        yield from _digests(batch, chunks)
        for chunk in chunks:
            if problem := _problem(chunk, written.get(chunk.number)):
                yield Fault(f"import {batch.pk}, chunk {chunk.number}", problem)
        yield from _strangers(batch, [tuple(span) for said in written.values() for span in said["facts"]])


def _payloads(batch: Import, kind: str) -> Iterator[dict[str, Any]]:
    for entry in entries_for(batch.subject, kinds=[kind], limit=MOST_ENTRIES):
        if entry.payload is not None:
            yield entry.payload


def _digests(batch: Import, chunks: Sequence[ImportChunk]) -> Iterator[Fault]:
    whole = root(Digests(chunk.lines_digest, chunk.facts_digest) for chunk in chunks)
    if batch.state == "done" and whole != batch.root:
        yield Fault(f"import {batch.pk}", "its chunks are not those that were accepted")
    if chunks and [said["root"] for said in _payloads(batch, entries.IMPORT_ACCEPTED)] != [batch.root]:
        yield Fault(f"import {batch.pk}", "its digest is not the one in the ledger")


def _problem(chunk: ImportChunk, said: dict[str, Any] | None) -> str:
    """What is wrong with a chunk, empty where nothing is."""
    if said is None:
        return "no entry says that it was written"
    if _facts_digest(chunk, said["facts"]) != chunk.facts_digest:
        return "its facts are not those that were imported"
    rows = Fact.objects.filter(batch=chunk.batch_id, pk__range=_around(said["facts"]))
    if {at.isoformat() for at in rows.values_list("entered_at", flat=True).distinct()} - {said["entered_at"]}:
        return "its facts were entered at another moment than they say"
    plain = rows.filter(corrects__isnull=True, withdrawn=False, note="", bound="")
    if plain.count() != rows.count():
        return "some of its facts say more than the file did"
    return ""


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
