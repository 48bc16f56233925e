"""Compares the facts of every import with what the ledger was told of them, from storage alone."""

from __future__ import annotations

import hashlib

from jinmai.core.ledger.api import entries_for
from jinmai.core.register import entries
from jinmai.core.register.importing.staging import Digests, encoder, root
from jinmai.core.register.models import Fact, Import, ImportChunk


def import_faults() -> list[str]:
    """What was changed since it was imported, by import and chunk; empty where everything is as it was."""
    faults = []
    for batch in Import.objects.filter(state="done").order_by("pk"):
        chunks = list(batch.chunks.order_by("number"))
        if root(Digests(chunk.lines_digest, chunk.facts_digest) for chunk in chunks) != batch.root:
            faults.append(f"import {batch.pk}: its chunks are not those that were accepted")
        said = [entry.payload for entry in entries_for(batch.subject, kinds=[entries.IMPORT_ACCEPTED])]
        if [payload["root"] for payload in said if payload is not None] != [batch.root]:
            faults.append(f"import {batch.pk}: its digest is not the one in the ledger")
        faults += [
            f"import {batch.pk}, chunk {chunk.number}: its facts are not those that were imported"
            for chunk in chunks
            if _facts_digest(chunk) != chunk.facts_digest
        ]
    return faults


def _facts_digest(chunk: ImportChunk) -> str:
    """The digest of the chunk's facts as they stand in the database now."""
    digest = hashlib.sha256()
    if chunk.first_fact is not None:
        rows = Fact.objects.filter(
            batch=chunk.batch_id, pk__gte=chunk.first_fact, pk__lte=chunk.last_fact
        ).order_by("pk")
        for fields in rows.values_list(
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
            code, kind, number, text, source, as_of, begins, ends, illustrative = fields
            said = (
                *(code, kind, number, text, source, as_of.isoformat()),
                *(begins.isoformat(), ends.isoformat() if ends else "", illustrative),
            )
            digest.update(encoder.encode(said))
            digest.update(b"\n")
    return digest.hexdigest()
