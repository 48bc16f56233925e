"""Writes staged rows: one chunk, one transaction, a tenth of a second or so."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jinmai.core.ledger.api import append
from jinmai.core.register import bulk, entries, selectors
from jinmai.core.register.bulk import BasisRow, FactRow, PartyRow
from jinmai.core.register.choices import ImportState
from jinmai.core.register.importing.staging import Digests, Staged, encoder
from jinmai.core.register.models import Fact, FactKind, Import, ImportChunk, Party
from jinmai.core.register.rules import Rule, rules
from jinmai.core.register.search import Facets, document_of
from jinmai.core.register.services import deriving


class Derived(NamedTuple):
    """A derived fact still without its number."""

    party: int
    basis: FactRow
    yes: bool


def write_chunk(batch: Import, number: int, digests: Digests, rows: list[Staged]) -> None:
    """Write one chunk, once: its number is unique in its import."""
    with transaction.atomic():
        kinds = {key: kind.pk for key, kind in selectors.fact_kinds().items()}
        sources = {key: source.pk for key, source in selectors.sources().items()}
        stamp = bulk.stamp(timezone.now())
        parties, new = _parties(rows, stamp, illustrative=batch.illustrative)
        facts: list[FactRow] = []
        numbers = iter(bulk.take_numbers(Fact, sum(len(row.facts) for row in rows)))
        for row in rows:
            party, source = parties[row.code], sources[row.source] if row.facts else 0
            for kind, amount, text in row.facts:
                facts.append(
                    FactRow(
                        next(numbers),
                        party,
                        kinds[kind],
                        amount,
                        text,
                        source,
                        row.as_of,
                        row.begins,
                        row.ends or None,
                        stamp,
                        batch.pk,
                        batch.illustrative,
                    )
                )
        bulk.insert(facts)
        ImportChunk.objects.create(
            batch=batch,
            number=number,
            lines_digest=digests.lines,
            facts_digest=digests.facts,
            rows=len(rows),
            first_fact=facts[0].id if facts else None,
            last_fact=facts[-1].id if facts else None,
        )
        _derive(batch, number, rows, facts, new, parties)
        Import.objects.filter(pk=batch.pk).update(
            rows_written=F("rows_written") + len(rows),
            facts_written=F("facts_written") + len(facts),
            parties_new=F("parties_new") + len(new),
        )


def finish(batch: Import) -> None:
    """Record that every accepted row is in the register."""
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=batch.pk)
        if row.state != ImportState.WRITING:
            return
        row.state, row.finished_at = ImportState.DONE, timezone.now()
        row.save(update_fields=["state", "finished_at"])
        said = entries.ImportFinished(
            root=row.root,
            rows_written=row.rows_written,
            parties_new=row.parties_new,
            facts_written=row.facts_written,
        )
        append(kind=entries.IMPORT_FINISHED, subject=row.subject, payload=said, actor=row.actor)


def _parties(rows: list[Staged], stamp: str, *, illustrative: bool) -> tuple[dict[str, int], set[int]]:
    """Numbers of all parties of the chunk by code, and of those that are new; new ones are written here."""
    codes = {row.code for row in rows}
    known = bulk.numbers_by_code(codes)
    fresh = {row.code: row for row in reversed(rows) if row.code not in known}
    ordered = list(reversed(fresh.values()))
    numbers = bulk.take_numbers(Party, len(ordered))
    made = [
        PartyRow(
            number,
            row.code,
            row.name_zh,
            row.name_en,
            row.kind,
            row.district or None,
            row.industry_code,
            row.edition,
            row.industry,
            row.size,
            illustrative,
            stamp,
        )
        for number, row in zip(numbers, ordered, strict=True)
    ]
    bulk.insert(made)
    bulk.index(
        [
            (
                number,
                document_of(row.name_zh, row.name_en, Facets(row.kind, row.district, row.industry, row.size)),
            )
            for number, row in zip(numbers, ordered, strict=True)
        ]
    )
    known.update((row.code, row.id) for row in made)
    return known, set(numbers)


def _derive(  # noqa: PLR0913, PLR0917 - the chunk at hand
    batch: Import,
    number: int,
    rows: list[Staged],
    facts: list[FactRow],
    new: set[int],
    parties: dict[str, int],
) -> None:
    """What follows from the chunk: at once for new parties, the full way for those with a history."""
    kinds = {kind.pk: kind for kind in selectors.fact_kinds().values()}
    industry = {parties[row.code]: row.industry for row in rows}
    repeated = len(rows) != len(industry)
    for rule in rules():
        read = next((kind for kind in kinds.values() if kind.key == rule.reads), None)
        if read is None:
            continue
        said = [fact for fact in facts if fact.kind_id == read.pk]
        fresh = [] if repeated else [fact for fact in said if fact.party_id in new]
        plain = [fact for fact in fresh if rule.applies(industry[fact.party_id])]
        found = [one for one in (_conclude(rule, read, fact) for fact in plain) if one is not None]
        if found:
            _write_derived(batch, number, rule, found)
        others = {fact.party_id for fact in said} - {fact.party_id for fact in fresh}
        if others:
            deriving.follow(others, read, actor=batch.actor)


def _conclude(rule: Rule, read: FactKind, fact: FactRow) -> Derived | None:
    """The conclusion for a new party with one number of one whole year; other periods take the full way."""
    begins, ends = fact.effective_from, fact.effective_to
    if fact.number is None or ends is None or begins[4:] != "-01-01" or ends[4:] != "-01-01":
        return None
    line = _line(rule.key, begins, read.decimals)
    return None if line is None else Derived(fact.party_id, fact, fact.number >= line)


@lru_cache(maxsize=1024)
def _line(rule: str, begins: str, decimals: int) -> int | None:
    """The amount in force for a year, as the whole number that facts are kept in."""
    amount = next(each for each in rules() if each.key == rule).line(date.fromisoformat(begins))
    return None if amount is None else int(amount.scaleb(decimals))


def _write_derived(batch: Import, number: int, rule: Rule, found: list[Derived]) -> None:
    kind = selectors.fact_kinds()[rule.gives]
    source = selectors.sources()[deriving.DERIVED]
    numbers = bulk.take_numbers(Fact, len(found))
    rows = [
        each.basis._replace(id=new, kind_id=kind.pk, number=int(each.yes), source_id=source.pk, batch_id=None)
        for new, each in zip(numbers, found, strict=True)
    ]
    bulk.insert(rows)
    bulk.insert([BasisRow(row.id, each.basis.id, rule.key) for row, each in zip(rows, found, strict=True)])
    digest = hashlib.sha256()
    for row in rows:
        digest.update(
            encoder.encode((row.id, row.party_id, row.number, row.effective_from, row.effective_to))
        )
        digest.update(b"\n")
    entry = entries.FactsDerived(chunk=number, rule=rule.key, count=len(rows), digest=digest.hexdigest())
    append(kind=entries.FACTS_DERIVED, subject=batch.subject, payload=entry, actor=batch.actor)
