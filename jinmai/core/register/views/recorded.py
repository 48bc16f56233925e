"""Ledger entries about a party, in words, each with the address of its proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from jinmai.core.access.api import User
from jinmai.core.ledger.api import RecordedEntry, entries_for, title_of
from jinmai.core.register import entries as kinds
from jinmai.core.register import selectors
from jinmai.core.register.models import FactKind, Party
from jinmai.core.register.panels import Shown
from jinmai.core.web.api import TimelineEntry

MOST = 40
TONES = {
    kinds.FACT_CORRECTED: "attention",
    kinds.FACT_WITHDRAWN: "attention",
    "access.unmasked.v1": "attention",
}


def timeline_of(party: Party, panels: Sequence[Shown] = ()) -> list[TimelineEntry]:
    """Entries about the party, its imports, and what its panels add; newest first."""
    subjects = [party.subject]
    for shown in panels:
        if shown.panel is not None:
            subjects += shown.panel.subjects
    batches = selectors.imports_of(party)
    found = [entry for subject in subjects for entry in entries_for(subject, limit=MOST)]
    for batch in batches:
        found += entries_for(batch.subject, kinds=[kinds.IMPORT_ACCEPTED])
    found.sort(key=lambda entry: entry.recorded_at, reverse=True)
    return told(found[:MOST])


def told(entries: Iterable[RecordedEntry]) -> list[TimelineEntry]:
    """Entries as the timeline shows them, with the names of those who acted."""
    entries = list(entries)
    names = _actors(entries)
    known = selectors.fact_kinds()
    return [
        TimelineEntry(
            at=entry.occurred_at,
            title=title_of(entry.kind),
            actor=names.get(entry.actor, entry.actor),
            detail=_detail(entry, known),
            tone=TONES.get(entry.kind, ""),  # type: ignore[arg-type]
            number=entry.index,
            proof=proof_of(entry),
        )
        for entry in entries
    ]


def proof_of(entry: RecordedEntry) -> str:
    """The address of an entry's proof, empty until it is sealed."""
    if entry.index is None:
        return ""
    try:
        return reverse("log_proof", args=[entry.index])
    except NoReverseMatch:
        return ""


def _actors(entries: Iterable[RecordedEntry]) -> dict[str, str]:
    numbers = {entry.actor.removeprefix("user:") for entry in entries if entry.actor.startswith("user:")}
    people = User.objects.filter(pk__in=[number for number in numbers if number.isdigit()])
    return {f"user:{user.pk}": str(user) for user in people} | {
        "system:load_city": gettext("city pack"),
    }


def _detail(entry: RecordedEntry, known: Mapping[str, FactKind]) -> str:
    """A few words that say nothing personal: the kind of fact, the reason, the file."""
    said = entry.payload
    if said is None:
        return gettext("erased by law")
    stated = said.get("statement", said)
    if isinstance(stated, dict) and stated.get("kind") in known:
        return known[str(stated["kind"])].name
    if "file_name" in said:
        return str(said["file_name"])
    return str(said.get("reason", ""))
