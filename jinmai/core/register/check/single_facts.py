"""Facts that were entered one by one, and those that follow by a rule, against their entries."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from jinmai.core.ledger.api import Fault, entries_for, entries_of, subjects_of
from jinmai.core.register import entries
from jinmai.core.register.choices import DERIVED
from jinmai.core.register.importing.write import derived_line, digest_of_derived
from jinmai.core.register.models import Fact, FactBasis, Import
from jinmai.core.register.selectors import subject_of
from jinmai.core.register.services.stating import statement

SINGLE = (entries.FACT_ENTERED, entries.FACT_CORRECTED, entries.FACT_WITHDRAWN, entries.FACT_DERIVED)
MOST_ENTRIES = 1_000_000


class Stated(NamedTuple):
    """What the entries about a subject say of its facts by number, and how many were erased."""

    facts: dict[int, dict[str, Any]]
    erased: int


def single_faults() -> tuple[list[Fault], set[int]]:
    """Faults of facts that were entered one by one; and the numbers of those that no such entry names."""
    faults: list[Fault] = []
    unnamed: set[int] = set()
    missing = subjects_of(SINGLE)
    rows = Fact.objects.filter(batch__isnull=True).select_related("kind", "source")
    rows = rows.select_related("party", "place", "thing").order_by("party", "place", "thing", "pk")
    for subject, facts in groupby(rows.iterator(), key=lambda fact: subject_of(fact).subject):
        missing.discard(subject)
        stated = _stated(subject)
        left, erased_here = set(), 0
        for fact in facts:
            said = stated.facts.pop(fact.pk, None)
            if said is None and fact.erased:
                erased_here += 1
            elif said is None:
                left.add(fact.pk)
            elif not _as_said(fact, said):
                faults.append(Fault(f"fact {fact.pk} of {subject}", "is not as it was recorded"))
        faults += _missing(subject, stated)
        # What an erased entry said nobody knows any more: as many facts may be without one.
        unnamed |= set(sorted(left)[max(0, stated.erased - erased_here) :])
    for subject in sorted(missing):
        faults += _missing(subject, _stated(subject))
    return faults, unnamed


def erasure_faults() -> list[Fault]:
    """Facts that are erased and no entry says so, or that an entry says are erased and are still there."""
    told = {said["fact"] for entry in entries_of([entries.FACT_ERASED]) if (said := entry.payload)}
    erased = set(Fact.objects.filter(erased=True).values_list("pk", flat=True))
    speaking = Fact.objects.filter(erased=True).exclude(number__isnull=True, text="", note="", bound="")
    left = told - erased | set(speaking.values_list("pk", flat=True))
    return [
        *(Fault(f"fact {number}", "is erased and no entry says so") for number in sorted(erased - told)),
        *(Fault(f"fact {number}", "was erased and is still there") for number in sorted(left)),
    ]


def _missing(subject: str, stated: Stated) -> list[Fault]:
    return [Fault(f"fact {number} of {subject}", "is missing") for number in sorted(stated.facts)]


def _stated(subject: str) -> Stated:
    found: dict[int, dict[str, Any]] = {}
    erased = 0
    for entry in entries_for(subject, kinds=SINGLE, limit=MOST_ENTRIES):
        said = entry.payload
        if said is None:
            erased += 1
            continue
        statement = said.get("statement", said)
        found[statement["fact"]] = {
            **statement,
            "corrects": said.get("corrects"),
            "withdrawn": entry.kind == entries.FACT_WITHDRAWN,
            "bases": said.get("bases", []),
        }
    return Stated(found, erased)


def _as_said(fact: Fact, said: dict[str, Any]) -> bool:
    """Whether the row says what its entry says, in every column."""
    kept = {
        **msgspec.structs.asdict(statement(fact)),
        "corrects": fact.corrects_id,
        "withdrawn": fact.withdrawn,
        "bases": _bases_of([fact.pk]).get(fact.pk, []) if fact.source.key == DERIVED else [],
    }
    return kept == said


def _bases_of(numbers: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = FactBasis.objects.filter(fact__in=numbers).order_by("pk").values_list("fact", "basis")
    for fact, basis in rows:
        found.setdefault(fact, []).append(basis)
    return found


def derived_faults(unnamed: set[int]) -> list[Fault]:
    """Facts derived by imports against the digests of their entries; whatever is left nobody recorded.

    What an erased entry told nobody knows any more: as many facts as its import has rows may be without one.
    """
    faults, unknown = [], 0
    for entry in entries_of([entries.FACTS_DERIVED]):
        said = entry.payload
        if said is None:
            batch = Import.objects.filter(pk=entry.subject.removeprefix("import:")).first()
            unknown += batch.rows_written if batch else 0
            continue
        numbers = [number for first, last in said["facts"] for number in range(first, last + 1)]
        unnamed.difference_update(numbers)
        known = {row.pk: row for row in Fact.objects.filter(pk__in=numbers)}
        bases = _bases_of(numbers)
        lines = [derived_line(known[number], bases.get(number, ())) for number in numbers if number in known]
        if digest_of_derived(lines) != said["digest"]:
            place = f"{entry.subject.replace(':', ' ')}, chunk {said['chunk']}"
            faults.append(Fault(place, "its derived facts were changed"))
    left = sorted(unnamed)[unknown:]
    return faults + [Fault(f"fact {number}", "no entry recorded it") for number in left]
