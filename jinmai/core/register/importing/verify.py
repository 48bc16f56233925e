"""Compares every fact with what the ledger was told of it, from storage alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from jinmai.core.ledger.api import entries_for
from jinmai.core.register import entries
from jinmai.core.register.importing.staging import Digests, encoder, root
from jinmai.core.register.importing.write import derived_line, digest_of_derived
from jinmai.core.register.models import Fact, Import, ImportChunk
from jinmai.core.register.selectors import subject_of
from jinmai.core.register.services.deriving import DERIVED

SINGLE = (entries.FACT_ENTERED, entries.FACT_CORRECTED, entries.FACT_WITHDRAWN, entries.FACT_DERIVED)
MOST_ENTRIES = 1_000_000


def fact_faults() -> list[str]:
    """Every fact that is not as it was recorded, by import and chunk or by its number."""
    told, derived = _single_facts()
    return [*import_faults(), *told, *_derived_faults(derived)]


def import_faults() -> list[str]:
    """What was changed since it was imported, by import and chunk; empty where everything is as it was."""
    faults = []
    for batch in Import.objects.filter(state__in=["done", "failed"]).order_by("pk"):
        chunks = list(batch.chunks.order_by("number"))
        whole = root(Digests(chunk.lines_digest, chunk.facts_digest) for chunk in chunks)
        if batch.state == "done" and whole != batch.root:
            faults.append(f"import {batch.pk}: its chunks are not those that were accepted")
        said = [entry.payload for entry in entries_for(batch.subject, kinds=[entries.IMPORT_ACCEPTED])]
        if chunks and [payload["root"] for payload in said if payload is not None] != [batch.root]:
            faults.append(f"import {batch.pk}: its digest is not the one in the ledger")
        faults += [
            f"import {batch.pk}, chunk {chunk.number}: its facts are not those that were imported"
            for chunk in chunks
            if _facts_digest(chunk) != chunk.facts_digest
        ]
    return faults


def _facts_digest(chunk: ImportChunk) -> str:
    """The digest of the chunk's facts as they stand in the database now."""
    lines: list[bytes] = []
    if chunk.first_fact is not None:
        written = Fact.objects.filter(batch=chunk.batch_id, pk__gte=chunk.first_fact, pk__lte=chunk.last_fact)
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


def _single_facts() -> tuple[list[str], set[int]]:
    """Faults of facts that were entered one by one; and the numbers of those that no such entry names."""
    faults: list[str] = []
    unnamed: set[int] = set()
    rows = Fact.objects.filter(batch__isnull=True).select_related("kind", "source")
    rows = rows.select_related("party", "place", "thing").order_by("party", "place", "thing", "pk")
    for subject, facts in groupby(rows.iterator(), key=lambda fact: subject_of(fact).subject):
        stated = _stated(subject)
        for fact in facts:
            said = stated.get(fact.pk)
            if said is None:
                unnamed.add(fact.pk)
            elif said != _as_said(fact, withdrawal="kind" not in said):
                faults.append(f"fact {fact.pk} of {subject}: is not as it was recorded")
    return faults, unnamed


def _stated(subject: str) -> dict[int, dict[str, Any]]:
    """What the entries about a subject say of single facts, by number; withdrawals say what goes."""
    found: dict[int, dict[str, Any]] = {}
    for entry in entries_for(subject, kinds=SINGLE, limit=MOST_ENTRIES):
        said = entry.payload or {}
        statement = said.get("statement", said)
        if entry.kind == entries.FACT_WITHDRAWN:
            found[said["fact"]] = {"corrects": said["corrects"]}
        elif "fact" in statement:
            found[statement["fact"]] = {**statement, "corrects": said.get("corrects")}
    return found


def _as_said(fact: Fact, *, withdrawal: bool) -> dict[str, Any]:
    if withdrawal:
        return {"corrects": fact.corrects_id} if fact.withdrawn and fact.number is None else {}
    derived = fact.source.key == DERIVED
    return {
        "fact": fact.pk,
        "kind": fact.kind.key,
        "number": fact.number,
        "text": fact.text,
        "source": fact.source.key,
        "as_of": fact.as_of.isoformat(),
        "effective_from": fact.effective_from.isoformat(),
        "effective_to": fact.effective_to.isoformat() if fact.effective_to else "",
        "illustrative": fact.illustrative,
        "note": fact.note,
        "bound": fact.bound,
        # A derived fact may replace an earlier one; its entry names the rule and the bases instead.
        "corrects": None if derived else fact.corrects_id,
    }


def _derived_faults(unnamed: set[int]) -> list[str]:
    """Facts derived by imports against the digests of their entries; whatever is left nobody recorded."""
    faults = []
    for batch in Import.objects.filter(state__in=["writing", "done", "failed"]).order_by("pk"):
        for entry in entries_for(batch.subject, kinds=[entries.FACTS_DERIVED], limit=MOST_ENTRIES):
            said = entry.payload
            if said is None:
                continue
            numbers = [number for first, last in said["facts"] for number in range(first, last + 1)]
            unnamed.difference_update(numbers)
            known = {row.pk: row for row in Fact.objects.filter(pk__in=numbers)}
            lines = [derived_line(known[number]) for number in numbers if number in known]
            if digest_of_derived(lines) != said["digest"]:
                faults.append(f"import {batch.pk}, chunk {said['chunk']}: its derived facts were changed")
    return faults + [f"fact {number}: no entry recorded it" for number in sorted(unnamed)]
