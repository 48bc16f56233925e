"""Lawful erasure of a fact: its value and words go from the register's row as they go from the ledger.

A payload that is erased there takes the row with it, whoever erased it; a fact that came by an import has no
payload of its own, so its row alone is erased. Either way an entry says so, and what followed from the fact
by a rule is withdrawn: unknown is never "no".
"""

from __future__ import annotations

from django.db import connection, transaction

from jinmai.core.ledger.api import (
    RecordedEntry,
    append,
    before_erasure,
    entries_for,
    erase_payload,
    forget_old_pages,
)
from jinmai.core.register import entries, selectors
from jinmai.core.register.check.imports import chunks_with, digests_told, facts_digest_of
from jinmai.core.register.choices import DERIVED
from jinmai.core.register.models import Fact
from jinmai.core.register.services import deriving
from jinmai.core.register.services.facts import FactRefused

KINDS = (entries.FACT_ENTERED, entries.FACT_CORRECTED, entries.FACT_WITHDRAWN)
MOST_ENTRIES = 1_000_000


def erase_with_payloads() -> None:
    """From now on a payload about a fact is erased together with the fact's row."""
    before_erasure(KINDS, _erase_what_is_told)


def erase_fact(*, fact: Fact, reason: str, actor: str) -> Fact:
    """Erase the value and the words of a fact, here and in the ledger, and record it.

    ``reason`` names the law and the request, and no person. What was derived is erased at the facts that it
    rests on. Raises :class:`FactRefused`.
    """
    if not reason.strip():
        raise FactRefused("reason", "blank")
    if fact.source.key == DERIVED:
        raise FactRefused("fact", "derived", fact.kind.key)
    if Fact.objects.get(pk=fact.pk).erased:
        raise FactRefused("fact", "erased_already", str(fact.pk))
    told = _entry_of(fact)
    if told is not None:
        erase_payload(entry=told.id, reason=reason, actor=actor)
    elif fact.batch_id is not None:
        with transaction.atomic():
            _erase(fact.pk, reason.strip(), actor)
        forget_old_pages()
    else:
        raise FactRefused("fact", "unrecorded", str(fact.pk))
    gone: Fact = Fact.objects.select_related("kind", "source").get(pk=fact.pk)
    return gone


def _entry_of(fact: Fact) -> RecordedEntry | None:
    """The entry that says what the fact says; None for one that came by an import."""
    about = entries_for(selectors.subject_of(fact).subject, kinds=KINDS, limit=MOST_ENTRIES)
    return next((entry for entry in about if _told(entry) == fact.pk), None)


def _told(entry: RecordedEntry) -> int | None:
    said = entry.payload
    if said is None:
        return None
    return int(said.get("statement", said)["fact"])


def _erase_what_is_told(entry: RecordedEntry, reason: str, actor: str) -> None:
    """Before the payload of an entry goes: erase the row that says the same."""
    number = _told(entry)
    if number is not None and Fact.objects.filter(pk=number, erased=False).exists():
        _erase(number, reason, actor)


def _erase(number: int, reason: str, actor: str) -> None:
    """Blank the row, say so, derive anew; in the caller's transaction."""
    fact = Fact.objects.select_for_update().get(pk=number)
    if fact.erased:
        raise FactRefused("fact", "erased_already", str(number))
    chunks, told = chunks_with(fact), digests_told()
    for chunk in chunks:
        if facts_digest_of(chunk) != told.get((chunk.batch_id, chunk.number), chunk.facts_digest):
            # What is not as it was recorded must be looked into before the last trace of it goes.
            raise FactRefused("fact", "changed", f"{chunk}")
    _overwrite(number)
    append(
        kind=entries.FACT_ERASED,
        subject=selectors.subject_of(fact).subject,
        payload=entries.FactErased(
            fact=number,
            reason=reason,
            chunks=[(chunk.batch_id, chunk.number, facts_digest_of(chunk)) for chunk in chunks],
        ),
        actor=actor,
    )
    if fact.party_id:
        deriving.follow([fact.party_id], fact.kind, actor=actor)


def _overwrite(number: int) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA secure_delete = ON")  # what the row leaves free is filled with zeros
        cursor.execute(
            "UPDATE register_fact SET number = NULL, text = '', note = '', bound = '', erased = %s"
            " WHERE id = %s",
            [True, number],
        )
