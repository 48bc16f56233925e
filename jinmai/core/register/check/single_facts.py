"""Facts that were entered one by one, and those that follow by a rule, against their entries."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from typing import Any, NamedTuple

from jinmai.core.ledger.api import Fault, entries_for, subjects_of
from jinmai.core.register import entries
from jinmai.core.register.importing.write import derived_line, digest_of_derived
from jinmai.core.register.models import Fact, FactBasis, Import
from jinmai.core.register.selectors import subject_of
from jinmai.core.register.services.deriving import DERIVED

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
        left = set()
        for fact in facts:
            said = stated.facts.pop(fact.pk, None)
            if said is None:
                left.add(fact.pk)
            elif not _as_said(fact, said):
                faults.append(Fault(f"fact {fact.pk} of {subject}", "is not as it was recorded"))
        faults += _missing(subject, stated)
        # What an erased entry said nobody knows any more: as many facts may be without one.
        unnamed |= set(sorted(left)[stated.erased :])
    for subject in sorted(missing):
        faults += _missing(subject, _stated(subject))
    return faults, unnamed


def _missing(subject: str, stated: Stated) -> list[Fault]:
    return [Fault(f"fact {number} of {subject}", "is missing") for number in sorted(stated.facts)]


def _stated(subject: str) -> Stated:
    found: dict[int, dict[str, Any]] = {}
    erased = 0
    for entry in entries_for(subject, kinds=SINGLE, limit=MOST_ENTRIES):
        said = entry.payload
        if said is None:
            erased += 1
        elif entry.kind == entries.FACT_WITHDRAWN:
            found[said["fact"]] = {"corrects": said["corrects"]}
        else:
            statement = said.get("statement", said)
            bases = {"bases": said["bases"]} if "bases" in said else {}
            found[statement["fact"]] = {**statement, "corrects": said.get("corrects"), **bases}
    return Stated(found, erased)


def _as_said(fact: Fact, said: dict[str, Any]) -> bool:
    """Whether the row says what its entry says, in every column that the entry names."""
    if "kind" not in said:
        gone = fact.withdrawn and fact.number is None and not fact.text
        return gone and said["corrects"] == fact.corrects_id
    kept: dict[str, Any] = {
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
        "entered_at": fact.entered_at.isoformat(),
        "corrects": fact.corrects_id,
    }
    if fact.source.key == DERIVED:
        kept["bases"] = _bases_of([fact.pk]).get(fact.pk, [])
    return not fact.withdrawn and kept == said


def _bases_of(numbers: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = FactBasis.objects.filter(fact__in=numbers).order_by("pk").values_list("fact", "basis")
    for fact, basis in rows:
        found.setdefault(fact, []).append(basis)
    return found


def derived_faults(unnamed: set[int]) -> list[Fault]:
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
            bases = _bases_of(numbers)
            lines = [
                derived_line(known[number], bases.get(number, ())) for number in numbers if number in known
            ]
            if digest_of_derived(lines) != said["digest"]:
                place = f"import {batch.pk}, chunk {said['chunk']}"
                faults.append(Fault(place, "its derived facts were changed"))
    return faults + [Fault(f"fact {number}", "no entry recorded it") for number in sorted(unnamed)]
