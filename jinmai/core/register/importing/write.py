"""Writes staged rows: one chunk, one transaction, a tenth of a second or so."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from jinmai.core.ledger.api import append
from jinmai.core.register import bulk, entries, selectors
from jinmai.core.register.bulk import BasisRow, FactRow, PartyRow
from jinmai.core.register.choices import DERIVED, ImportState
from jinmai.core.register.importing.staging import Digests, Staged, encoder
from jinmai.core.register.models import Fact, FactKind, Import, ImportChunk, Party
from jinmai.core.register.rules import Rule, rules
from jinmai.core.register.search import Facets, document_of
from jinmai.core.register.services import deriving

# Of a derived fact: its number, party, kind and source, its value and words, the days from which and before
# which it holds and of which it speaks, whether it is illustrative or withdrawn, its note, how it is meant,
# when it was entered, which fact it replaces, on which facts it rests.
DerivedLine = tuple[int, *tuple[object, ...]]


# Of a new party: number, code, names, kind, district, industry with edition, size, whether illustrative.
PartyLine = tuple[int, str, str, str, str, str, str, str, str, bool]


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
        moment = timezone.now()
        stamp = bulk.stamp(moment)
        parties, made = _parties(rows, stamp, illustrative=batch.illustrative)
        new = {party.id for party in made}
        _one_at_a_time(set(parties.values()) - new)
        said = [
            FactRow(
                0,
                parties[row.code],
                kinds[kind],
                amount,
                text,
                sources[row.source],
                row.as_of,
                row.begins,
                row.ends or None,
                stamp,
                batch.pk,
                batch.illustrative,
            )
            for row in rows
            for kind, amount, text in row.facts
        ]
        known = known_already(said, new)
        fresh = [fact for place, fact in enumerate(said) if place not in known]
        numbers = bulk.take_numbers(Fact, len(fresh))
        facts = [fact._replace(id=key) for key, fact in zip(numbers, fresh, strict=True)]
        bulk.insert(facts)
        ImportChunk.objects.create(
            batch=batch,
            number=number,
            lines_digest=digests.lines,
            facts_digest=digests.facts,
            rows=len(rows),
            first_fact=facts[0].id if facts else None,
            last_fact=facts[-1].id if facts else None,
            known=sorted(known.items()),
        )
        told = entries.ChunkWritten(
            chunk=number,
            lines_digest=digests.lines,
            facts_digest=digests.facts,
            entered_at=moment.isoformat(),
            facts=ranges(numbers),
            parties=ranges([party.id for party in made]),
            parties_digest=digest_of_parties(map(party_line, made)),
        )
        append(kind=entries.CHUNK_WRITTEN, subject=batch.subject, payload=told, actor=batch.actor)
        _derive(batch, number, rows, facts, new, parties)
        Import.objects.filter(pk=batch.pk).update(
            rows_written=F("rows_written") + len(rows),
            facts_written=F("facts_written") + len(facts),
            facts_known=F("facts_known") + len(known),
            parties_new=F("parties_new") + len(new),
        )


def _one_at_a_time(parties: Collection[int]) -> None:
    """Who writes about one of these parties waits, as the services of single facts do; in one order."""
    if parties and connection.features.has_select_for_update:
        list(Party.objects.select_for_update().filter(pk__in=parties).order_by("pk").values_list("pk"))


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
            facts_known=row.facts_known,
        )
        append(kind=entries.IMPORT_FINISHED, subject=row.subject, payload=said, actor=row.actor)


def fail(number: int, reason: str) -> None:
    """Stop an import at a fault that another try would meet again, and record how far it came."""
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=number)
        if row.state not in {ImportState.CHECKING, ImportState.WRITING}:
            return
        row.state, row.finished_at = ImportState.FAILED, timezone.now()
        row.refusal = {"reason": "fault", "place": "", "detail": reason}
        row.save(update_fields=["state", "finished_at", "refusal"])
        said = entries.ImportFailed(
            root=row.root, reason=reason, rows_written=row.rows_written, facts_written=row.facts_written
        )
        append(kind=entries.IMPORT_FAILED, subject=row.subject, payload=said, actor=row.actor)


def known_already(said: Sequence[FactRow], new: set[int]) -> dict[int, int]:
    """Facts that the register has word for word: place in ``said`` to the number of the one it has.

    That is the one that stands, or one that was corrected or withdrawn since: handing in the same file again
    neither doubles anything nor undoes what people put right. New parties have no facts yet.
    """
    old = {fact.party_id for fact in said} - new
    if not old:
        return {}
    found = Fact.objects.filter(party__in=old, kind__in={fact.kind_id for fact in said}).order_by("pk")
    corrected = set(found.filter(corrects__isnull=False).values_list("corrects", flat=True))
    last: dict[tuple[object, ...], int] = {}
    put_right: dict[tuple[object, ...], int] = {}
    standing: dict[tuple[object, ...], tuple[object, ...]] = {}
    for fact in found:
        period: tuple[object, ...] = (
            *(fact.party_id, fact.kind_id, fact.source_id),
            *(fact.effective_from, fact.effective_to),
        )
        words: tuple[object, ...] = (fact.number, fact.text, fact.as_of, fact.illustrative)
        if fact.pk in corrected:
            put_right[period + words] = fact.pk
        elif not fact.withdrawn:
            last[period], standing[period] = fact.pk, (*words, fact.bound, fact.note)
    answer = {}
    for place, row in enumerate(said):
        period, words = _statement(row)
        if period + words in put_right:
            answer[place] = put_right[period + words]
        elif standing.get(period) == (*words, "", ""):
            answer[place] = last[period]
    return answer


def _statement(fact: FactRow) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """Of what a row of a file speaks, and what it says."""
    begins, ends, as_of = (
        date.fromisoformat(day) if day else None
        for day in (fact.effective_from, fact.effective_to, fact.as_of)
    )
    return (
        (fact.party_id, fact.kind_id, fact.source_id, begins, ends),
        (fact.number, fact.text, as_of, fact.illustrative),
    )


def party_line(party: PartyRow) -> PartyLine:
    """What the digest takes of a new party."""
    return (
        *(party.id, party.code, party.name_zh, party.name_en, party.kind, party.district_id or ""),
        *(party.industry_code, party.industry_edition, party.size, party.illustrative),
    )


def digest_of_parties(lines: Iterable[PartyLine]) -> str:
    """What the entry of a chunk says of the parties that it brought, over their lines."""
    return hashlib.sha256(b"".join(encoder.encode(line) + b"\n" for line in lines)).hexdigest()


def _parties(rows: list[Staged], stamp: str, *, illustrative: bool) -> tuple[dict[str, int], list[PartyRow]]:
    """Numbers of all parties of the chunk by code, and those that are new; these are written here."""
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
    return known, made


def _derive(  # noqa: PLR0913, PLR0917 - the chunk at hand
    batch: Import,
    number: int,
    rows: list[Staged],
    facts: list[FactRow],
    new: set[int],
    parties: dict[str, int],
) -> None:
    """What follows from the chunk, with one entry a rule: at once where a new party has one whole year."""
    kinds = {kind.pk: kind for kind in selectors.fact_kinds().values()}
    industry = {parties[row.code]: row.industry for row in rows}
    once = len(rows) == len(industry)
    for rule in rules():
        read = next((kind for kind in kinds.values() if kind.key == rule.reads), None)
        if read is None:
            continue
        said = [fact for fact in facts if fact.kind_id == read.pk]
        plain = [fact for fact in said if once and fact.party_id in new and _is_whole_year(fact)]
        others = {fact.party_id for fact in said} - {fact.party_id for fact in plain}
        applying = [fact for fact in plain if rule.applies(industry[fact.party_id])]
        concluded = [one for one in (_conclude(rule, read, fact) for fact in applying) if one is not None]
        derived = _write_derived(rule, concluded)
        entered = deriving.enter_changes(rule, deriving.changes(others, rule, read) if others else ())
        derived += [derived_line(fact, _bases(change)) for change, fact in entered]
        if derived:
            told = entries.FactsDerived(
                chunk=number,
                rule=rule.key,
                count=len(derived),
                digest=digest_of_derived(derived),
                facts=ranges([row[0] for row in derived]),
            )
            append(kind=entries.FACTS_DERIVED, subject=batch.subject, payload=told, actor=batch.actor)


def _is_whole_year(fact: FactRow) -> bool:
    if fact.effective_to is None:
        return False
    days = (fact.effective_from, fact.effective_to, fact.as_of)
    return deriving.is_whole_year(*map(date.fromisoformat, days))


def _conclude(rule: Rule, read: FactKind, fact: FactRow) -> Derived | None:
    """The conclusion for a new party with one number of one whole year."""
    line = _line(rule.key, fact.effective_from, read.decimals)
    if line is None or fact.number is None:
        return None
    return Derived(fact.party_id, fact, fact.number >= line)


def derived_line(fact: Fact, bases: Iterable[int]) -> DerivedLine:
    """What the digest takes of a derived fact; without a value where it says that one no longer follows."""
    return (
        fact.pk,
        *(fact.party_id, fact.kind_id, fact.source_id, fact.number, fact.text),
        *(fact.effective_from.isoformat(), fact.effective_to.isoformat() if fact.effective_to else None),
        *(fact.as_of.isoformat(), fact.illustrative, fact.withdrawn, fact.note, fact.bound),
        *(fact.entered_at.isoformat(), fact.corrects_id, list(bases)),
    )


def _bases(change: deriving.Change) -> list[int]:
    return [basis.pk for basis in change.conclusion.bases] if change.conclusion else []


def digest_of_derived(rows: Iterable[DerivedLine]) -> str:
    """What an entry says of derived facts, over their lines."""
    return hashlib.sha256(b"".join(encoder.encode(row) + b"\n" for row in rows)).hexdigest()


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers as ranges, in their order: 4, 5, 6, 9 are (4, 6) and (9, 9)."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] + 1 == number:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


@lru_cache(maxsize=1024)
def _line(rule: str, begins: str, decimals: int) -> int | None:
    """The amount in force for a year, as the whole number that facts are kept in."""
    amount = next(each for each in rules() if each.key == rule).line(date.fromisoformat(begins))
    return None if amount is None else int(amount.scaleb(decimals))


def _write_derived(rule: Rule, found: list[Derived]) -> list[DerivedLine]:
    """Write derived facts with their bases; gives the lines that the entry's digest is made of."""
    if not found:
        return []
    kind = selectors.fact_kinds()[rule.gives]
    source = selectors.sources()[DERIVED]
    numbers = bulk.take_numbers(Fact, len(found))
    rows = [
        each.basis._replace(id=new, kind_id=kind.pk, number=int(each.yes), source_id=source.pk, batch_id=None)
        for new, each in zip(numbers, found, strict=True)
    ]
    bulk.insert(rows)
    bulk.insert([BasisRow(row.id, each.basis.id, rule.key) for row, each in zip(rows, found, strict=True)])
    return [
        (
            row.id,
            *(row.party_id, row.kind_id, row.source_id, row.number, row.text),
            *(row.effective_from, row.effective_to, row.as_of, row.illustrative, False, "", ""),
            *(_moment(row.entered_at), None, [each.basis.id]),
        )
        for row, each in zip(rows, found, strict=True)
    ]


@lru_cache(maxsize=16)
def _moment(stamp: str) -> str:
    """A row's moment of entry, as facts that are read say it."""
    at = datetime.fromisoformat(stamp)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
